"""What changes a run while it is on: more or less load, a pause, and how the embedded target answers."""

from __future__ import annotations

from typing import ClassVar

from httptui.errors import TargetError
from httptui.plan.urls import split_target
from httptui.tui.panels.keys import KeysLine
from httptui.tui.panels.view import Status
from httptui.tui.screens.run_control import RunControl

STEERING = ("stop", "more", "less", "pause", "target")
ONLY_WITHOUT_A_RUN = frozenset({"run", "settle", "presets", "edit"})


class RunSteering(RunControl):
    """A run under one's hands; its keys are there while it is on, in the place of those that begin another."""

    ONLY_WHILE_ON: ClassVar[tuple[str, ...]] = STEERING
    _keys_for: Status = "idle"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is to be changed where no run is on, and of targets only our own."""
        if action not in STEERING:
            return super().check_action(action, parameters)
        if action == "target" and not split_target(self._running_plan.target.all_urls[0]).embedded:
            return False
        return self._status == "running"

    def action_more(self) -> None:
        """One step more of the load."""
        self._step(1)

    def action_less(self) -> None:
        """One step less of the load."""
        self._step(-1)

    def action_pause(self) -> None:
        """Pause, or go on."""
        if self._session is not None:
            if self._session.paused:
                self._session.resume()
            else:
                self._session.pause()

    def action_target(self) -> None:
        """Ask how the target is to answer."""
        from httptui.tui.screens.target_dialog import TargetDialog

        if self._session is not None:
            dialog = TargetDialog(
                self._session.pacing, self._running_plan.target.all_urls[0], self._change_target
            )
            self.app.push_screen(dialog)

    def _draw_newest(self) -> None:
        super()._draw_newest()
        if self._keys_for != self._status:
            self._keys_for = self._status
            self.refresh_bindings()
            self.query_one(KeysLine).leave_out(ONLY_WITHOUT_A_RUN if self.running else frozenset())
            self._surface.refresh_bindings()
            self._surface.query_one(KeysLine).refresh()

    def _step(self, direction: int) -> None:
        if self._session is not None and not self._session.step_load(direction):
            self._tell(f"That is the {'most' if direction > 0 else 'least'}.")

    def _change_target(self, changes: dict[str, float]) -> None:
        if self._session is None or not self.running:
            return
        try:
            self._session.set_target(**changes)
        except TargetError as error:
            self._tell(str(error), "Not changed", error=True)
