"""The plan form: every value of a plan, checked at each keystroke; gives back a `Plan`, or None if cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Button, Input, Label, Static, TextArea

from httptui.engines.registry import EngineInfo, engine_info, list_engines
from httptui.plan.model import CHOICES, Plan
from httptui.plan.texts import truth_text
from httptui.plan.titles import OWN
from httptui.plan.typed import chosen
from httptui.safe_text import safe_text
from httptui.tui.forms import combinations
from httptui.tui.forms.curl import CurlError, parse_curl, taken, with_request
from httptui.tui.forms.estimate import (
    CONTENDER,
    FileLimits,
    file_limits,
    problem_line,
    status_of,
    words_for,
    words_of_contender,
)
from httptui.tui.forms.mapping import Checked, Problem, check, titled, untold
from httptui.tui.forms.shape import shape_of_state
from httptui.tui.forms.state import (
    MORE,
    SHOWN,
    FormState,
    Past,
    Step,
    contender_state,
    state_of,
    with_folding,
    with_override,
    with_value,
)
from httptui.tui.keys import keys_of
from httptui.tui.screens.help import HelpScreen
from httptui.tui.screens.plan_fields import (
    SHOWN_PATHS,
    about_fields,
    choice_options,
    id_of,
    path_of,
    plan_fields,
    show_those_with_effect,
)
from httptui.tui.toolkit.drawing import add_width_class, from_sizes
from httptui.tui.widgets.contender_list import ContenderList, ContenderRow
from httptui.tui.widgets.controls import Choice, Field, LoadShape, Tick, show_text
from httptui.tui.widgets.entry import Entry, TargetUrl
from httptui.tui.widgets.key_lines import BoundKeys
from httptui.tui.widgets.matrix import ContenderMatrix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.widget import Widget

LONG_NOTICE_SECONDS = 12
LEAVING = "▲ Unsaved changes. Esc again discards them"
LINES = (
    "▲ Nothing was taken: what was pasted is no URL and no curl command. Copy the request as cURL (bash), "
    "or choose “several” for a list of URLs."
)


class PlanScreen(Screen[Plan | None]):
    """Edit a plan, and use it, save it, or put another in its place.

    `engines`, `look_up` and `limits` are this machine's, or known ones for a test.
    """

    CSS_PATH = "plan.tcss"
    BINDING_GROUP_TITLE = "Plan form"
    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, medium=72, wide=100)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "use", "use", tooltip="Use this plan", priority=True, id="plan.use"),
        Binding("escape,q", "cancel", "cancel", id="plan.cancel"),
        Binding("f2", "save", "save", tooltip="Save this plan as a preset", priority=True, id="plan.save"),
        Binding(
            "f3", "presets", "presets", tooltip="Go on from another plan", priority=True, id="plan.presets"
        ),
        Binding("f6", "next_panel", "next", tooltip="Go to the next panel", priority=True, id="plan.next"),
        Binding(
            "f7",
            "unfold",
            "more",
            show=False,
            tooltip="Go to all that the first contender may have of its own",
            id="plan.more",
        ),
        Binding("ctrl+z", "undo", "undo", show=False, tooltip="Take the last change back", id="plan.undo"),
        Binding("f1,question_mark", "help", "help", id="plan.help"),
    ]

    def __init__(
        self,
        plan: Plan,
        engines: Sequence[EngineInfo] | None = None,
        look_up: Callable[[str], EngineInfo] = engine_info,
        limits: Callable[[], FileLimits | None] = file_limits,
    ) -> None:
        super().__init__()
        self.state = state_of(plan)
        self.checked: Checked = check(self.state)
        self._kept = self.state
        self._origin = self.state
        self._given_up: FormState | None = None
        self._past = Past()
        self._engines = tuple(list_engines() if engines is None else engines)
        self._look_up = look_up
        self._limits = limits()
        self._fields: dict[str, Field] = {}
        self._panels: dict[Widget, tuple[Field, ...]] = {}
        self._shown_areas: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """Values above, contenders below, and what it comes to in the last line."""
        add_width_class(self)
        yield Static("", id="plan-title", markup=False)
        with VerticalScroll(id="plan-body", can_focus=False):
            yield from plan_fields(self.state)
            with Vertical(classes="panel", id="plan-contenders") as panel:
                panel.border_title = "Contenders · tick the ways to compare"
                yield ContenderMatrix(self._rows(), self.state, every="100", id="plan-matrix")
                with Horizontal(id="plan-more"):
                    yield Label("N of every-N")
                    yield Entry("100", id="plan-every")
                    yield Label("engine of your own")
                    yield Entry("", "./mine.py:MyEngine, then enter", "./mine.py:MyEngine", id="plan-own")
                yield ContenderList(id="plan-list")
            yield from about_fields(self.state)
        yield Static("", id="plan-cell", markup=False)
        with Horizontal(id="plan-bar"):
            yield Static("", id="plan-status", markup=False)
            yield Button("Use this plan", id="plan-use", compact=True)
            yield Button("Cancel", id="plan-cancel", compact=True)
        yield BoundKeys()

    def on_mount(self) -> None:
        """Show the first state, problems included."""
        self._shown_areas = {area.id or "": area.text for area in self.query(TextArea)}
        self._fields = {field.path: field for field in self.query(Field) if field.path in SHOWN_PATHS}
        panels = self.query("#plan-values .panel")
        self._panels = {panel: tuple(panel.query(Field)) for panel in panels}
        self._show()
        self._fields[f"target.{chosen('target.source', self.state.texts)}"].control.focus()

    def on_resize(self) -> None:
        """Keep in sight what has the focus, once all has its new place."""
        self.call_after_refresh(self._follow_focus)

    def _follow_focus(self) -> None:
        if isinstance(self.focused, ContenderMatrix):
            self.focused.follow()
        elif self.focused is not None:
            self.focused.scroll_visible(animate=False)

    # Values: typed into a control, or put there.

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if path := path_of(event.input):
            self._take(with_value(self.state, path, event.input.value))
        elif event.input.id == "plan-every":
            self._show()

    @on(TextArea.Changed)
    def _wrote(self, event: TextArea.Changed) -> None:
        area = event.text_area
        if (path := path_of(area)) and self._shown_areas.get(area.id or "") != area.text:
            self._shown_areas[area.id or ""] = area.text
            self._take(with_value(self.state, path, area.text))

    @on(Choice.Changed)
    def _chose(self, event: Choice.Changed) -> None:
        self._take(with_value(self.state, path_of(event.choice), event.value))

    @on(Tick.Changed)
    def _ticked_box(self, event: Tick.Changed) -> None:
        self._take(with_value(self.state, path_of(event.tick), truth_text(event.value)))

    def fill(self, state: FormState, origin: FormState | None = None) -> None:
        """Show another state in every field, as if it had been typed; `origin` is what is edited from then on."""
        self._put_all(state)
        self._take(state, origin)

    def _put_all(self, state: FormState) -> None:
        for path in SHOWN_PATHS:
            self._put(path, state[path])

    def _put(self, path: str, text: str) -> None:
        """Show a text in its control, whose own message of it is then no change."""
        control = self._fields[path].control
        if isinstance(control, TextArea) and control.text != text:
            self._shown_areas[control.id or ""] = text
        show_text(control, text)

    def _take(self, changed: FormState, origin: FormState | None = None) -> None:
        before = Step(self.state, self._origin)
        self._origin = origin or self._origin
        if changed != self.state:
            self._past = self._past.with_change(before, changed)
            state = titled(self.state, changed, self._origin)
            for path in OWN:
                if state[path] != changed[path]:
                    self._put(path, state[path])
            self._become(state)

    def _become(self, state: FormState) -> None:
        self.state = state
        self.checked = check(state)
        self._show()

    # Showing the state.

    def _show(self) -> None:
        problems = self.checked.problems
        for path, field in self._fields.items():
            field.show_problem(words_for(problems, path))
        by_contender = [words_of_contender(problems, index) for index in range(len(self.state.contenders))]
        self.query_one(ContenderMatrix).show(self._rows(), self.state, self._every())
        self.query_one(ContenderList).show(self.state, by_contender)
        self._show_what_counts()
        self._note("description", untold(self.state, self._origin))
        name = safe_text(self.state["name"]) or "untitled"
        self.query_one("#plan-title", Static).update(f"httptui  edit plan · {name}", layout=False)
        status = status_of(self.checked, self._limits)
        self._say(status.words, status.kind)

    def _say(self, words: str, kind: str) -> None:
        """Put words into the last line, until the next change; it is laid out anew only where they differ."""
        line = self.query_one("#plan-status", Static)
        line.set_class(kind == "problem", "-problem")
        line.set_class(kind == "warning", "-warning")
        if words != str(line.content):
            line.update(words)

    def _note(self, path: str, words: str, *, warning: bool = False) -> None:
        """Say below a field what is to be known of its value."""
        self._fields[path].show_note(words, warning=warning)

    def _show_what_counts(self) -> None:
        """Let only those values stand that mean something in this kind of load and order, and draw the load."""
        show_those_with_effect(self._fields, self._panels, self.state)
        for path in CHOICES:
            choice = self._fields[path].control
            assert isinstance(choice, Choice)
            choice.show(choice_options(path, self.state), chosen(path, self.state.texts))
        self.query_one(LoadShape).show(shape_of_state(self.state))

    def _every(self) -> str:
        return self.query_one("#plan-every", Input).value

    def _rows(self) -> tuple[EngineInfo, ...]:
        known = {engine.name for engine in self._engines}
        named = dict.fromkeys(one["engine"] for one in self.state.contenders if one["engine"] not in known)
        return combinations.rows_of(self._engines, [found for name in named if (found := self._find(name))])

    def _find(self, name: str) -> EngineInfo | None:
        try:
            return self._look_up(name)
        except LookupError:
            return None

    # Contenders.

    @on(ContenderMatrix.Ticked)
    def _ticked_cell(self, event: ContenderMatrix.Ticked) -> None:
        self._toggle(event.engine, event.column)

    @on(ContenderMatrix.Duplicated)
    def _doubled_cell(self, event: ContenderMatrix.Duplicated) -> None:
        indexes = combinations.ticked(self.state, event.engine, event.column)
        if indexes:
            self._duplicate(indexes[-1])
        else:
            self._toggle(event.engine, event.column)

    @on(ContenderMatrix.Opened)
    def _opened_cell(self, event: ContenderMatrix.Opened) -> None:
        """Go to the contender's own values; a cell that is not ticked is ticked by the same key."""
        cell = event.engine, event.column
        if combinations.ticked(self.state, *cell) or self._toggle(*cell):
            self._attend(combinations.ticked(self.state, *cell)[0], event.attribute)

    @on(ContenderMatrix.Pointed)
    def _pointed_cell(self, event: ContenderMatrix.Pointed) -> None:
        """Keep in sight what the matrix's headings, which scroll away, say of the cell."""
        line = self.query_one("#plan-cell", Static)
        line.update(event.words)
        line.display = bool(event.words)

    @on(ContenderMatrix.Refused)
    def _refused_cell(self, event: ContenderMatrix.Refused) -> None:
        self.notify(safe_text(event.reason), severity="warning", markup=False)

    @on(ContenderRow.Edited)
    def _overrode(self, event: ContenderRow.Edited) -> None:
        if event.index < len(self.state.contenders):
            self._take(with_override(self.state, event.index, event.attribute, event.text))

    @on(ContenderRow.Acted)
    def _acted(self, event: ContenderRow.Acted) -> None:
        if event.index >= len(self.state.contenders):
            return
        if event.deed == "duplicate":
            self._duplicate(event.index)
        elif event.deed == "remove":
            self._take(combinations.remove(self.state, event.index))
        elif event.deed == "fold":
            self._fold(event.index)
        else:
            by = -1 if event.deed == "up" else 1
            self._take(combinations.move(self.state, event.index, by))
            self.query_one(ContenderList).focus_row(
                min(max(event.index + by, 0), len(self.state.contenders) - 1)
            )

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if event.input.id == "plan-own" and event.value.strip():
            own = contender_state(event.value.strip())
            if self._take_or_say_full(combinations.add(self.state, own)):
                event.input.value = ""
        else:
            self.focus_next()

    def _fold(self, index: int) -> None:
        """Show all of a contender, and go there; or only its row, where the cursor then is, too."""
        if self.state.contenders[index].unfolded:
            self._take(with_folding(self.state, index, unfolded=False))
            self.query_one(ContenderList).focus_row(index)
        else:
            self._attend(index, MORE[0])

    def _attend(self, index: int, attribute: str) -> None:
        """Put the cursor into one of a contender's values, unfolding its row where that is needed."""
        if attribute in MORE:
            self._take(with_folding(self.state, index, unfolded=True))
        self.query_one(ContenderList).focus_row(index, attribute)

    def _toggle(self, engine: str, column: combinations.Column) -> bool:
        return self._take_or_say_full(combinations.toggle(self.state, engine, column, self._every()))

    def _duplicate(self, index: int) -> None:
        self._take_or_say_full(combinations.duplicate(self.state, index))

    def _take_or_say_full(self, state: FormState) -> bool:
        """Take a state that has one contender more or fewer; one that is as before had no room for it."""
        if state == self.state:
            self.notify(f"A plan has at most {combinations.MOST_CONTENDERS} contenders.", severity="warning")
            return False
        self._take(state)
        return True

    # Pasted commands.

    @on(TargetUrl.Commanded)
    def _commanded(self, event: TargetUrl.Commanded) -> None:
        try:
            request = parse_curl(event.text)
        except CurlError as error:
            self._note_command(
                f"▲ Nothing was taken from the curl command: {safe_text(str(error), 1_000)}.", warning=True
            )
            return
        self.fill(with_request(self.state, request))
        back = f"{keys_of(self.app, PlanScreen)['undo']} takes it back."
        self._note_command(f"{taken(request)}\n{back}", warning=bool(request.told))
        self.query_one("#target-url", Input).action_end()

    @on(TargetUrl.Refused)
    def _refused_lines(self) -> None:
        self._note_command(LINES, warning=True)

    @on(Input.Changed, "#target-url")
    def _edited_url(self) -> None:
        self._note_command("")

    def _note_command(self, words: str, *, warning: bool = False) -> None:
        """Say below the URL what became of a command, until something else is typed there."""
        self._note("target.url", words, warning=warning)

    # Keys.

    @on(Button.Pressed, "#plan-use")
    def action_use(self) -> None:
        """Give the plan back, or say what stands in the way and go there."""
        if plan := self._usable("This plan cannot be used yet"):
            self.dismiss(plan)

    @on(Button.Pressed, "#plan-cancel")
    def action_cancel(self) -> None:
        """Leave without a plan; what was changed is lost only where that is asked for twice."""
        if self.state in (self._kept, self._given_up):
            self.dismiss(None)
            return
        self._given_up = self.state
        self._say(LEAVING, "warning")

    def action_save(self) -> None:
        """Ask for a name, and save the plan as a preset of one's own."""
        from httptui.tui.screens.dialogs import PlanSaveScreen

        if plan := self._usable("This plan cannot be saved yet"):
            self.app.push_screen(PlanSaveScreen(plan), self._saved)

    def action_presets(self) -> None:
        """Go on from a preset or a recent plan."""
        from httptui.tui.screens.presets import PresetsScreen

        self.app.push_screen(PresetsScreen(for_form=True), self._chosen)

    def action_undo(self) -> None:
        """Take the last change back: what was typed into one value, a tick, a curl command, another plan."""
        if not self._past.steps:
            self._say("▲ Nothing is left to take back", "warning")
            return
        state, self._origin = self._past.steps[-1]
        self._past = self._past.without_last()
        self._put_all(state)
        self._become(state)
        self._note_command("")

    def action_help(self) -> None:
        """Keys and words."""
        self.app.push_screen(HelpScreen())

    def action_unfold(self) -> None:
        """Show all of the first contender, and go there, where none has the focus."""
        if self.state.contenders:
            self._attend(0, MORE[0])

    def action_next_panel(self) -> None:
        """Go to the first value of the next panel."""
        chain = self.focus_chain
        here = chain.index(self.focused) if self.focused in chain else -1
        panels = [panel for panel in self.query(".panel") if panel.display]
        starts = [next(one for one in chain if panel in one.ancestors) for panel in panels]
        after = [start for start in starts if chain.index(start) > here]
        (after or starts)[0].focus()

    def _usable(self, otherwise: str) -> Plan | None:
        """The plan as it stands, or None after saying what stands in the way and going there."""
        self.checked = check(self.state)
        if self.checked.plan is None:
            self._show()
            self._tell(problem_line(self.checked.problems), otherwise, "error")
            self._go_to(self.checked.problems[0])
        return self.checked.plan

    def _saved(self, saved: tuple[Path, Plan] | None) -> None:
        if saved is not None:
            path, plan = saved
            self.fill(with_value(self.state, "name", plan.name))
            self._origin = self._kept = self.state
            self._tell(safe_text(str(path), 500), f"Saved as the preset {path.stem}", "information")

    def _chosen(self, plan: Plan | None) -> None:
        if plan is not None:
            state = state_of(plan)
            self.fill(state, origin=state)

    def _tell(self, text: str, title: str, severity: str) -> None:
        self.notify(text, title=title, severity=severity, timeout=LONG_NOTICE_SECONDS, markup=False)  # type: ignore[arg-type]

    def _go_to(self, problem: Problem) -> None:
        if match := CONTENDER.match(problem.path):
            known = problem.attribute in (*SHOWN, *MORE)
            self._attend(int(match[1]), problem.attribute if known else "concurrency")
        else:
            shown = problem.field in SHOWN_PATHS
            self.query_one(f"#{id_of(problem.field)}" if shown else "#plan-matrix").focus()
