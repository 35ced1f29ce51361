"""Small dialogs over a screen: consent, the columns, and whether a report is to be deleted.

Consent: load to a host that is not one's own machine starts only once its name has been typed, and so with what
else a plan must not do by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Question(NamedTuple):
    """What is asked, what to think of, what has to be typed, and what the button does."""

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
    "To build a package runs code of whoever published it, with all that you may do on this machine.",
    "the packages",
    "Build them",
)
VARIABLES = Question(
    "May this plan send your variables?",
    "Whoever wrote the plan chose what is read from your environment and where it goes.",
    "the name of the host",
    "Allow it, now and later",
)


class ConsentScreen(ModalScreen[bool]):
    """`host` has to be typed to confirm, `reason` says why; gives back True, or False where it is refused."""

    CSS_PATH = "consent.tcss"
    BINDING_GROUP_TITLE = "Consent"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "refuse", "refuse", id="consent.refuse"),
    ]

    def __init__(self, host: str, reason: str, question: Question = HOST) -> None:
        super().__init__()
        self._question = question
        self._host = host
        self._reason = reason

    def compose(self) -> ComposeResult:
        """Why, what to type, and where."""
        host = safe_text(self._host, 260)
        with Vertical(id="consent-box") as box:
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
            with Horizontal(id="consent-buttons"):
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
            self.query_one("#consent-said", Static).update(
                f"That is not {self._question.typed}; nothing was sent."
            )

    @on(Button.Pressed, "#consent-no")
    def action_refuse(self) -> None:
        """Send nothing."""
        self.dismiss(False)  # noqa: FBT003

    def _agrees(self) -> bool:
        typed = self.query_one(Input).value.strip().lower()
        return bool(typed) and typed == self._host.lower()


class DeleteReportScreen(ModalScreen[bool]):
    """Names the file; gives back True where it is to be deleted."""

    CSS_PATH = "delete_report.tcss"
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
        with Vertical(id="delete-box") as box:
            box.border_title = "Delete this report for good?"
            yield Static(safe_text(self._file), id="delete-name", markup=False)
            yield Static(f"in {safe_text(self._folder)}", id="delete-folder", markup=False)
            yield Static("Its Markdown, HTML and picture, where there are any, stay.", markup=False)
            with Horizontal(id="delete-buttons"):
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
