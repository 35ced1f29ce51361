"""Dialogs over a screen: consent, deleting a report, the table's columns, the embedded target, saving a preset.

Consent: load to a host that is not one's own machine starts only once its name has been typed, and so with what
else a plan must not do by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar
from urllib.parse import parse_qs, urlsplit

from msgspec import structs, to_builtins
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from httptui.errors import PlanError
from httptui.plan.model import Plan
from httptui.plan.secrets import redacted_plan
from httptui.presets.loader import (
    name_saved_as,
    preset_paths,
    save_preset,
    suggested_name,
    user_preset_path,
    user_presets_folder,
)
from httptui.safe_text import safe_text
from httptui.target.options import MAX_DELAY_MS, Pacing
from httptui.tui.panels.columns import AS_USUAL, Picked
from httptui.tui.panels.contenders import ColumnList, Ticked
from httptui.tui.panels.view import View
from httptui.tui.toolkit.drawing import from_sizes

if TYPE_CHECKING:
    from textual.app import ComposeResult


Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A box with buttons over a screen."""

    CSS_PATH = "dialogs.tcss"


class Question(NamedTuple):
    """A question, what to consider, what has to be typed, and the label of the button."""

    title: str
    caution: str
    typed: str
    agree: str


HOST = Question(
    "Is this host yours to load?",
    "A load test can take a service down. Send it only to a host you answer for.",
    "the name of the host",
    "Start the load",
)
BUILD = Question(
    "May these packages be built?",
    "Building a package runs code of its publisher with your permissions on this machine.",
    "the packages",
    "Build them",
)
VARIABLES = Question(
    "May this plan send your variables?",
    "The author of the plan chose what is read from your environment and where it is sent.",
    "the name of the host",
    "Allow it, now and later",
)


class ConsentScreen(Dialog[bool]):
    """`host` has to be typed to confirm, `reason` says why; gives back True, or False where it is refused."""

    BINDING_GROUP_TITLE = "Consent"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "refuse", "refuse", id="consent.refuse"),
    ]

    def __init__(self, host: str, reason: str, question: Question = HOST) -> None:
        super().__init__()
        self._host, self._reason, self._question = host, reason, question

    def compose(self) -> ComposeResult:
        """Make the reason, what to type, and the field to type it in."""
        host = safe_text(self._host, 260)
        with Vertical(classes="dialog-box -caution") as box:
            box.border_title = self._question.title
            yield Static(safe_text(self._reason, 600), id="consent-reason", markup=False)
            yield Static(self._question.caution, markup=False)
            yield Static(f"To go on, type {self._question.typed}:", classes="consent-ask", markup=False)
            yield Static(host, id="consent-host", markup=False)
            yield Input(
                placeholder="host name" if self._question is not BUILD else "packages",
                id="consent-name",
                compact=True,
            )
            yield Static("", id="consent-said", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button(self._question.agree, id="consent-yes", compact=True, disabled=True)
                yield Button("Refuse (esc)", id="consent-no", compact=True)

    def on_mount(self) -> None:
        """Begin where one has to type."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#consent-yes", Button).disabled = not self._agrees()
        self.query_one("#consent-said", Static).update("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#consent-yes")
    def _confirm(self) -> None:
        if self._agrees():
            self.dismiss(True)  # noqa: FBT003
        else:
            said = f"That is not {self._question.typed}; nothing was sent."
            self.query_one("#consent-said", Static).update(said)

    @on(Button.Pressed, "#consent-no")
    def action_refuse(self) -> None:
        """Send nothing."""
        self.dismiss(False)  # noqa: FBT003

    def _agrees(self) -> bool:
        typed = self.query_one(Input).value.strip().lower()
        return bool(typed) and typed == self._host.lower()


class DeleteReportScreen(Dialog[bool]):
    """Names the file; gives back True where it is to be deleted."""

    BINDING_GROUP_TITLE = "Delete a report"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "delete", "delete", tooltip="Delete the file for good", id="delete.yes"),
        Binding("escape,q,n", "keep", "keep", key_display="esc", tooltip="Delete nothing", id="delete.no"),
    ]

    def __init__(self, name: str, folder: str) -> None:
        super().__init__()
        self._file, self._folder = name, folder

    def compose(self) -> ComposeResult:
        """The file, and both answers."""
        with Vertical(classes="dialog-box -caution") as box:
            box.border_title = "Delete this report for good?"
            yield Static(safe_text(self._file), id="delete-name", markup=False)
            yield Static(f"in {safe_text(self._folder)}", id="delete-folder", markup=False)
            yield Static("Its Markdown, HTML and picture, where there are any, stay.", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Delete (y)", id="delete-yes", compact=True)
                yield Button("Keep (esc)", id="delete-no", compact=True)

    def on_mount(self) -> None:
        """Begin where enter does no harm."""
        self.query_one("#delete-no").focus()

    @on(Button.Pressed, "#delete-yes")
    def action_delete(self) -> None:
        """Delete it."""
        self.dismiss(True)  # noqa: FBT003

    @on(Button.Pressed, "#delete-no")
    def action_keep(self) -> None:
        """Delete nothing."""
        self.dismiss(False)  # noqa: FBT003


class ColumnsScreen(ModalScreen[None]):
    """`pick` shows the table with other columns, and gives back the view of it and the names there is room for."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "dialogs.tcss"]
    VERTICAL_BREAKPOINTS = from_sizes(short=0, tall=30)
    BINDING_GROUP_TITLE = "Columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,o", "close", "back", key_display="esc", id="columns.back"),
        Binding(
            "d",
            "usual",
            "the usual ones",
            tooltip="Show the columns that are shown unasked",
            id="columns.usual",
        ),
    ]

    def __init__(self, view: View, pick: Callable[[Picked], tuple[View, Collection[str]]]) -> None:
        super().__init__()
        self._view, self._pick_in_table = view, pick

    def compose(self) -> ComposeResult:
        """The list."""
        yield ColumnList(id="columns")

    def on_mount(self) -> None:
        """Begin with what the table shows."""
        self._pick(self._view.picked)
        self.query_one(ColumnList).focus()

    @on(Ticked)
    def _ticked(self, message: Ticked) -> None:
        self._pick(self._view.picked.toggled(message.name, is_open=self._view.is_open))

    def action_usual(self) -> None:
        """Show what is shown unasked."""
        self._pick(AS_USUAL)

    def action_close(self) -> None:
        """Back to the board."""
        self.dismiss(None)

    def _pick(self, picked: Picked) -> None:
        columns = self.query_one(ColumnList)
        self._view, columns.shown = self._pick_in_table(picked)
        columns.show(self._view)


class PacingSetting(NamedTuple):
    """One value: its name in a pacing, its label, what it means, and the most that it may be."""

    name: str
    label: str
    hint: str
    most: float


PACING_SETTINGS = (
    PacingSetting("latency_ms", "latency", "ms added to every answer", MAX_DELAY_MS),
    PacingSetting("jitter_ms", "jitter", "ms more or less, at random", MAX_DELAY_MS),
    PacingSetting("error_rate", "errors", "share of 503s, 0 … 1", 1.0),
)


class TargetDialog(Dialog[None]):
    """`pacing` is what there is now; `change` is called with what was changed by name, if anything was.

    What the query of `url` sets goes before it, and is told.
    """

    BINDING_GROUP_TITLE = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "cancel", id="target.cancel"),
        Binding("down", "app.focus_next", "next field", show=False, id="target.next"),
        Binding("up", "app.focus_previous", "field above", show=False, id="target.previous"),
    ]

    def __init__(self, pacing: Pacing, url: str, change: Callable[[dict[str, float]], None]) -> None:
        super().__init__()
        self._pacing = pacing
        self._fixed = parse_qs(urlsplit(url).query).keys() & {setting.name for setting in PACING_SETTINGS}
        self._change = change

    def compose(self) -> ComposeResult:
        """A row for each value."""
        with Vertical(classes="dialog-box") as box:
            box.border_title = "The embedded target, from now on"
            for setting in PACING_SETTINGS:
                with Horizontal(classes="target-row"):
                    yield Static(setting.label, classes="target-label", markup=False)
                    yield Input(
                        f"{getattr(self._pacing, setting.name):g}",
                        id=f"target-{setting.name}",
                        compact=True,
                        select_on_focus=True,
                    )
                    fixed = setting.name in self._fixed
                    hint = "set by the URL, which goes first" if fixed else setting.hint
                    yield Static(hint, classes="target-hint", markup=False)
            yield Static("", id="target-said", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Change (enter)", id="target-yes", compact=True)
                yield Button("Cancel (esc)", id="target-no", compact=True)

    def on_mount(self) -> None:
        """Begin with the latency."""
        self.query_one("#target-latency_ms", Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#target-said", Static).update("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#target-yes")
    def _confirm(self) -> None:
        """Change what is another number now, or tell what cannot be used."""
        changes: dict[str, float] = {}
        for setting in PACING_SETTINGS:
            field = self.query_one(f"#target-{setting.name}", Input)
            value = number_of(field.value)
            if value is None or not 0 <= value <= setting.most:
                self.query_one("#target-said", Static).update(
                    f"▲ {setting.label}: {field.value.strip() or 'nothing'} is not allowed; a number, "
                    f"0 … {setting.most:g}"
                )
                field.focus()
                return
            if value != getattr(self._pacing, setting.name):
                changes[setting.name] = value
        if changes:
            self._change(changes)
        self.dismiss(None)

    @on(Button.Pressed, "#target-no")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)


def number_of(text: str) -> float | None:
    """A finite number as typed, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


SECRET = "▲ This plan contains a secret, which the file would contain too; use env:NAME instead."  # noqa: S105
REPLACE = "It exists already. Enter again replaces it."


class PlanSaveScreen(Dialog[tuple[Path, Plan] | None]):
    """Ask for a name; gives back the file that was written and the plan in it, or None.

    A plan whose own name is not the one that its preset was given takes that, and so does an edited one.
    """

    BINDING_GROUP_TITLE = "Save as a preset"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "cancel", "cancel", id="save.cancel")]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan
        self._asked = ""

    def compose(self) -> ComposeResult:
        """The name, and what comes of it."""
        with Vertical(classes="dialog-box") as box:
            box.border_title = "Save as a preset"
            yield Input(suggested_name(self._plan.name), placeholder="name", id="save-name", compact=True)
            yield Static("", id="save-where", markup=False)
            yield Static("", id="save-said", markup=False)
            if redacted_plan(self._plan)["target"] != to_builtins(self._plan.target):
                yield Static(SECRET, id="save-secret", markup=False)
            with Horizontal(classes="dialog-buttons"):
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
        """Show the file of the name, and what it replaces, or why the name cannot be used."""
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
                said = f"It will be used instead of the built-in preset {name}."
        self.query_one("#save-where", Static).update(where)
        self.query_one("#save-yes", Button).label = "Replace" if self._asked == name and name else "Save"
        self._say(said)

    def _say(self, message: str) -> None:
        self.query_one("#save-said", Static).update(f"▲ {safe_text(message, 400)}" if message else "")
