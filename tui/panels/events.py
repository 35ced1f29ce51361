"""What has happened so far, newest last; before a run, what it will be about."""

from __future__ import annotations

import textwrap

from httptui.plan import Plan
from httptui.snapshot import Event
from tui.forms.preset_text import preset_detail
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells, Row, fit, left, right

MARKS = {"info": ("·", "dim"), "warning": ("▲", "warn"), "error": ("✗", "bad")}


def draw_events(events: tuple[Event, ...], width: int) -> Cells:
    """A row for every event: when, how grave, what."""
    if not events:
        return (fit(((" nothing yet", "dim"),), width),)
    return tuple(fit(_row(event), width) for event in events)


def _is_waiting(view: View) -> bool:
    return view.status == "idle" and not view.snapshot.events


def _row(event: Event) -> Row:
    mark, key = MARKS[event.level]
    return (
        (f"{right(f'{event.seconds:.1f} s', 8)}  ", "axis"),
        (f"{mark} ", key),
        (event.text, "" if event.level == "info" else key),
    )


def draw_plan(plan: Plan, width: int) -> Cells:
    """The plan's description, wrapped, and the facts of its target, load and schedule."""
    detail = preset_detail(plan)
    lines = [part for line in detail.description if line for part in textwrap.wrap(line, max(width - 2, 8))]
    names = max((len(name) for name, _ in detail.facts), default=0) + 2
    rows: list[Row] = [((f" {line}", ""),) for line in lines]
    if rows:
        rows.append(())
    rows += [((f" {left(name, names)}", "axis"), (value, "dim")) for name, value in detail.facts]
    return tuple(fit(row, width) for row in rows)


class EventsPanel(Panel):
    """The events; it stays at the newest one unless scrolled up."""

    def title(self, view: View) -> str:
        return "Plan" if _is_waiting(view) else "Events"

    def show(self, view: View) -> None:
        """Take a frame, and keep to the end of the list if that is where it was."""
        at_end = self.is_vertical_scroll_end
        super().show(view)
        if _is_waiting(view):
            self.scroll_home(animate=False)
        elif at_end:
            self.scroll_end(animate=False)

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        if view.plan is not None and _is_waiting(view):
            return draw_plan(view.plan, width)
        return draw_events(view.snapshot.events, width)
