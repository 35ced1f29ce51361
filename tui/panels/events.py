"""What has happened so far, newest last."""

from __future__ import annotations

from httptui.snapshot import Event
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells, Row, fit, right

MARKS = {"info": ("·", "dim"), "warning": ("▲", "warn"), "error": ("✗", "bad")}


def draw_events(events: tuple[Event, ...], width: int) -> Cells:
    """A row for every event: when, how grave, what."""
    if not events:
        return (fit(((" nothing yet", "dim"),), width),)
    return tuple(fit(_row(event), width) for event in events)


def _row(event: Event) -> Row:
    mark, key = MARKS[event.level]
    return (
        (f"{right(f'{event.seconds:.1f} s', 8)}  ", "axis"),
        (f"{mark} ", key),
        (event.text, "" if event.level == "info" else key),
    )


class EventsPanel(Panel):
    """The events; it stays at the newest one unless scrolled up."""

    def title(self, view: View) -> str:  # noqa: ARG002
        return "Events"

    def show(self, view: View) -> None:
        """Take a frame, and keep to the end of the list if that is where it was."""
        at_end = self.is_vertical_scroll_end
        super().show(view)
        if at_end:
            self.scroll_end(animate=False)

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_events(view.snapshot.events, width)
