"""The first line of a run: its target and load, and its progress; with the parts that a sweep's first line shares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from httptui.tui.control.session import Status
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, Segment, between, clip, row_width
from httptui.units import format_percent

BAR_WIDTHS = (18, 12, 7)
FIRST_GUESS = 0.05
LONGEST_IN_SECONDS, LONGEST_IN_MINUTES = 99, 99 * 60
JUST_NOW_SECONDS = 0.05
ENDINGS: Mapping[Status, tuple[str, str, str]] = {
    "failed": ("✗", "bad", "not run"),
    "stopped": ("■", "warn", "stopped"),
    "invalid": ("✗", "bad", "invalid"),
    "done": ("✓", "good", "done"),
}
"""Sign, style and word of each state in which a run or a sweep is over."""


class Form(NamedTuple):
    """A form of the first line: cells of the URL, load, contender under load, time left, and cells of the bar."""

    url: int
    load: str = ""
    who: str = ""
    left: str = ""
    bar: int = 0

    @property
    def cells(self) -> int:
        """The room that it takes."""
        bar = self.bar + 1 if self.bar else 0
        return self.url + len(self.load) + len(self.who) + len(self.left) + bar


def first_line(url: str, status: Row, forms: Iterable[Form], progress: float, width: int) -> Row:
    """The line in the first of the forms that has room; the end of the URL gives way last."""
    name: Segment = (" httptui ", "accent bold")
    room = width - row_width((name, *status)) - 3
    form = next((form for form in forms if form.cells <= room), Form(0))
    bar: Row = ((" ", ""), *progress_bar(progress, form.bar)) if form.bar else ()
    end: Row = (("  ", ""), *status, (form.who, ""), (form.left, "dim"), *bar, (" ", ""))
    shown = clip(f" {url}", max(width - row_width(end) - row_width((name,)), 0))
    return between((name, (shown, "strong"), (form.load, "dim")), end, width)


def ending(status: Status, seconds: str) -> Row:
    """The state of a run or a sweep that is over, and its length."""
    sign, key, word = ENDINGS[status]
    length: Row = () if status == "failed" else ((f" · {seconds}", "dim"),)
    return ((f"{sign} ", key), (word, f"{key} bold"), *length)


def progress_bar(part: float, width: int) -> tuple[Segment, Segment]:
    """A thin line of `width` cells: the part that is done, and the rest."""
    halves = round(min(max(part, 0.0), 1.0) * width * 2)
    full, half = divmod(halves, 2)
    done = "━" * full + ("╸" if half else "")
    return (done, "accent"), ("━" * (width - len(done)), "faint")


def status_of(view: View) -> Row:
    """The run's state in a sign and a few words."""
    snapshot = view.snapshot
    if view.status == "idle":
        press: Row = ((" · press ", "dim"), (view.keys["run"], "accent bold"), (" to run", "dim"))
        return (("○ ", "dim"), ("ready", "strong"), *press)
    if view.status in ENDINGS:
        return ending(view.status, f"{snapshot.elapsed:.1f} s")
    word = "stopping" if view.status == "stopping" else snapshot.phase
    if word == "preparing":
        return (("◌ ", "dim"), ("preparing", "dim bold"))
    key = "good" if word == "running" else "warn"
    if snapshot.total:
        far = f" {snapshot.elapsed:.1f}/{snapshot.total:g} s"
    else:
        far = f" {snapshot.elapsed:.1f} s · {format_percent(snapshot.progress)}"
    return (("● ", key), (word, f"{key} bold"), (far, ""))


def _moment(view: View) -> Row:
    """The moment of the frozen frame, and how far back that is."""
    snapshot = view.snapshot
    total = f"/{snapshot.total:g}" if snapshot.total else ""
    back = f" · {view.behind:.1f} s back" if view.behind >= JUST_NOW_SECONDS else ""
    return ((" at ", "dim"), (f"{snapshot.elapsed:.1f}{total} s", "strong"), (back, "warn"))


def time_left(view: View) -> str:
    """The time left, "" where it is unknown: an estimate where only requests bound the run, and the maximum where it
    ends as soon as it is decided.
    """
    snapshot = view.snapshot
    if view.status != "running" or view.frozen or snapshot.phase not in ("running", "resting"):
        return ""
    if snapshot.total is not None:
        left = snapshot.total - snapshot.elapsed
        word = "at most " if view.plan is not None and view.plan.schedule.until == "decided" else ""
    elif FIRST_GUESS <= snapshot.progress < 1:
        left, word = snapshot.elapsed * (1 / snapshot.progress - 1), "about "
    else:
        return ""
    return f" · {word}{whole_seconds(left)} left" if left > 0 else ""


def whole_seconds(seconds: float) -> str:
    """A time to wait, in its largest unit: "12 s", "3 min", "2 h"."""
    if seconds <= LONGEST_IN_SECONDS:
        return f"{math.ceil(seconds)} s"
    return f"{round(seconds / 60)} min" if seconds <= LONGEST_IN_MINUTES else f"{round(seconds / 3600)} h"


def draw_header(view: View, width: int) -> Row:
    """The line; a narrow one has a shorter bar, then no load, no bar, no time left, and less of the URL."""
    snapshot = view.snapshot
    status = ((" FROZEN ", "warn badge"), *_moment(view)) if view.frozen else status_of(view)
    load, left, url = f"   {snapshot.load} · {snapshot.schedule}", time_left(view), len(snapshot.target) + 1
    bars = BAR_WIDTHS if view.status in ("running", "stopping") else (0,)
    forms = [Form(url, load, "", left, bar) for bar in bars]
    forms += [Form(url, "", "", left, bar) for bar in (*bars, 0)]
    return first_line(snapshot.target, status, forms, snapshot.progress, width)


class HeaderLine(Panel, can_focus=False):
    """The line."""

    ALLOW_MAXIMIZE = False

    def parts(self, view: View) -> object:
        """The whole frame, since the line shows whether it is frozen."""
        return view, view.keys

    def draw(self, view: View, width: int, height: int) -> Cells:
        return (draw_header(view, width),)
