"""The list of contenders: letter, overrides and problems of each, and buttons to duplicate or remove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from httptui.plan.model import letter_of
from httptui.plan.texts import truth_text
from httptui.plan.typed import OF_A_CONTENDER
from httptui.safe_text import safe_text
from httptui.tui.forms.state import MORE, SHOWN
from httptui.tui.forms.words import meaning_of, way_of
from httptui.tui.keys import keys_of
from httptui.tui.theme import badge_of
from httptui.tui.widgets.controls import Choice, Field, Tick, control_for, field_for, show_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from httptui.tui.forms.state import ContenderState, FormState

SIDE_BY_SIDE = (("read", "inside"), ("processes", "dns_ttl"), ("python", "requires"))
"""Fields of an unfolded contender that stand in one row; every other has a row of its own."""
PLACED = {name for row in SIDE_BY_SIDE for name in row}


class ContenderMore(Vertical):
    """The fields below a contender's row, two side by side where there is room; the label, where the row has none."""

    def __init__(self, contender: ContenderState) -> None:
        super().__init__(classes="contender--more")
        self._contender = contender
        self._awaited = ""

    def compose(self) -> ComposeResult:
        """The fields, each named after its value."""
        label = OF_A_CONTENDER["label"]
        entry = control_for(label, self._contender["label"], name="label")
        yield field_for(label, entry, classes="contender--own-label")
        for row in SIDE_BY_SIDE:
            if all(OF_A_CONTENDER[name].numeric for name in row):
                first, *others = row
                yield Horizontal(
                    self._field(first),
                    *(self._field(name, classes="beside") for name in others),
                    classes="pair",
                )
            else:
                yield Container(*map(self._field, row), classes="contender--two")
        yield from (self._field(name) for name in MORE if name not in PLACED)

    def _field(self, name: str, *, classes: str = "") -> Field:
        typed, text = OF_A_CONTENDER[name], self._contender[name]
        return field_for(
            typed, control_for(typed, text, name=name, classes=f"contender--{name}"), classes=classes
        )

    def on_mount(self) -> None:
        """Put the cursor where it was sent before there were fields."""
        if self._awaited:
            self.call_after_refresh(self._go_to, self._awaited)

    def attend(self, name: str) -> None:
        """Put the cursor into a field, now or as soon as there is one."""
        if self.is_mounted:
            self._go_to(name)
        else:
            self._awaited = name

    def _go_to(self, name: str) -> None:
        self.query_one(f".contender--{name}").focus()
        self.call_after_refresh(self.scroll_visible, animate=False)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show each field's problem below it."""
        for field in self.query(Field):
            field.show_problem(problems.get(field.control.name or "", ""))


EVERY = "every-"


class ContenderRow(Vertical):
    """One contender and its problems; `show` may give the same row another contender."""

    BINDING_GROUP_TITLE = "Contender"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "act('remove')", "remove", id="contender.remove"),
        Binding("f9", "act('duplicate')", "duplicate", id="contender.duplicate"),
        Binding(
            "f7",
            "act('fold')",
            "more",
            tooltip="Show or hide all it may have of its own",
            id="contender.more",
        ),
        Binding("shift+up", "act('up')", "move up", show=False, id="contender.move-up"),
        Binding("shift+down", "act('down')", "move down", show=False, id="contender.move-down"),
    ]

    @dataclass
    class Edited(Message):
        """An override was typed."""

        index: int
        attribute: str
        text: str

    @dataclass
    class Acted(Message):
        """An action on the contender: `deed` is remove, duplicate, up, down or fold."""

        index: int
        deed: str

    def __init__(self, index: int, contender: ContenderState, problems: Mapping[str, str]) -> None:
        super().__init__()
        self.index = index
        self._contender = contender
        self._problems = problems
        self._more: ContenderMore | None = None
        self._awaited = ""

    def compose(self) -> ComposeResult:
        """Letter, words, overrides and buttons in a row; the problem below."""
        keys = keys_of(self.app, ContenderRow)
        with Horizontal():
            letter = letter_of(self.index)
            badge = Content.styled(f" {letter} ", badge_of(letter))
            yield Label(badge, classes="contender--letter")
            way = Label("", classes="contender--words", markup=False)
            fold = keys["act('fold')"]
            way.tooltip = Text(f"Show or hide all it may have of its own ({fold})")
            yield way
            for name in SHOWN:
                typed, text = OF_A_CONTENDER[name], _text(self._contender, name)
                control = control_for(typed, text, name=name, classes=f"contender--{name}")
                control.tooltip = Text(meaning_of(typed.path))
                yield control
            for deed, sign in (("duplicate", "+"), ("remove", "×")):
                key = keys[f"act('{deed}')"]
                tip = Text(f"{deed.capitalize()} ({key})")
                button = Button(sign, name=deed, compact=True, tooltip=tip)
                button.can_focus = False
                yield button
        yield Static("", classes="contender--told", markup=False)
        yield Static("", classes="contender--problem", markup=False)

    def on_mount(self) -> None:
        """Show the state that was given before there were widgets, and put the cursor where it was sent."""
        self._fill()
        if self._awaited:
            self.call_after_refresh(self.attend, self._awaited)

    def show(self, contender: ContenderState, problems: Mapping[str, str]) -> None:
        """Show a contender; a text that stands there already is left alone, with its cursor."""
        if (contender, problems) != (self._contender, self._problems):
            self._contender, self._problems = contender, problems
            if self.is_mounted:
                self._fill()

    def attend(self, attribute: str) -> None:
        """Put the cursor into one of the contender's values, now or as soon as it stands there; those of `MORE` need
        a row that is unfolded.
        """
        if not self.is_mounted:
            self._awaited = attribute
        elif attribute in MORE and self._more is not None:
            self._more.attend(attribute)
        else:
            self.query_one(f".contender--{attribute}").focus()

    def _fill(self) -> None:
        contender = self._contender
        if contender.unfolded and self._more is None:
            self._more = ContenderMore(contender)
            self.mount(self._more, before=".contender--told")
        if self._more is not None:
            self._more.display = contender.unfolded
        for words in self.query(".contender--words").results(Label):
            words.update(f"{'▾' if contender.unfolded else '▸'} {way_of(contender)}")
        for control in self.query("Input, Choice, Tick"):
            show_text(control, _text(contender, control.name or ""))
        self._tell()
        told = self.query_one(".contender--told", Static)
        told.update(_told(contender))
        told.display = not contender.unfolded and bool(_told(contender))
        self.set_class(contender["reuse"].startswith(EVERY), "-every")

    def _tell(self) -> None:
        """Show problems below their fields where those are shown, else below the row."""
        below = MORE if self._contender.unfolded else ()
        if self._more is not None:
            self._more.show_problems(self._problems)
        own = "; ".join(words for name, words in self._problems.items() if name not in below)
        self.query_one(".contender--problem", Static).update(f"▲ {own}" if own else "")
        self.set_class(bool(own), "-problem")

    @on(Choice.Changed)
    def _choose(self, event: Choice.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(self.index, event.choice.name or "", event.value))

    @on(Tick.Changed)
    def _tick(self, event: Tick.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(self.index, event.tick.name or "", truth_text(event.value)))

    @on(events.Click, ".contender--words")
    def _click_words(self) -> None:
        self.action_act("fold")

    @on(Input.Changed)
    def _edit(self, event: Input.Changed) -> None:
        event.stop()
        attribute, text = event.input.name or "", event.input.value
        if text != _text(self._contender, attribute):
            value = f"{EVERY}{text}" if attribute == "reuse" else text
            self.post_message(self.Edited(self.index, attribute, value))

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_act(event.button.name or "")

    def action_act(self, deed: str) -> None:
        """Ask the screen to remove, duplicate, move or unfold this contender."""
        self.post_message(self.Acted(self.index, deed))


class ContenderList(Vertical):
    """A row for each contender, below a line of headings."""

    DEFAULT_CSS = "ContenderList { height: auto; }"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: list[ContenderRow] = []

    def compose(self) -> ComposeResult:
        """The headings; rows come with the first state."""
        with Horizontal(classes="contender-list--head"):
            yield Label("", classes="contender--letter")
            yield Label("  contender", classes="contender--words")
            yield Label("N", classes="contender--reuse")
            yield Label("in flight", classes="contender--concurrency")
            yield Label("pool", classes="contender--pool")
            yield Label("label", classes="contender--label")

    def show(self, state: FormState, problems: Sequence[Mapping[str, str]]) -> None:
        """Show the contenders, each with its problems."""
        for index, (contender, wrong) in enumerate(zip(state.contenders, problems, strict=True)):
            if index < len(self._rows):
                self._rows[index].show(contender, wrong)
            else:
                self._rows.append(ContenderRow(index, contender, wrong))
                self.mount(self._rows[index])
        for row in self._rows[len(state.contenders) :]:
            row.remove()
        del self._rows[len(state.contenders) :]
        self.set_class(any(one["reuse"].startswith(EVERY) for one in state.contenders), "-every")

    def focus_row(self, index: int, attribute: str = "concurrency") -> None:
        """Put the cursor into one of the values that a contender has of its own."""
        self._rows[index].attend(attribute)


def _text(contender: ContenderState, name: str) -> str:
    return contender[name].removeprefix(EVERY) if name == "reuse" else contender[name]


def _told(contender: ContenderState) -> str:
    """One line of the values of folded fields."""
    parts = (OF_A_CONTENDER[name].told(contender[name]) for name in MORE)
    return safe_text(" · ".join(filter(None, parts)), 400)
