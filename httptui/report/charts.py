"""Charts as SVG: bars of rankings, throughput over time, histograms of latency, marks of changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from httptui.engines.buckets import bounds_of, bucket_of
from httptui.report.cells import id_of, label_of
from httptui.report.render_html import Html, colour_class, tag
from httptui.results.histogram import NS_PER_MS
from httptui.results.report import HistogramData, ReportContender
from httptui.results.snapshot import Labelled, Latency, Mark, format_latency
from httptui.safe_text import safe_text
from httptui.scale import Scale, linear_scale, log_scale, milliseconds, nice_step, short

LETTER_HEIGHT = 15
Named = TypeVar("Named", bound=Labelled)


class Frame(NamedTuple):
    """The edges of what is drawn on; positions are 0 … 1, from the left and from the bottom."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, position: float) -> float:
        """A place from left to right."""
        return self.left + position * (self.right - self.left)

    def y(self, position: float) -> float:
        """A place from the bottom to the top."""
        return self.top + (1 - position) * (self.bottom - self.top)

    def value_axis(self, scale: Scale, text: Callable[[float], str] = short) -> list[Html]:
        """A line across for each tick, and what it is worth at the left."""
        parts = []
        for tick in scale.ticks:
            y = self.y(scale.position(tick))
            ink = "axis" if tick == scale.low else "grid"
            parts.append(tag("line", x1=self.left, x2=self.right, y1=y, y2=y, class_=ink))
            parts.append(tag("text", text(tick), x=self.left - 8, y=y + 4, class_="tick end"))
        return parts

    def letters(self, heads: Sequence[tuple[float, Named]], x: float) -> list[Html]:
        """Each contender's letter at the height where its line ends."""
        return [
            tag("text", id_of(who), x=x, y=y + 4, class_=f"letter {colour_class(who)}")
            for y, who in self.apart(heads)
        ]

    def apart(self, heads: Sequence[tuple[float, Named]]) -> list[tuple[float, Named]]:
        """Letters at the ends of their lines, moved so that none stands on another and all stay in the frame."""
        placed: list[tuple[float, Named]] = []
        apart = min(LETTER_HEIGHT, (self.bottom - self.top) / max(len(heads), 1))
        lowest = self.bottom + 2.0
        for y, contender in sorted(heads, key=lambda head: -head[0]):
            y = min(y, lowest)
            placed.append((y, contender))
            lowest = y - apart
        highest = self.top
        for at, (y, contender) in reversed(list(enumerate(placed))):
            placed[at] = (max(y, highest), contender)
            highest = placed[at][0] + apart
        return placed


LATENCY_WIDTH, TOP, BOTTOM = 1000, 6, 30
LEFT, RIGHT = 240, 70
ROW, LOW_ROW, FEW = 54, 34, 4
"""A row's height for a few contenders, and for more than those few."""
MARKS, BETWEEN, NAME_LENGTH = 14, 6, 27
"""The room in a row for its marks above the bars, and between it and the next."""
COLUMNS = 240
LATENCY_TICKS = 9
SMALLEST_MS = 1e-3

Buckets = list[tuple[float, float, int]]


class Measured(NamedTuple):
    """A contender with latencies of one kind: all of them, and their percentiles."""

    contender: ReportContender
    histogram: HistogramData
    latency: Latency | None


def latency_chart(contenders: Sequence[Measured]) -> Html | None:
    """The chart, or None where nothing was counted."""
    drawn = [(measured, buckets) for measured in contenders if (buckets := _buckets(measured.histogram))]
    if not drawn:
        return None
    ends = [end for _, buckets in drawn for low, high, _ in (buckets[0], buckets[-1]) for end in (low, high)]
    scale = log_scale(ends, LATENCY_TICKS, SMALLEST_MS)
    row = ROW if len(drawn) <= FEW else LOW_ROW
    height = TOP + row * len(drawn) + BOTTOM
    rows = [
        _row(measured, buckets, scale, TOP + row * (at + 1) - 4, row - MARKS - BETWEEN)
        for at, (measured, buckets) in enumerate(drawn)
    ]
    return tag(
        "svg",
        *_axis(scale, height - BOTTOM),
        *(part for row in rows for part in row),
        viewBox=f"0 0 {LATENCY_WIDTH} {height}",
        class_="chart latencies",
        role="img",
        aria_label="Histograms of latency on one logarithmic axis, one for each contender",
    )


def _buckets(histogram: HistogramData) -> Buckets:
    """Each bucket's lowest value and that of the next one, in milliseconds, and its count, by rising value."""
    found = []
    for value, count in sorted(histogram.counts):
        low, high = bounds_of(bucket_of(value))
        if count > 0:
            found.append((low / NS_PER_MS, high / NS_PER_MS, count))
    return found


def _row(measured: Measured, buckets: Buckets, scale: Scale, base: float, tallest: float) -> list[Html]:
    """The letter with the label's beginning, the bars to their own peak, and the two marks."""
    contender, latency = measured.contender, measured.latency
    ink = colour_class(contender)
    name = safe_text(label_of(contender), NAME_LENGTH)
    parts = [
        tag("text", id_of(contender), x=0, y=base - 8, class_=f"letter {ink}"),
        tag("text", name, x=22, y=base - 8, class_="name"),
        tag("path", d=_bars(buckets, scale, base, tallest), class_=f"bars {ink}"),
        tag("line", x1=LEFT, x2=LATENCY_WIDTH - RIGHT, y1=base, y2=base, class_="axis"),
    ]
    if latency is None:
        return parts
    for word, anchor, aside in (("p50", "end", -5), ("p99", "start", 5)):
        x, top = _latency_x(scale, latency.figure(word)), base - tallest - MARKS
        parts.append(tag("line", x1=x, x2=x, y1=top, y2=base, class_=word))
        told = f"{word} {format_latency(latency, word)}"
        parts.append(tag("text", told, x=x + aside, y=top + 9, class_=f"mark {anchor}"))
    return parts


def _bars(buckets: Buckets, scale: Scale, base: float, tallest: float) -> str:
    """The outline of the counts in columns; a bucket's count is spread evenly over the columns it reaches into."""
    columns = [0.0] * COLUMNS
    for low, high, count in buckets:
        start, end = scale.position(low) * COLUMNS, scale.position(high) * COLUMNS
        first, last = min(int(start), COLUMNS - 1), min(int(end), COLUMNS - 1)
        for column in range(first, last + 1):
            reach = min(end, column + 1.0) - max(start, float(column))
            columns[column] += count * (reach / (end - start) if last > first else 1)
    peak = max(columns)
    each = (LATENCY_WIDTH - LEFT - RIGHT) / COLUMNS
    path = [f"M{LEFT} {base:.1f}"]
    for column, height in enumerate(columns):
        y = base - tallest * height / peak
        path.append(f"V{y:.1f}H{LEFT + each * (column + 1):.1f}")
    return "".join([*path, f"V{base:.1f}Z"])


def _axis(scale: Scale, bottom: float) -> list[Html]:
    parts = []
    for tick in scale.ticks:
        x = _latency_x(scale, tick)
        parts.append(tag("line", x1=x, x2=x, y1=TOP, y2=bottom, class_="grid"))
        parts.append(tag("text", milliseconds(tick), x=x, y=bottom + 18, class_="tick middle"))
    return parts


def _latency_x(scale: Scale, value: float) -> float:
    return LEFT + scale.position(value) * (LATENCY_WIDTH - LEFT - RIGHT)


RANKING_HEIGHT, MIDDLE, THICK, CAP = 18, 9, 10, 4

Ratio = tuple[float, float | None, float | None]
"""A ratio with the ends of its interval."""


def ratio_bars(contenders: Sequence[Labelled], ratios: Sequence[Ratio]) -> list[Html]:
    """A bar for each ratio, all on one scale from zero, and over it a line from end to end of its interval."""
    longest = max([1.0, *(high or ratio for ratio, _, high in ratios)])
    return [_bar(contender, ratio, longest) for contender, ratio in zip(contenders, ratios, strict=True)]


def _bar(contender: Labelled, of: Ratio, longest: float) -> Html:
    def along(ratio: float) -> str:
        return f"{min(max(ratio / longest, 0.0), 1.0) * 100:.2f}%"

    ratio, low, high = of
    parts = [tag("rect", x=0, y=MIDDLE - THICK / 2, width=along(ratio), height=THICK, class_="bar")]
    if low is not None and high is not None:
        ends = along(low), along(high)
        parts.append(tag("line", x1=ends[0], x2=ends[1], y1=MIDDLE, y2=MIDDLE, class_="interval"))
        parts += [
            tag("line", x1=end, x2=end, y1=MIDDLE - CAP, y2=MIDDLE + CAP, class_="interval") for end in ends
        ]
    return tag(
        "svg", *parts, class_=colour_class(contender), width="100%", height=RANKING_HEIGHT, aria_hidden="true"
    )


CHANGE_HEIGHT, CHANGE_MIDDLE, CHANGE_SIZE = 16, 8, 4
SMALLEST_REACH = math.log(1.05)
"""A change of 5 % reaches the edge of its mark where nothing changed more."""


def reach_of(ratios: Iterable[Ratio]) -> float:
    """Return the largest logarithm of all changes and ends of intervals."""
    ends = [end for ratio in ratios for end in ratio]
    return max([SMALLEST_REACH, *(abs(math.log(end)) for end in ends if end and end > 0)])


def change_mark(of: Ratio, reach: float, ink: str) -> Html:
    """A change as a place left or right of none, and a line from one end of its interval to the other."""

    def along(value: float) -> str:
        return f"{50 + 48 * min(max(math.log(max(value, 1e-9)) / reach, -1.0), 1.0):.2f}%"

    ratio, low, high = of
    middle = CHANGE_MIDDLE
    parts = [tag("line", x1="50%", x2="50%", y1=0, y2=CHANGE_HEIGHT, class_="axis")]
    if low is not None and high is not None:
        parts.append(tag("line", x1=along(low), x2=along(high), y1=middle, y2=middle, class_="reach"))
    parts.append(tag("circle", cx=along(ratio), cy=middle, r=CHANGE_SIZE))
    return tag("svg", *parts, class_=f"change-mark {ink}", height=CHANGE_HEIGHT, aria_hidden="true")


THROUGHPUT_WIDTH, THROUGHPUT_HEIGHT = 1000, 300
FRAME = Frame(left=52, right=966, top=14, bottom=270)
LETTERS = 974
SMALLEST_GAP = 0.25
THROUGHPUT_TICKS = 10


class Level(NamedTuple):
    """A stretch of time, in seconds, and the rate in it."""

    start: float
    end: float
    rate: float


def throughput_chart(contenders: Sequence[ReportContender], changes: Sequence[Mark] = ()) -> Html | None:
    """The chart with a line where something was changed by hand, or None where no slice lasted."""
    drawn = [(contender, levels) for contender in contenders if (levels := _levels(contender))]
    if not drawn:
        return None
    scale = linear_scale([level.rate for _, levels in drawn for level in levels], 5)
    span = max(level.end for _, levels in drawn for level in levels)
    heads = [(_y(scale, levels[-1].rate), contender) for contender, levels in drawn]
    return tag(
        "svg",
        *FRAME.value_axis(scale),
        *_time_axis(span),
        *(_change(mark, span) for mark in changes if 0 <= mark.seconds <= span),
        *(_line(contender, levels, scale, span) for contender, levels in reversed(drawn)),
        *FRAME.letters(heads, LETTERS),
        viewBox=f"0 0 {THROUGHPUT_WIDTH} {THROUGHPUT_HEIGHT}",
        class_="chart",
        role="img",
        aria_label="Successful requests per second over time, one line for each contender",
    )


def _levels(contender: ReportContender) -> list[Level]:
    levels = [
        Level(max(piece.start, 0.0), max(piece.start, 0.0) + piece.seconds, rate)
        for piece in contender.slices
        if (rate := piece.req_per_s) is not None
    ]
    return sorted(level for level in levels if all(map(math.isfinite, level)))


def _line(contender: ReportContender, levels: Sequence[Level], scale: Scale, span: float) -> Html:
    """The levels as one line, and a faint one over the pauses between them."""

    def point(seconds: float, rate: float) -> str:
        return f"{_time_x(span, seconds):.1f} {_y(scale, rate):.1f}"

    level = [f"M{point(levels[0].start, levels[0].rate)}L{point(levels[0].end, levels[0].rate)}"]
    pauses = []
    for before, after in pairwise(levels):
        start = point(after.start, after.rate)
        if after.start - before.end <= SMALLEST_GAP * (after.end - after.start):
            level.append(f"L{start}L{point(after.end, after.rate)}")
        else:
            pauses.append(f"M{point(before.end, before.rate)}L{start}")
            level.append(f"M{start}L{point(after.end, after.rate)}")
    faint = tag("path", d="".join(pauses), class_="pause") if pauses else None
    return tag("g", faint, tag("path", d="".join(level), class_="line"), class_=colour_class(contender))


def _time_axis(span: float) -> list[Html]:
    step = nice_step(span, THROUGHPUT_TICKS)
    return [
        tag(
            "text",
            f"{step * at:.4g} s",
            x=_time_x(span, step * at),
            y=THROUGHPUT_HEIGHT - 8,
            class_="tick middle",
        )
        for at in range(math.floor(span / step + 1e-9) + 1)
    ]


def _change(mark: Mark, span: float) -> Html:
    """A line where a user changed the run, told what was changed by the pointer resting on it."""
    x = _time_x(span, mark.seconds)
    return tag("line", tag("title", mark.text), x1=x, x2=x, y1=FRAME.top, y2=FRAME.bottom, class_="change")


def _time_x(span: float, seconds: float) -> float:
    return FRAME.x(seconds / span)


def _y(scale: Scale, rate: float) -> float:
    return FRAME.y(scale.position(rate))
