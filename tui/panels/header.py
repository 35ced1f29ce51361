"""The first line: what is requested and how hard, and how far the run is."""

from __future__ import annotations

from httptui.units import format_percent
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells, Row, Segment, between, clip, row_width

BAR_WIDTH = 18
JUST_NOW_SECONDS = 0.05
IDLE: Row = (
    ("○ ", "dim"),
    ("ready", "strong"),
    (" · press ", "dim"),
    ("r", "accent bold"),
    (" to run", "dim"),
)


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
        return IDLE
    if view.status == "failed":
        return (("✗ ", "bad"), ("not run", "bad bold"))
    if view.status == "stopped":
        return (("■ ", "warn"), ("stopped", "warn bold"), (f" · {snapshot.elapsed:.1f} s", "dim"))
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


def draw_header(view: View, width: int) -> Row:
    """The line: the load gives way first, then the bar, then the end of the URL."""
    snapshot = view.snapshot
    name: Segment = (" httptui ", "accent bold")
    status = status_of(view)
    if view.frozen:
        status = ((" FROZEN ", "warn badge"), *_moment(view))
    if view.status in ("running", "stopping") and width >= 96:
        status = (*status, (" ", ""), *progress_bar(snapshot.progress, BAR_WIDTH))
    status = (("  ", ""), *status, (" ", ""))
    room = width - row_width(status) - row_width((name,))
    load = f"   {snapshot.load} · {snapshot.schedule}"
    target = f" {snapshot.target}"
    if len(target) + len(load) > room:
        load = ""
    return between((name, (clip(target, max(room, 0)), "strong"), (load, "dim")), status, width)


class HeaderLine(Panel, can_focus=False):
    """The line."""

    ALLOW_MAXIMIZE = False

    def title(self, view: View) -> str:  # noqa: ARG002
        return ""

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return (draw_header(view, width),)
