"""The plan form: every value of a plan, checked at each keystroke; gives back a `Plan`, or None if cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Button, Input

from httptui.safe_text import safe_text
from httptui.tui.actions import keys_of
from httptui.tui.forms.curl import CurlError, parse_curl, taken, with_request
from httptui.tui.forms.estimate import CONTENDER, problem_line
from httptui.tui.forms.mapping import Problem, check
from httptui.tui.forms.state import MORE, SHOWN, state_of, with_value
from httptui.tui.screens.help import HelpScreen
from httptui.tui.screens.plan_contenders import PlanContenders
from httptui.tui.screens.plan_fields import SHOWN_PATHS, id_of
from httptui.tui.widgets.entry import TargetUrl

if TYPE_CHECKING:
    from pathlib import Path

    from httptui.plan.model import Plan


LONG_NOTICE_SECONDS = 12
LEAVING = "▲ What was changed will be lost; once more leaves"
LINES = (
    "▲ Nothing was taken: what was pasted is no URL and no curl command. Copy the request as cURL (bash), "
    "or choose “several” for a list of URLs."
)


class PlanScreen(PlanContenders):
    """Edit a plan, and use it, save it, or put another in its place."""

    CSS_PATH = "plan.tcss"
    BINDING_GROUP_TITLE = "Plan form"
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
        self._note_command(f"{taken(request)}\n{self._way_back()}", warning=bool(request.told))
        self.query_one("#target-url", Input).action_end()

    @on(TargetUrl.Refused)
    def _refused_lines(self) -> None:
        self._note_command(LINES, warning=True)

    @on(Input.Changed, "#target-url")
    def _edited_url(self) -> None:
        self._note_command("")

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
        from httptui.tui.screens.plan_save import PlanSaveScreen

        if plan := self._usable("This plan cannot be saved yet"):
            self.app.push_screen(PlanSaveScreen(plan), self._saved)

    def action_presets(self) -> None:
        """Go on from a preset or a recent plan."""
        from httptui.tui.screens.presets import PresetsScreen

        self.app.push_screen(PresetsScreen(for_form=True), self._chosen)

    def action_undo(self) -> None:
        """Take the last change back: what was typed into one value, a tick, a curl command, another plan."""
        if self.go_back():
            self._note_command("")
        else:
            self._say("▲ Nothing is left to take back", "warning")

    def action_help(self) -> None:
        """Keys and words."""
        self.app.push_screen(HelpScreen())

    def action_unfold(self) -> None:
        """Where no contender has the focus: show all of the first one, and go there."""
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

    def _way_back(self) -> str:
        return f"{keys_of(self.app, PlanScreen)['undo']} takes it back."

    def _note_command(self, words: str, *, warning: bool = False) -> None:
        """Say below the URL what became of a command, until something else is typed there."""
        self._note("target.url", words, warning=warning)

    def _go_to(self, problem: Problem) -> None:
        if match := CONTENDER.match(problem.path):
            known = problem.attribute in (*SHOWN, *MORE)
            self._attend(int(match[1]), problem.attribute if known else "concurrency")
        else:
            shown = problem.field in SHOWN_PATHS
            self.query_one(f"#{id_of(problem.field)}" if shown else "#plan-matrix").focus()
