"""The first line: what is requested and how hard, and how far the run is."""

from __future__ import annotations

import math

from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, Segment, between, clip, row_width
from httptui.units import format_percent

BAR_WIDTHS = (18, 12, 7)
FIRST_GUESS = 0.05
LONGEST_IN_SECONDS, LONGEST_IN_MINUTES = 99, 99 * 60
JUST_NOW_SECONDS = 0.05


def progress_bar(part: float, width: int) -> tuple[Segment, Segment]:
    """A thin line of `width` cells: what is done and what is left."""
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
    if view.status == "failed":
        return (("✗ ", "bad"), ("not run", "bad bold"))
    if view.status == "stopped":
        return (("■ ", "warn"), ("stopped", "warn bold"), (f" · {snapshot.elapsed:.1f} s", "dim"))
    if view.status == "invalid":
        return (("✗ ", "bad"), ("invalid", "bad bold"), (f" · {snapshot.elapsed:.1f} s", "dim"))
    if view.status == "done":
        return (("✓ ", "good"), ("done", "good bold"), (f" · {snapshot.elapsed:.1f} s", "dim"))
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
    """When the frozen picture was taken, and how far back that is."""
    snapshot = view.snapshot
    total = f"/{snapshot.total:g}" if snapshot.total else ""
    back = f" · {view.behind:.1f} s back" if view.behind >= JUST_NOW_SECONDS else ""
    return ((" at ", "dim"), (f"{snapshot.elapsed:.1f}{total} s", "strong"), (back, "warn"))


def time_left(view: View) -> str:
    """How long the load goes on, "" where nobody knows: a guess where only requests bound it, and the most it can
    be where the run ends as soon as it is decided.
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
    """The line: the bar grows shorter first, then the load gives way, then the bar, the time left, and the end of the
    URL.
    """
    snapshot = view.snapshot
    name: Segment = (" httptui ", "accent bold")
    status = status_of(view)
    if view.frozen:
        status = ((" FROZEN ", "warn badge"), *_moment(view))
    target, load = f" {snapshot.target}", f"   {snapshot.load} · {snapshot.schedule}"
    left = time_left(view)
    bars = BAR_WIDTHS if view.status in ("running", "stopping") else (0,)
    forms = [(load, left, bar) for bar in bars] + [("", left, bar) for bar in (*bars, 0)]
    taken = row_width((name, *status)) + len(target) + 3
    fitting = (
        form for form in forms if taken + len(form[0]) + len(form[1]) + form[2] + bool(form[2]) <= width
    )
    load, left, bar = next(fitting, ("", "", 0))
    drawn: Row = ((" ", ""), *progress_bar(snapshot.progress, bar)) if bar else ()
    end: Row = (("  ", ""), *status, (left, "dim"), *drawn, (" ", ""))
    room = max(width - row_width(end) - row_width((name,)), 0)
    return between((name, (clip(target, room), "strong"), (load, "dim")), end, width)


class HeaderLine(Panel, can_focus=False):
    """The line."""

    ALLOW_MAXIMIZE = False

    def parts(self, view: View) -> object:
        """All of it."""
        return view, view.keys

    def title(self, view: View) -> str:
        return ""

    def draw(self, view: View, width: int, height: int) -> Cells:
        return (draw_header(view, width),)
