"""The figures of a sweep as tables, from which its text and its Markdown are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from httptui.safe_text import safe_text
from httptui.sweeps.points import Axis, Measured, SweepPoint
from httptui.sweeps.report import SweepReport
from httptui.units import UNKNOWN, format_count, format_ms, format_rate, format_us


class Table(NamedTuple):
    """A title, what stands above each column, the first of which holds levels, and the rows."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class _Figure(NamedTuple):
    """A figure's name, how one point's is written, and whether it is worth a table."""

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


def level_text(level: float) -> str:
    """A level as it is written in a plan."""
    return f"{level:g}"


def named(report: SweepReport) -> list[tuple[str, str]]:
    """Letter and label of each contender, safe to show."""
    return [(safe_text(one.id, 4), safe_text(one.label)) for one in report.contenders]


def path_of(axis: Axis) -> str:
    """An axis by its path, safe to show."""
    return safe_text(axis.path, 60)


def _curve(report: SweepReport, figure: _Figure) -> Table:
    (axis,) = report.axes
    found = {(point.levels, point.contender): point for point in report.points}
    rows = [
        [
            level_text(level),
            *(_cell(figure, found.get(((level,), one.id))) for one in report.contenders),
        ]
        for level in axis.levels
    ]
    return Table(figure.name, [path_of(axis), *(letter for letter, _ in named(report))], rows)


def _grids(report: SweepReport, figure: _Figure) -> Iterator[Table]:
    down, across = report.axes
    found = {(point.levels, point.contender): point for point in report.points}
    for one, (letter, label) in zip(report.contenders, named(report), strict=True):
        own = [point for point in report.points if point.contender == one.id and point.slices]
        if figure.told(own):
            yield Table(
                f"{letter}  {label} · {figure.name}",
                [f"{path_of(down)} ↓  {path_of(across)} →", *map(level_text, across.levels)],
                [
                    [
                        level_text(row),
                        *(_cell(figure, found.get(((row, column), one.id))) for column in across.levels),
                    ]
                    for row in down.levels
                ],
            )


def _cell(figure: _Figure, point: SweepPoint | None) -> str:
    return UNKNOWN if point is None or not point.slices else figure.text(point)


def _rate(point: SweepPoint) -> str:
    return (
        UNKNOWN
        if point.req_per_s is None
        else f"{format_rate(point.req_per_s.value)}{_spread(point.req_per_s)}"
    )


def _spread(figure: Measured) -> str:
    """Half of the interval as a share of its centre: " ±3 %"; nothing where there is none."""
    if figure.low is None or figure.high is None or not figure.value:
        return ""
    return f" ±{(figure.high - figure.low) / 2 / figure.value * 100:.0f} %"


def _ms(figure: Measured | None) -> str:
    return UNKNOWN if figure is None else format_ms(figure.value)


def _cost(point: SweepPoint) -> str:
    figure = point.cpu_us_per_request
    return UNKNOWN if figure is None else format_us(figure.value)


def _wait(point: SweepPoint) -> str:
    figure = point.pool_wait_ms
    return UNKNOWN if figure is None else "0" if figure.value == 0 else format_ms(figure.value)


def _always(_points: Sequence[SweepPoint]) -> bool:
    return True


_FIGURES = (
    _Figure("req/s", _rate, _always),
    _Figure("p50", lambda point: _ms(point.p50_ms), _always),
    _Figure("p99", lambda point: _ms(point.p99_ms), _always),
    _Figure("CPU/req", _cost, _always),
    _Figure(
        "mean wait for a connection of the pool",
        _wait,
        lambda points: any(point.pool_wait_ms is not None and point.pool_wait_ms.value for point in points),
    ),
    _Figure(
        "failed requests",
        lambda point: format_count(point.failed),
        lambda points: any(point.failed for point in points),
    ),
)
