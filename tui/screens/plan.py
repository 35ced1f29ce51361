"""The plan form: every value of a plan, checked at each keystroke; gives back a `Plan`, or None if cancelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Button, Input, Label, Static, TextArea

from engines.registry import EngineInfo, engine_info, list_engines
from httptui.plans.plan import Plan, letter_of
from httptui.safe_text import safe_text
from tui.forms import combinations
from tui.forms.estimate import estimate
from tui.forms.mapping import Checked, Problem, check
from tui.forms.state import FIELDS, ContenderState, FormState, state_of, with_override, with_value
from tui.screens.help import HelpScreen
from tui.screens.plan_fields import about_fields, bound_options, id_of, path_of, plan_fields, what_counts
from tui.widgets.bound_keys import BoundKeys
from tui.widgets.choice import Choice
from tui.widgets.contender_list import PLACEHOLDERS, ContenderList, ContenderRow
from tui.widgets.field import Field
from tui.widgets.matrix import ContenderMatrix
from tui.widgets.tick import Tick

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult


_CONTENDER = re.compile(r"contender\[(\d+)\]")


class PlanScreen(Screen[Plan | None]):
    """Edit a plan.  `engines` and `look_up` are the registry, given where a test needs a known one."""

    CSS_PATH = "plan.tcss"
    BINDING_GROUP_TITLE = "Plan form"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-medium"), (100, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "use", "use this plan", priority=True),
        Binding("escape", "cancel", "cancel"),
        Binding("f6", "next_panel", "next panel", priority=True),
        Binding("f1", "help", "help"),
    ]
    PANELS = ("#target-url", "#load-kind", "#schedule-kind", "#policy-redirects", "#plan-matrix", "#name")

    def __init__(
        self,
        plan: Plan,
        engines: Sequence[EngineInfo] | None = None,
        look_up: Callable[[str], EngineInfo] = engine_info,
    ) -> None:
        super().__init__()
        self.state = state_of(plan)
        self.checked: Checked = check(self.state)
        self._engines = tuple(list_engines() if engines is None else engines)
        self._look_up = look_up
        self._shown_areas: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """Values above, contenders below, and what it comes to in the last line."""
        yield Static("", id="plan-title", markup=False)
        with VerticalScroll(id="plan-body", can_focus=False):
            yield from plan_fields(self.state)
            with Vertical(classes="panel", id="plan-contenders") as panel:
                panel.border_title = "Contenders"
                yield ContenderMatrix(self._rows(), self.state, every="100", id="plan-matrix")
                with Horizontal(id="plan-more"):
                    yield Label("N of every-N")
                    yield Input("100", id="plan-every", compact=True)
                    yield Label("engine of your own")
                    yield Input(placeholder="./mine.py:MyEngine, then enter", id="plan-own", compact=True)
                yield ContenderList(id="plan-list")
            yield from about_fields(self.state)
        with Horizontal(id="plan-bar"):
            yield Static("", id="plan-status", markup=False)
            yield Button("Use this plan", id="plan-use", compact=True)
            yield Button("Cancel", id="plan-cancel", compact=True)
        yield BoundKeys()

    def on_mount(self) -> None:
        """Show the first state, problems included."""
        self._shown_areas = {area.id or "": area.text for area in self.query(TextArea)}
        self._show()
        self.query_one("#target-url", Input).focus()

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
        self._take(with_value(self.state, path_of(event.tick), event.value))

    @on(ContenderMatrix.Ticked)
    def _ticked_cell(self, event: ContenderMatrix.Ticked) -> None:
        before = self.state
        self._take(combinations.toggle(self.state, event.engine, event.column, self._every()))
        if self.state == before:
            self._say_full()

    @on(ContenderMatrix.Duplicated)
    def _doubled_cell(self, event: ContenderMatrix.Duplicated) -> None:
        indexes = combinations.ticked(self.state, event.engine, event.column)
        if indexes:
            self._duplicate(indexes[-1])

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
        else:
            by = -1 if event.deed == "up" else 1
            self._take(combinations.move(self.state, event.index, by))
            self.query_one(ContenderList).focus_row(
                min(max(event.index + by, 0), len(self.state.contenders) - 1)
            )

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if event.input.id == "plan-own" and event.value.strip():
            before = self.state
            self._take(combinations.add(self.state, ContenderState(engine=event.value.strip())))
            if self.state == before:
                self._say_full()
            else:
                event.input.value = ""
        else:
            self.focus_next()

    @on(Button.Pressed, "#plan-use")
    def action_use(self) -> None:
        """Give the plan back, or say what stands in the way and go there."""
        self.checked = check(self.state)
        if self.checked.plan is not None:
            self.dismiss(self.checked.plan)
            return
        self._show()
        problem = self.checked.problems[0]
        self.notify(
            _line(self.checked.problems), title="This plan cannot be used yet", severity="error", markup=False
        )
        self._go_to(problem)

    @on(Button.Pressed, "#plan-cancel")
    def action_cancel(self) -> None:
        """Leave without a plan."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Keys and words."""
        self.app.push_screen(HelpScreen())

    def action_next_panel(self) -> None:
        """Go to the first value of the next panel."""
        chain = self.focus_chain
        here = chain.index(self.focused) if self.focused in chain else -1
        starts = [self.query_one(panel) for panel in self.PANELS]
        after = [start for start in starts if chain.index(start) > here]
        (after or starts)[0].focus()

    def _duplicate(self, index: int) -> None:
        before = self.state
        self._take(combinations.duplicate(self.state, index))
        if self.state == before:
            self._say_full()

    def _say_full(self) -> None:
        self.notify(f"A plan has at most {combinations.MOST_CONTENDERS} contenders.", severity="warning")

    def _every(self) -> str:
        return self.query_one("#plan-every", Input).value

    def _take(self, state: FormState) -> None:
        if state != self.state:
            self.state = state
            self.checked = check(state)
            self._show()

    def _show(self) -> None:
        problems = self.checked.problems
        for field in self.query(Field):
            field.show_problem(_words_for(problems, field.path))
        by_contender = {
            index: words
            for index in range(len(self.state.contenders))
            if (words := _words_for(problems, f"contender[{index}]"))
        }
        self.query_one(ContenderMatrix).show(self._rows(), self.state, self._every())
        self.query_one(ContenderList).show(self.state, by_contender)
        self._show_what_counts()
        name = safe_text(self.state.name) or "untitled"
        self.query_one("#plan-title", Static).update(f"httptui  edit plan · {name}", layout=False)
        status = self.query_one("#plan-status", Static)
        status.set_class(bool(problems), "-problem")
        plan = self.checked.plan
        status.update(_line(problems) if plan is None else estimate(plan), layout=False)

    def _show_what_counts(self) -> None:
        """Let only those values stand that mean something in this kind of load and order."""
        self.query_one("#plan-values").classes = what_counts(self.state)
        bound = self.query_one(f"#{id_of('load.bound')}", Choice)
        bound.show(bound_options(self.state), self.state.bound_now)

    def _rows(self) -> tuple[EngineInfo, ...]:
        known = {engine.name for engine in self._engines}
        named = dict.fromkeys(one.engine for one in self.state.contenders if one.engine not in known)
        return combinations.rows_of(self._engines, [found for name in named if (found := self._find(name))])

    def _find(self, name: str) -> EngineInfo | None:
        try:
            return self._look_up(name)
        except LookupError:
            return None

    def _go_to(self, problem: Problem) -> None:
        if match := _CONTENDER.match(problem.path):
            attribute = problem.path.rpartition(".")[2]
            named = attribute if attribute in PLACEHOLDERS else "concurrency"
            self.query_one(ContenderList).focus_row(int(match[1]), named)
        else:
            self.query_one(f"#{id_of(problem.field)}" if problem.field in FIELDS else "#plan-matrix").focus()


def _words_for(problems: Sequence[Problem], field: str) -> str:
    return "; ".join(problem.words for problem in problems if problem.field == field)


def _line(problems: Sequence[Problem]) -> str:
    first = problems[0]
    count = f"{len(problems)} problems · " if len(problems) > 1 else ""
    where = safe_text(first.path)
    if match := _CONTENDER.match(first.path):
        where = f"contender {letter_of(int(match[1]))}{first.path[match.end() :]}"
    return f"▲ {count}{where}: {first.message}" if where else f"▲ {count}{first.message}"
