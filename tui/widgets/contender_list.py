"""The contenders as they will run: a letter each, what may be overridden, and ways to copy or remove one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from httptui.plans.plan import letter_of
from httptui.safe_text import safe_text
from tui.actions import keys_of
from tui.forms.meanings import OVERRIDES
from tui.theme import badge_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from tui.forms.state import ContenderState, FormState

PLACEHOLDERS = {"reuse": "N", "concurrency": "load’s", "pool": "concurrency", "label": "from its parts"}
"""The overrides of a contender, and what holds where nothing is typed."""
EVERY = "every-"


class ContenderRow(Vertical):
    """One contender and what is wrong with it; `show` may give the same row another contender."""

    BINDING_GROUP_TITLE = "Contender"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "act('remove')", "remove", id="contender.remove"),
        Binding("f9", "act('duplicate')", "duplicate", id="contender.duplicate"),
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
        """The contender is to be removed, duplicated or moved: `deed` is remove, duplicate, up or down."""

        index: int
        deed: str

    def __init__(self, index: int, contender: ContenderState, problem: str) -> None:
        super().__init__()
        self.index = index
        self._contender = contender
        self._problem = problem

    def compose(self) -> ComposeResult:
        """Letter, words, overrides and buttons in a row; the problem below."""
        with Horizontal():
            letter = letter_of(self.index)
            badge = Content.styled(f" {letter} ", badge_of(letter))
            yield Label(badge, classes="contender--letter")
            yield Label("", classes="contender--words", markup=False)
            for attribute in PLACEHOLDERS:
                entry = Input(
                    _text(self._contender, attribute),
                    placeholder=PLACEHOLDERS[attribute],
                    name=attribute,
                    classes=f"contender--{attribute}",
                    compact=True,
                )
                entry.tooltip = Text(OVERRIDES[attribute])
                yield entry
            keys = keys_of(self.app, ContenderRow)
            for deed, sign in (("duplicate", "+"), ("remove", "×")):
                key = keys[f"act('{deed}')"]
                tip = Text(f"{deed.capitalize()} ({key})")
                button = Button(sign, name=deed, compact=True, tooltip=tip)
                button.can_focus = False
                yield button
        yield Static("", classes="contender--problem", markup=False)

    def on_mount(self) -> None:
        """Fill in what was given before there were widgets."""
        self._fill()

    def show(self, contender: ContenderState, problem: str) -> None:
        """Show a contender; a text that stands there already is left alone, with its cursor."""
        if (contender, problem) != (self._contender, self._problem):
            self._contender, self._problem = contender, problem
            self._fill()

    def _fill(self) -> None:
        contender, problem = self._contender, self._problem
        for words in self.query(".contender--words").results(Label):
            words.update(_words(contender))
        for entry in self.query(Input):
            text = _text(contender, entry.name or "")
            if entry.value != text:
                with self.prevent(Input.Changed):
                    entry.value = text
        for said in self.query(".contender--problem").results(Static):
            said.update(f"▲ {problem}" if problem else "")
        self.set_class(contender.reuse.startswith(EVERY), "-every")
        self.set_class(bool(problem), "-problem")

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
        """Ask the screen to remove, duplicate or move this contender."""
        self.post_message(self.Acted(self.index, deed))


class ContenderList(Vertical):
    """As many rows as there are contenders."""

    DEFAULT_CSS = "ContenderList { height: auto; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: list[ContenderRow] = []

    def compose(self) -> ComposeResult:
        """The headings; rows come with the first state."""
        with Horizontal(classes="contender-list--head"):
            yield Label("", classes="contender--letter")
            yield Label("contender", classes="contender--words")
            yield Label("N", classes="contender--reuse")
            yield Label("in flight", classes="contender--concurrency")
            yield Label("pool", classes="contender--pool")
            yield Label("label", classes="contender--label")

    def show(self, state: FormState, problems: Mapping[int, str]) -> None:
        """Show the contenders, each with what is wrong with it."""
        for index, contender in enumerate(state.contenders):
            problem = problems.get(index, "")
            if index < len(self._rows):
                self._rows[index].show(contender, problem)
            else:
                self._rows.append(ContenderRow(index, contender, problem))
                self.mount(self._rows[index])
        for row in self._rows[len(state.contenders) :]:
            row.remove()
        del self._rows[len(state.contenders) :]
        self.set_class(any(one.reuse.startswith(EVERY) for one in state.contenders), "-every")

    def focus_row(self, index: int, attribute: str = "concurrency") -> None:
        """Put the cursor into a contender's overrides."""
        self._rows[index].query_one(f".contender--{attribute}", Input).focus()


def _text(contender: ContenderState, attribute: str) -> str:
    value: str | None = getattr(contender, attribute)
    return (value or "").removeprefix(EVERY) if attribute == "reuse" else value or ""


def _words(contender: ContenderState) -> str:
    parts = [contender.engine, contender.reuse]
    if contender.http != "1.1":
        parts.append(f"HTTP/{contender.http}")
    if contender.loop:
        parts.append(contender.loop)
    return safe_text(" · ".join(parts))
