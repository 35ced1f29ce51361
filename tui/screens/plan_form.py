"""The plan form's values on the screen: what is typed becomes the state, and each state is checked and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
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
from httptui.tui.forms.estimate import FileLimits, file_limits, status_of, words_for, words_of_contender
from httptui.tui.forms.mapping import Checked, check
from httptui.tui.forms.shape import shape_of_state
from httptui.tui.forms.state import FormState, state_of, with_value
from httptui.tui.forms.titles import titled, untold
from httptui.tui.forms.undo import Past, Step
from httptui.tui.screens.plan_fields import (
    SHOWN_PATHS,
    about_fields,
    choice_options,
    path_of,
    plan_fields,
    show_those_with_effect,
)
from httptui.tui.toolkit.first_size import from_sizes, sized_at_once
from httptui.tui.widgets.contender_list import ContenderList
from httptui.tui.widgets.controls import show_text
from httptui.tui.widgets.entry import Entry
from httptui.tui.widgets.lines import BoundKeys
from httptui.tui.widgets.load_shape import LoadShape
from httptui.tui.widgets.matrix import ContenderMatrix
from httptui.tui.widgets.values import Choice, Field, Tick

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget


class PlanForm(Screen[Plan | None]):
    """A plan as fields.  `engines`, `look_up` and `limits` are this machine's, or known ones for a test."""

    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, medium=72, wide=100)

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
        sized_at_once(self)
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

    def go_back(self) -> bool:
        """Take the last change back; whether there was one."""
        if not self._past.steps:
            return False
        state, self._origin = self._past.steps[-1]
        self._past = self._past.without_last()
        self._put_all(state)
        self._become(state)
        return True

    def _put_all(self, state: FormState) -> None:
        for path in SHOWN_PATHS:
            self._put(path, state[path])

    def _put(self, path: str, text: str) -> None:
        """Show a text in its control, whose own message of it is then no change."""
        control = self._fields[path].control
        if isinstance(control, TextArea) and control.text != text:
            self._shown_areas[control.id or ""] = text
        show_text(control, text)

    def _every(self) -> str:
        return self.query_one("#plan-every", Input).value

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
        self._show_status()

    def _show_status(self) -> None:
        """The last line, laid out anew only where its words change."""
        status = status_of(self.checked, self._limits)
        self._say(status.words, status.kind)

    def _say(self, words: str, kind: str) -> None:
        """Put words into the last line, until the next change."""
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

    def _rows(self) -> tuple[EngineInfo, ...]:
        known = {engine.name for engine in self._engines}
        named = dict.fromkeys(one["engine"] for one in self.state.contenders if one["engine"] not in known)
        return combinations.rows_of(self._engines, [found for name in named if (found := self._find(name))])

    def _find(self, name: str) -> EngineInfo | None:
        try:
            return self._look_up(name)
        except LookupError:
            return None
