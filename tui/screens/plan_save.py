"""Saving a plan as a preset: its name, what it would take the place of, and a question before it replaces a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec import structs, to_builtins
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from httptui.errors import PlanError
from httptui.plan.model import Plan
from httptui.plan.secrets import redacted_plan
from httptui.presets.loader import preset_paths, user_presets_folder
from httptui.presets.saving import name_saved_as, save_preset, suggested_name, user_preset_path
from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from textual.app import ComposeResult

SECRET = "▲ A secret stands in this plan and would stand in the file; env:NAME in its place keeps it out."  # noqa: S105
REPLACE = "It exists already. Enter once more replaces it."


class PlanSaveScreen(ModalScreen[tuple[Path, Plan] | None]):
    """Ask for a name; gives back the file that was written and the plan in it, or None.

    A plan whose own name is not the one that its preset was given takes that, and so does an edited one.
    """

    CSS_PATH = "plan_save.tcss"
    BINDING_GROUP_TITLE = "Save as a preset"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "cancel", "cancel", id="save.cancel")]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan
        self._asked = ""

    def compose(self) -> ComposeResult:
        """The name, and what comes of it."""
        with Vertical(id="save-box") as box:
            box.border_title = "Save as a preset"
            yield Input(suggested_name(self._plan.name), placeholder="name", id="save-name", compact=True)
            yield Static("", id="save-where", markup=False)
            yield Static("", id="save-said", markup=False)
            if redacted_plan(self._plan)["target"] != to_builtins(self._plan.target):
                yield Static(SECRET, id="save-secret", markup=False)
            with Horizontal(id="save-buttons"):
                yield Button("Save", id="save-yes", compact=True)
                yield Button("Cancel (esc)", id="save-no", compact=True)

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one(Input).focus()
        self._show()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._asked = ""
        self._show()

    @on(Input.Submitted)
    @on(Button.Pressed, "#save-yes")
    def _save(self) -> None:
        """Write the file; one that exists only when that was said before."""
        name = self._typed_name()
        try:
            if user_preset_path(name).exists() and self._asked != name:
                self._asked = name
                self._show()
                return
            plan = structs.replace(self._plan, name=name_saved_as(self._plan.name, name))
            self.dismiss((save_preset(plan, name, replace=self._asked == name), plan))
        except PlanError as error:
            self._say(error.problems[0])

    @on(Button.Pressed, "#save-no")
    def action_cancel(self) -> None:
        """Write nothing."""
        self.dismiss(None)

    def _typed_name(self) -> str:
        return self.query_one(Input).value.strip()

    def _show(self) -> None:
        """What the name comes to: a file, in place of what, or why it is none."""
        name = self._typed_name()
        folder = safe_text(str(user_presets_folder()), 300)
        where, said = f"{folder}/{safe_text(name)}.toml", ""
        try:
            exists = user_preset_path(name).exists()
        except PlanError as error:
            where, said = f"in {folder}", error.problems[0].removeprefix("name: ") if name else ""
        else:
            if exists:
                said = REPLACE if self._asked == name else "A preset of this name exists already."
            elif name in preset_paths():
                said = f"It will stand in place of the built-in preset {name}."
        self.query_one("#save-where", Static).update(where)
        self.query_one("#save-yes", Button).label = "Replace" if self._asked == name and name else "Save"
        self._say(said)

    def _say(self, message: str) -> None:
        self.query_one("#save-said", Static).update(f"▲ {safe_text(message, 400)}" if message else "")
