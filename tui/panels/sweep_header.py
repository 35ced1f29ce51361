"""The first line of a sweep: what is requested, which levels, and how far it is."""

from __future__ import annotations

from httptui.tui.panels.header import BAR_WIDTHS, progress_bar, whole_seconds
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.sweep_view import SweepView, all_levels, level_words
from httptui.tui.plots.cells import Cells, Row, Segment, between, clip, row_width


def visits_done(view: SweepView) -> tuple[int, int]:
    """How many of a block's levels every contender has had in this block, and how many there are."""
    snapshot = view.snapshot
    levels = all_levels(snapshot.axes)
    turns: dict[tuple[float, ...], int] = {}
    for point in snapshot.points:
        turns[point.levels] = min(turns.get(point.levels, len(point.slices)), len(point.slices))
    return sum(turns.get(level, 0) >= snapshot.block for level in levels), len(levels)


def sweep_status(view: SweepView) -> Row:
    """The sweep's state in a sign and a few words."""
    snapshot = view.snapshot
    seconds = f" · {snapshot.elapsed:.0f} s"
    if view.frozen:
        back = f" · {view.behind:.0f} s back" if view.behind >= 1 else ""
        return ((" FROZEN ", "warn badge"), (f" at {snapshot.elapsed:.0f} s", "strong"), (back, "warn"))
    if view.status == "failed":
        return (("✗ ", "bad"), ("not run", "bad bold"))
    if view.status == "invalid":
        return (("✗ ", "bad"), ("invalid", "bad bold"), (seconds, "dim"))
    if view.status == "stopped":
        return (("■ ", "warn"), ("stopped", "warn bold"), (seconds, "dim"))
    if view.status == "done":
        return (("✓ ", "good"), ("done", "good bold"), (seconds, "dim"))
    if view.status == "stopping":
        return (("● ", "warn"), ("stopping", "warn bold"))
    done, levels = visits_done(view)
    if not snapshot.block or (snapshot.phase == "preparing" and not done and snapshot.block == 1):
        return (("◌ ", "dim"), ("preparing", "dim bold"))
    far = f" level {min(done + 1, levels)} of {levels} · block {snapshot.block} of {snapshot.blocks}"
    return (("● ", "good"), ("running", "good bold"), (far, ""))


def now_under_load(view: SweepView) -> str:
    """Who is under load at which levels, "" where nobody is."""
    snapshot = view.snapshot
    if view.status != "running" or view.frozen or snapshot.levels is None:
        return ""
    who = f"{snapshot.contender} at " if snapshot.contender else ""
    return f" · {who}{level_words(snapshot.axes, snapshot.levels)}"


def time_left(view: SweepView) -> str:
    """About how long it goes on."""
    left = view.snapshot.total - view.snapshot.elapsed
    on = view.status == "running" and not view.frozen and view.snapshot.block
    return f" · about {whole_seconds(left)} left" if on and left > 0 else ""


def draw_sweep_header(view: SweepView, width: int) -> Row:
    """The line: the load gives way first, then the bar, who is under load, the time left, and the end of the URL."""
    snapshot = view.snapshot
    name: Segment = (" httptui ", "accent bold")
    status, left, who = sweep_status(view), time_left(view), now_under_load(view)
    bars = BAR_WIDTHS if view.status in ("running", "stopping") and not view.frozen else (0,)
    load = f"   {snapshot.load}"
    forms = [(load, who, left, bar) for bar in bars] + [("", who, left, bar) for bar in (*bars, 0)]
    forms += [("", "", left, bar) for bar in (*bars, 0)]
    least = min(len(snapshot.target), 24)
    taken = row_width((name, *status)) + 3
    fitting = (
        form
        for form in forms
        if taken
        + (len(snapshot.target) + len(form[0]) if form[0] else least)
        + len(form[1])
        + len(form[2])
        + form[3]
        + bool(form[3])
        <= width
    )
    load, who, left, bar = next(fitting, ("", "", "", 0))
    drawn: Row = ((" ", ""), *progress_bar(snapshot.progress, bar)) if bar else ()
    end: Row = (("  ", ""), *status, (who, ""), (left, "dim"), *drawn, (" ", ""))
    room = max(width - row_width(end) - row_width((name,)), 0)
    return between((name, (clip(f" {snapshot.target}", room), "strong"), (load, "dim")), end, width)


class SweepHeader(PanelOf[SweepView], can_focus=False):
    """The line."""

    ALLOW_MAXIMIZE = False

    def title(self, view: SweepView) -> str:
        return ""

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return (draw_sweep_header(view, width),)
