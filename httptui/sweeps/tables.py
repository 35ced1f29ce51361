"""The figures of a sweep as tables, what its curves mean, and what limits it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from httptui.figures import REQ_PER_S, SWEPT, WAIT
from httptui.figures import Figure as Declared
from httptui.report.document import Badge, Column, Table
from httptui.results.scaling_laws import predicted_text
from httptui.results.snapshot import Limiter
from httptui.safe_text import safe_text
from httptui.sweeps.report import Axis, Crossover, Measured, Scaling, SweepContender, SweepPoint, SweepReport
from httptui.units import (
    UNKNOWN,
    format_count,
    format_ms,
    format_percent,
    format_times,
    plural,
)


class _Figure(NamedTuple):
    """A tabled figure: name, text of a point, and whether some points are worth a table."""

    name: str
    text: Callable[[SweepPoint], str]
    told: Callable[[Sequence[SweepPoint]], bool]


def tables_of(report: SweepReport) -> Iterator[Table]:
    """A table for each figure where there is one axis, its columns the contenders; and with two axes one for each
    figure and contender, its columns the levels of the second.
    """
    measured = [point for point in report.points if point.slices]
    for figure in _FIGURES:
        if not figure.told(measured):
            continue
        if len(report.axes) == 1:
            yield _curve(report, figure)
        elif len(report.axes) == 2:
            yield from _grids(report, figure)


def level_table(title: str, axes: str, levels: Sequence[str], columns: Sequence[Column]) -> Table:
    """Build a table with a row for each level."""
    return Table(title=title, columns=(Column(axes, levels, words=True), *columns), split=True, look="levels")


def level_text(level: float) -> str:
    """Format a level as in a plan."""
    return f"{level:g}"


def named(report: SweepReport) -> list[tuple[str, str]]:
    """Return letter and label of each contender, safe to show."""
    return [(safe_text(one.id, 4), safe_text(one.label)) for one in report.contenders]


def path_of(axis: Axis) -> str:
    """Return an axis's path, safe to show."""
    return safe_text(axis.path, 60)


def _curve(report: SweepReport, figure: _Figure) -> Table:
    (axis,) = report.axes
    found = {(point.levels, point.contender): point for point in report.points}
    columns = [
        Column(Badge(one.id), [_cell(figure, found.get(((level,), one.id))) for level in axis.levels])
        for one in report.contenders
    ]
    return level_table(figure.name, path_of(axis), list(map(level_text, axis.levels)), columns)


def _grids(report: SweepReport, figure: _Figure) -> Iterator[Table]:
    down, across = report.axes
    found = {(point.levels, point.contender): point for point in report.points}
    for one, (letter, label) in zip(report.contenders, named(report), strict=True):
        own = [point for point in report.points if point.contender == one.id and point.slices]
        if figure.told(own):
            columns = [
                Column(
                    level_text(column),
                    [_cell(figure, found.get(((row, column), one.id))) for row in down.levels],
                )
                for column in across.levels
            ]
            axes = f"{path_of(down)} ↓  {path_of(across)} →"
            title = f"{letter}  {label} · {figure.name}"
            yield level_table(title, axes, list(map(level_text, down.levels)), columns)


def _cell(figure: _Figure, point: SweepPoint | None) -> str:
    return UNKNOWN if point is None or not point.slices else figure.text(point)


def _text_of(name: str, figure: Declared, point: SweepPoint) -> str:
    found: Measured | None = getattr(point, name)
    if found is None:
        return UNKNOWN
    return figure.unit.words(found.value) + (_spread(found) if figure is REQ_PER_S else "")


def _spread(figure: Measured) -> str:
    """Format half of the interval as a share of its centre: " ±3 %"; "" without one."""
    if figure.low is None or figure.high is None or not figure.value:
        return ""
    return f" ±{(figure.high - figure.low) / 2 / figure.value * 100:.0f} %"


def _has_any(name: str, points: Sequence[SweepPoint]) -> bool:
    return any((found := getattr(point, name)) is not None and found.value for point in points)


def _always(_points: Sequence[SweepPoint]) -> bool:
    return True


_FIGURES = (
    *(
        _Figure(
            figure.titled(is_open=False),
            partial(_text_of, name, figure),
            partial(_has_any, name) if figure.unit is WAIT else _always,
        )
        for name, figure in SWEPT.items()
    ),
    _Figure(
        "failed requests",
        lambda point: format_count(point.failed),
        lambda points: any(point.failed for point in points),
    ),
)


SCALING_HEADINGS = ("95 % at", "knee", "N*", "α", "β", "fit")
CROSSOVER_HEADINGS = ("L*", "predicted", "CPU/req", "L* within")
SCALING = (
    "95 % at: the fewest in flight for 95 % of the most req/s [between which levels that may be]. Knee: those with a "
    "p99 of at most twice the lowest level's. None where req/s are not shown to level off below the last level. N*: "
    "where the universal scalability law, with waiting α and keeping in step β, is highest [95 % interval]; fit: the "
    "usual distance of a rate from the law."
)
CROSSOVERS = (
    "L*: the latency above which the choice between the two changes throughput by less than {delta}, interpolated "
    "within its 95 % interval, which ends at levels. Predicted: by a queue of all in flight before each client, from "
    "its CPU per request alone; ≠ where the data contradict that."
)


NONE = "none"


class Analysis(NamedTuple):
    """A table of the analysis: title, headings, letters and cells of each row, and the meaning of the columns."""

    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[tuple[str, ...], Sequence[str]]]
    meaning: str


def analysis_of(report: SweepReport) -> Analysis | None:
    """Return the scaling of each contender, or the crossovers of pairs; None for other axes."""
    scaling, crossovers = report.analysis.scaling, report.analysis.crossovers
    if scaling and report.axes and report.axes[0].levels:
        highest = max(report.axes[0].levels)
        rows = [((one.contender,), scaling_cells(one, highest)) for one in scaling]
        return Analysis("How they scale", SCALING_HEADINGS, rows, SCALING)
    if crossovers:
        told = CROSSOVERS.format(delta=f"{crossovers[0].found.delta * 100:g} %")
        pairs = [((pair.faster, pair.slower), crossover_cells(pair)) for pair in crossovers]
        return Analysis("Where they meet", CROSSOVER_HEADINGS, pairs, told)
    return None


def scaling_cells(one: Scaling, highest: float) -> tuple[str, ...]:
    """Format the levels of saturation and knee, N* up to the highest level, α, β and the error of the fit."""
    knee = one.knee_below(highest)
    levels = (saturation_text(one, highest), NONE if knee is None else level_text(knee))
    if one.fit is None:
        return (*levels, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    fit = one.fit
    return (
        *levels,
        top_text(one, highest),
        f"{fit.alpha:.2g}",
        f"{fit.beta:.1g}",
        f"±{format_percent(fit.error)}",
    )


def saturation_text(one: Scaling, highest: float) -> str:
    """Format the level with 95 % of the most, and the levels between which it may be."""
    level = one.saturation_below(highest)
    if level is None:
        return NONE
    low, high = one.saturation_low, one.saturation_high
    within = "" if low is None or high is None else f" [{level_text(low)}–{level_text(high)}]"
    return level_text(level) + within


def top_text(one: Scaling, highest: float) -> str:
    """Format N* with its interval, or only its lower end if the interval reaches beyond the highest level."""
    if one.fit is None:
        return UNKNOWN
    top, low, high = one.fit.n_star, one.fit.n_star_low, one.fit.n_star_high
    if low is None:
        return f"{top:.0f}" if top is not None and top <= highest else f"> {level_text(highest)}"
    if top is None or high is None or high > highest:
        return f"> {min(low, highest):.0f}"
    return f"{top:.0f}{one.fit.n_star_within}"


def crossover_cells(pair: Crossover) -> tuple[str, str, str, str]:
    """Format L*, the prediction, the ratio of CPU per request, and the interval of L*."""
    found = pair.found
    within = UNKNOWN if found.low_ms is None else f"{format_ms(found.low_ms)} – {format_ms(found.high_ms)}"
    ratio = UNKNOWN if pair.cpu_ratio is None else format_times(pair.cpu_ratio)
    differs = " ≠" if found.agrees is False else ""
    return place_text(pair), f"{predicted_text(found)}{differs}".replace("more than", ">"), ratio, within


def place_text(pair: Crossover) -> str:
    """Format L* in a word or two."""
    found = pair.found
    if found.is_from_start:
        return "any latency"
    return "not shown" if found.measured_ms is None else format_ms(found.measured_ms)


class Limit(NamedTuple):
    """A limiter of a contender, its levels, and its sentence at the last of these."""

    contender: SweepContender
    kind: str
    levels: str
    last: str


def limits_of(report: SweepReport) -> Iterator[Limit]:
    """Yield each known kind of limiter of each contender, in the order of the levels."""
    for one in report.contenders:
        own = [
            (point.levels, point.limiter)
            for point in report.points
            if point.contender == one.id and point.slices and point.limiter is not None
        ]
        kinds = list(dict.fromkeys(limiter.kind for _, limiter in own if limiter.kind != "unknown"))
        for kind in kinds:
            last = [limiter for _, limiter in own if limiter.kind == kind][-1]
            yield Limit(one, kind, _levels(own, kind), last.sentence.removeprefix(f"{kind}: "))


def _levels(own: Sequence[tuple[tuple[float, ...], Limiter]], kind: str) -> str:
    """Format stretches of levels of one axis, "1 … 8, 64"; of two axes their number, "3 of 9 levels"."""
    if any(len(levels) != 1 for levels, _ in own):
        count = sum(limiter.kind == kind for _, limiter in own)
        return f"{count} of {plural(len(own), 'level')}"
    stretches = []
    for found, run in groupby(sorted(own, key=_levels_first), key=lambda one: one[1].kind):
        if found == kind:
            levels = [level_text(levels[0]) for levels, _ in run]
            stretches.append(" … ".join(dict.fromkeys((levels[0], levels[-1]))))
    return ", ".join(stretches)


def _levels_first(one: tuple[tuple[float, ...], Limiter]) -> tuple[float, ...]:
    return one[0]


BLOCKS = "▁▂▃▄▅▆▇█"
UNMEASURED = "·"


def curves_in_blocks(report: SweepReport) -> dict[str, str]:
    """Return by letter a character for each level of the one axis, by its req/s; a dot stands for a level without a
    success. Empty for two axes.
    """
    if len(report.axes) != 1:
        return {}
    rates = {
        (point.contender, point.levels[0]): point.rate for point in report.points if len(point.levels) == 1
    }
    known = [rate for rate in rates.values() if rate > 0]
    return {
        one.id: "".join(_block(rates.get((one.id, level), 0.0), known) for level in report.axes[0].levels)
        for one in report.contenders
    }


def _block(rate: float, known: Sequence[float]) -> str:
    if not rate > 0:
        return UNMEASURED
    low, high = math.log(min(known)), math.log(max(known))
    part = (math.log(rate) - low) / (high - low) if high > low else 1.0
    return BLOCKS[round(part * (len(BLOCKS) - 1))]
