"""What a contender may have of its own beyond its row: how it reads answers, where and on what it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Horizontal, Vertical

from httptui.tui.widgets.choice import Choice
from httptui.tui.widgets.entry import Entry
from httptui.tui.widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.widget import Widget

    from httptui.tui.forms.contender_state import ContenderState

READS = tuple((read, read) for read in ("bytes", "text", "json", "headers"))
INSIDES = (
    ("", "no"),
    ("fastapi-async", "async"),
    ("fastapi-async-blocking", "blocking"),
    ("fastapi-sync", "sync"),
    ("fastapi-ping", "ping"),
)


class ContenderMore(Vertical):
    """The fields below a contender's row, two side by side where there is room; the label, where the row has none."""

    def __init__(self, contender: ContenderState) -> None:
        super().__init__(classes="contender--more")
        self._contender = contender
        self._awaited = ""

    def compose(self) -> ComposeResult:
        """Each field by the name of its value."""
        one = self._contender
        label = _entry(one, "label", "from its parts")
        yield Field("contender.label", "Label", label, classes="contender--own-label")
        with Container(classes="contender--two"):
            yield _field("read", "Reads", Choice(READS, one.read, name="read"))
            yield _field("inside", "In FastAPI", Choice(INSIDES, one.inside, name="inside"))
        with Horizontal(classes="pair"):
            yield _field("processes", "Processes", _entry(one, "processes", "1"))
            yield _field("dns_ttl", "DNS cache", _entry(one, "dns_ttl", "library’s"), hint="s")
        with Container(classes="contender--two"):
            yield _field("python", "Python", _entry(one, "python", "the one that runs httptui", "httptui’s"))
            yield _field("requires", "Requires", _entry(one, "requires", "what is installed", "installed"))

    def on_mount(self) -> None:
        """Put the cursor where it was to go before there were fields."""
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
        """Show below each field what is wrong with it."""
        for field in self.query(Field):
            field.show_problem(problems.get(field.control.name or "", ""))


def _entry(contender: ContenderState, name: str, *placeholders: str) -> Entry:
    return Entry(str(getattr(contender, name) or ""), *placeholders, name=name)


def _field(name: str, label: str, control: Widget, hint: str = "") -> Field:
    control.add_class(f"contender--{name}")
    return Field(f"contender.{name}", label, control, hint=hint, classes="beside" if hint else "")
