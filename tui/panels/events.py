"""The events so far, newest last, and the standing flags; or the chosen contender; before a run, its plan."""

from __future__ import annotations

from collections.abc import Mapping

from httptui.plan.model import Plan
from httptui.results.snapshot import Event, Flag
from httptui.tui.forms.preset_text import preset_detail
from httptui.tui.panels.board_keys import USUAL_KEYS
from httptui.tui.panels.contender_page import draw_facts, facts_of
from httptui.tui.panels.panel import Panel, by_key, hanging, wrapped
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, fit, left, right, row_width

MARKS = {"info": ("·", "dim"), "warning": ("▲", "warn"), "error": ("✗", "bad")}
TIME_WIDTH = 8
WIDEST_TEXT = 110
CLOCK = "the clock starts at launch"


def draw_events(
    events: tuple[Event, ...],
    width: int,
    flags: tuple[Flag, ...] = (),
    keys: Mapping[str, str] = USUAL_KEYS,
) -> Cells:
    """Every event, wrapped, with its time and level; then every flag, with the keys that it names."""
    if not events and not flags:
        return (fit(((" nothing yet", "dim"),), width),)
    rows = [row for event in events for row in _event(event, width)]
    rows += [
        row
        for flag in flags
        for row in _marked("flag", MARKS["warning"], by_key(flag.sentence, keys), "", width)
    ]
    return tuple(fit(row, width) for row in rows)


def _event(event: Event, width: int) -> list[Row]:
    mark = MARKS[event.level]
    return _marked(
        f"{event.seconds:.1f} s", mark, event.text, "" if event.level == "info" else mark[1], width
    )


def _marked(when: str, mark: tuple[str, str], text: str, key: str, width: int) -> list[Row]:
    start: Row = ((f"{right(when, TIME_WIDTH)}  ", "axis"), (f"{mark[0]} ", mark[1]))
    return hanging(start, wrapped(text, width - row_width(start)), key)


def draw_plan(plan: Plan, width: int) -> Cells:
    """The plan's description, wrapped, and the facts of its target, load and schedule."""
    detail = preset_detail(plan)
    room = max(min(width, WIDEST_TEXT) - 2, 8)
    lines = [part for line in detail.description if line for part in wrapped(line, room)]
    names = max((len(name) for name, _ in detail.facts), default=0) + 2
    rows: list[Row] = [((f" {line}", ""),) for line in lines]
    if rows:
        rows.append(())
    rows += [((f" {left(name, names)}", "axis"), (value, "dim")) for name, value in detail.facts]
    return tuple(fit(row, width) for row in rows)


def _is_waiting(view: View) -> bool:
    return view.status == "idle" and not view.events


class EventsPanel(Panel):
    """The events; it stays at the newest one unless scrolled up.  A chosen contender takes their place."""

    _told = ""

    def title(self, view: View) -> str:
        if (chosen := view.contender(view.chosen)) is not None:
            return f"{chosen.id} · {chosen.label}"
        return "Plan" if _is_waiting(view) else "Events"

    def note(self, view: View) -> str:
        """The key back to the events, or the clock of their times, which is not that of the charts."""
        if _is_waiting(view):
            return ""
        return f"{view.keys['back']}: events" if view.chosen else CLOCK

    def parts(self, view: View) -> object:
        snapshot, chosen = view.snapshot, view.contender(view.chosen)
        return view.events, snapshot.flags, chosen, view.plan, view.status, view.is_open, view.keys

    def show_anew(self, view: View) -> None:
        """Begin at the top of another text, and keep to the newest event if it was there."""
        at_end, told = round(self.scroll_offset.y) >= self._last_row(), self.title(view)
        changed, self._told = told != self._told, told
        super().show_anew(view)
        if told == "Events" and (at_end or changed):
            self.call_after_refresh(self._follow)
        elif changed or told == "Plan":
            self.scroll_home(animate=False)

    def _follow(self) -> None:
        self.scroll_to(y=self._last_row(), animate=False)

    def _last_row(self) -> int:
        """The row to begin at so that the last entry is read from its beginning."""
        starts = [at for at, row in enumerate(self._cells) if row[0][0].strip()]
        room = self.scrollable_content_region.height
        return max(min(len(self._cells) - room, starts[-1] if starts else 0), 0)

    def draw(self, view: View, width: int, height: int) -> Cells:
        if (chosen := view.contender(view.chosen)) is not None:
            # Below the table its reason is told already, unless this panel has the whole screen.
            return draw_facts(facts_of(chosen, is_open=view.is_open, why=self.is_maximized), width)
        if view.plan is not None and _is_waiting(view):
            return draw_plan(view.plan, width)
        return draw_events(view.events, width, view.snapshot.flags, view.keys)
