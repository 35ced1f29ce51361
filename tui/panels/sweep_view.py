"""One frame of a sweep: a snapshot, and the user's choices of what is shown; its first line, notices and events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from operator import attrgetter
from typing import NamedTuple

from httptui.figures import BY_NAME, MS, PER_SECOND, SWEPT, US, WAIT, arranged
from httptui.figures import Figure as Declared
from httptui.plan.sweep import CONCURRENCY, LATENCY, POOL
from httptui.results.snapshot import Event
from httptui.scale import milliseconds, short
from httptui.sweeps.report import Axis, Measured, SweepPoint, SweepSnapshot
from httptui.tui.control.session import Status
from httptui.tui.panels.events import draw_events
from httptui.tui.panels.header import BAR_WIDTHS, ENDINGS, Form, ending, first_line, whole_seconds
from httptui.tui.panels.notices import BAR, MOST_LINES
from httptui.tui.panels.panel import PanelOf, wrapped
from httptui.tui.panels.view import in_time
from httptui.tui.plots.cells import Cells, Row, fit
from httptui.tui.plots.lines import LATENCIES, RATES, CurvePoint, Measure

Levels = tuple[float, ...]


class Figure(NamedTuple):
    """A figure as a sweep's screen draws it: its name, its value at a point, functions for a value in words and in a
    few characters, the measure of its axis, and a function for the best of several values.
    """

    name: str
    of: Callable[[SweepPoint], Measured | None]
    words: Callable[[float], str]
    brief: Callable[[float], str]
    measure: Measure
    best: Callable[[Sequence[float]], float]


def two_digits(value: float) -> str:
    """A number of two digits or so, with a suffix: 47, 320, 1.3k, 15k."""
    return short(float(f"{value:.2g}"))


def brief_ms(value: float) -> str:
    """Milliseconds in two digits or so: 4.1ms, 320µs."""
    return milliseconds(float(f"{value:.2g}")).replace(" ", "")


def brief_us(value: float) -> str:
    """Microseconds in as many characters."""
    return brief_ms(value / 1000)


_DRAWN = {
    PER_SECOND: (two_digits, RATES),
    US: (brief_us, Measure(US.tick, 1.0)),
    MS: (brief_ms, LATENCIES),
    WAIT: (brief_ms, LATENCIES),
}
"""For each unit, the function for a value in a few characters, and the measure of its axis."""


def drawn(figure: Declared) -> Figure:
    """A figure that sweeps measure, as it is drawn."""
    brief, measure = _DRAWN.get(figure.unit, (two_digits, Measure(figure.unit.tick, 1e-3)))
    return Figure(
        figure.heading,
        attrgetter(figure.swept),
        figure.unit.words,
        brief,
        measure,
        max if figure.better == "high" else min,
    )


SMALLEST_URL = 24
FIRST, MEDIAN = ("req_per_s", "cpu", "p99"), "p50"
FIGURES = tuple(drawn(figure) for figure in arranged(SWEPT.values(), FIRST) if figure.name != MEDIAN)
"""The figures that a sweep's screen shows in turn; medians are for comparisons and documents."""
POOL_WAIT = BY_NAME["pool_wait"].heading
_LONG_NAMES = {
    "req/s": "Throughput · req/s",
    "CPU/req": "CPU per request",
    "p50": "Latency · p50",
    "p99": "Latency · p99",
    "pool wait": "Wait for a connection of the pool",
}
_AXIS_NAMES = {CONCURRENCY: "in flight", "load.concurrency": "in flight", LATENCY: "latency", POOL: "pool"}


@dataclass(frozen=True, slots=True)
class SweepView:
    """One frame.  `status` is the session's; `notes` are the app's own events; `behind` counts the seconds after a
    frozen frame; `figure` is drawn; `chosen` is a contender's letter; `verdict` comes at the end; `keys` has the key
    of each action, for sentences that name one.
    """

    snapshot: SweepSnapshot
    status: Status = "idle"
    notes: tuple[Event, ...] = ()
    frozen: bool = False
    behind: float = 0.0
    figure: Figure = FIGURES[0]
    log: bool = False
    linear: bool = False
    blocks: bool = False
    chosen: str | None = None
    verdict: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def events(self) -> tuple[Event, ...]:
        """The sweep's events and the app's notes, in order of time."""
        return in_time((*self.snapshot.events, *self.notes))

    @property
    def is_grid(self) -> bool:
        """True if there are two axes."""
        return len(self.snapshot.axes) == 2

    def points(self, letter: str) -> dict[Levels, SweepPoint]:
        """A contender's points by their levels."""
        return {point.levels: point for point in self.snapshot.points if point.contender == letter}

    def figures(self) -> tuple[Figure, ...]:
        """The figures to look at: waiting for the pool only where it is known."""
        known = any(point.pool_wait_ms is not None for point in self.snapshot.points)
        return tuple(figure for figure in FIGURES if known or figure.name != POOL_WAIT)


def long_name(figure: Figure) -> str:
    """A figure above its chart."""
    return _LONG_NAMES.get(figure.name, figure.name)


def axis_name(axis: Axis) -> str:
    """An axis in a word or two: "in flight", "latency", "load.rate"."""
    return _AXIS_NAMES.get(axis.path, axis.path)


def axis_level(axis: Axis, level: float) -> str:
    """A level of an axis as a table has it: "64", "20 ms"."""
    return milliseconds(level) if axis.path == LATENCY and level else f"{level:g}"


def curve_points(figure: Figure, points: Iterable[SweepPoint]) -> list[CurvePoint]:
    """A contender's values of a figure by the first axis, where known."""
    return [
        CurvePoint(point.levels[0], found.value, found.low, found.high)
        for point in sorted(points, key=lambda point: point.levels)
        if (found := figure.of(point)) is not None
    ]


def short_names(view: SweepView) -> dict[str, str]:
    """Each contender's name: the first part of its label if these are distinct, else the label."""
    firsts = {one.id: one.label.partition(" · ")[0] for one in view.snapshot.contenders}
    if len(set(firsts.values())) == len(firsts):
        return firsts
    return {one.id: one.label for one in view.snapshot.contenders}


def level_words(axes: Sequence[Axis], levels: Levels) -> str:
    """A point's levels in words: "64 in flight", "pool 10, 64 in flight"."""
    return ", ".join(_level(axis, level) for axis, level in zip(axes, levels, strict=True))


def _level(axis: Axis, level: float) -> str:
    name, told = axis_name(axis), axis_level(axis, level)
    return f"{name} {told}" if name not in ("in flight", "latency") else f"{told} {name}"


def all_levels(axes: Sequence[Axis]) -> list[Levels]:
    """Every combination, the last axis changing fastest."""
    return list(product(*(axis.levels for axis in axes)))


def visits_done(view: SweepView) -> tuple[int, int]:
    """The number of levels that every contender has had in this block, and the number of all."""
    snapshot = view.snapshot
    levels = all_levels(snapshot.axes)
    turns: dict[tuple[float, ...], int] = {}
    for point in snapshot.points:
        turns[point.levels] = min(turns.get(point.levels, len(point.slices)), len(point.slices))
    return sum(turns.get(level, 0) >= snapshot.block for level in levels), len(levels)


def sweep_status(view: SweepView) -> Row:
    """The sweep's state in a sign and a few words."""
    snapshot = view.snapshot
    if view.frozen:
        back = f" · {view.behind:.0f} s back" if view.behind >= 1 else ""
        return ((" FROZEN ", "warn badge"), (f" at {snapshot.elapsed:.0f} s", "strong"), (back, "warn"))
    if view.status in ENDINGS:
        return ending(view.status, f"{snapshot.elapsed:.0f} s")
    if view.status == "stopping":
        return (("● ", "warn"), ("stopping", "warn bold"))
    done, levels = visits_done(view)
    if not snapshot.block or (snapshot.phase == "preparing" and not done and snapshot.block == 1):
        return (("◌ ", "dim"), ("preparing", "dim bold"))
    far = f" level {min(done + 1, levels)} of {levels} · block {snapshot.block} of {snapshot.blocks}"
    return (("● ", "good"), ("running", "good bold"), (far, ""))


def now_under_load(view: SweepView) -> str:
    """The contender under load and its levels, "" where none is."""
    snapshot = view.snapshot
    if view.status != "running" or view.frozen or snapshot.levels is None:
        return ""
    who = f"{snapshot.contender} at " if snapshot.contender else ""
    return f" · {who}{level_words(snapshot.axes, snapshot.levels)}"


def time_left(view: SweepView) -> str:
    """The time left, roughly."""
    left = view.snapshot.total - view.snapshot.elapsed
    on = view.status == "running" and not view.frozen and view.snapshot.block
    return f" · about {whole_seconds(left)} left" if on and left > 0 else ""


def draw_sweep_header(view: SweepView, width: int) -> Row:
    """The line; a narrow one has a shorter bar, then no load, bar, contender or time left, and less of the URL."""
    snapshot, left, who = view.snapshot, time_left(view), now_under_load(view)
    url = len(snapshot.target)
    least = min(url, SMALLEST_URL)
    bars = BAR_WIDTHS if view.status in ("running", "stopping") and not view.frozen else (0,)
    forms = [Form(url, f"   {snapshot.load}", who, left, bar) for bar in bars]
    forms += [Form(least, "", under_load, left, bar) for under_load in (who, "") for bar in (*bars, 0)]
    return first_line(snapshot.target, sweep_status(view), forms, snapshot.progress, width)


class SweepHeader(PanelOf[SweepView], can_focus=False):
    """The line."""

    ALLOW_MAXIMIZE = False

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return (draw_sweep_header(view, width),)


MOST_VERDICT_LINES = ((30, 6), (22, 4), (0, 3))
"""Rows that the verdict may take of a screen of at least so many."""


def draw_sweep_notices(view: SweepView, width: int, most: int = MOST_VERDICT_LINES[0][1]) -> Cells:
    """A row for every warning, and the verdict in at most so many rows, each clause on a new one if there is room."""
    rows: list[Row] = [((" ▲ ", "warn bold"), (text, "warn")) for text in view.snapshot.warnings[:MOST_LINES]]
    if view.verdict is not None:
        room = max(width - len(BAR) - 2, 8)
        lines = [line for clause in view.verdict.split("; ") for line in wrapped(clause, room)]
        if len(lines) > most:
            lines = wrapped(view.verdict, room, most)
        bar, ink = ("bad", "bad bold") if view.status == "invalid" else ("good", "strong")
        rows += [((BAR, bar), (line, ink)) for line in lines]
    return tuple(fit(row, width) for row in rows)


class SweepNotice(PanelOf[SweepView], can_focus=False):
    """Warnings and the verdict; hidden while there are none."""

    ALLOW_MAXIMIZE = False
    as_high_as_text = True

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        most = next(rows for least, rows in MOST_VERDICT_LINES if self.app.size.height >= least)
        return draw_sweep_notices(view, width, most)


class SweepEvents(PanelOf[SweepView]):
    """The events; it stays at the newest one unless scrolled up."""

    def title(self, view: SweepView) -> str:
        return "Events"

    def show(self, view: SweepView) -> None:
        """Take a frame, and keep to the newest event if it was there."""
        at_end = round(self.scroll_offset.y) >= self.max_scroll_y
        super().show(view)
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False)

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return draw_events(view.events, width)
