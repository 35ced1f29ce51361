"""The shape of a load over one round, drawn: requests in flight, or requests per second, over time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from httptui.plan.checks import load_problems
from httptui.plan.model import Load, seconds_of
from httptui.plan.texts import sweep_of
from httptui.safe_text import safe_text
from httptui.tui.forms.mapping import mapping_of
from httptui.tui.plots.cells import Cells, Row, fit, fit_all, left
from httptui.tui.plots.lines import plot_area
from httptui.units import format_count, plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from httptui.tui.forms.state import FormState

HEIGHT = 5
LABEL_WIDTH = 11
KEY = "accent"
UNKNOWN = "no valid load yet"


@dataclass(frozen=True, slots=True)
class Shape:
    """Straight lines between (seconds, level); `seconds` is None where requests and not time end the load."""

    points: tuple[tuple[float, float], ...]
    seconds: float | None
    unit: str
    words: str = ""


def load_of(state: FormState) -> Load | None:
    """The load as typed, or None where it is not one that can be run, whatever else is wrong with the form."""
    mapping, problems = mapping_of(state)
    if any(problem.path.startswith("load.") for problem in problems):
        return None
    try:
        load = msgspec.convert(mapping["load"], Load)
    except msgspec.ValidationError:
        return None
    return None if any(load_problems(load)) else load


def shape_of_state(state: FormState) -> Shape | None:
    """Return the shape of a form's sweep or load, or None if that cannot be run."""
    if state.sweeping:
        return shape_of_sweep(sweep_of(state["sweep"])[0])
    load = load_of(state)
    return None if load is None else shape_of(load)


def shape_of(load: Load) -> Shape:
    """Return the load of one contender from the start of a round to its end."""
    if load.kind == "burst":
        return Shape(((0.0, load.concurrency),), None, "at once", "until all are answered")
    start = float(load.rate or 0.0) if load.kind == "open" else float(load.concurrency)
    unit = "req/s" if load.kind == "open" else "in flight"
    seconds = seconds_of(load)
    if seconds is None:
        return Shape(((0.0, start),), None, unit, f"until {plural(load.requests or 0, 'request')} are done")
    if not load.stages:
        return Shape(((0.0, start), (seconds, start)), seconds, unit)
    ends = accumulate(stage.seconds for stage in load.stages)
    courses = ((end, stage.to) for end, stage in zip(ends, load.stages, strict=True))
    return Shape(((0.0, start), *courses), seconds, unit)


def shape_of_sweep(sweep: Mapping[str, Sequence[float]]) -> Shape | None:
    """The levels of a sweep's first number, side by side, or None where it has none that can be drawn."""
    unit, levels = next(iter(sweep.items()), ("", ()))
    if not levels or not all(map(math.isfinite, levels)):
        return None
    sides = ((float(place + side), max(level, 0.0)) for place, level in enumerate(levels) for side in (0, 1))
    count = math.prod(map(len, sweep.values()))
    return Shape(tuple(sides), None, safe_text(unit), f"in short turns at each of {plural(count, 'level')}")


def draw_shape(shape: Shape | None, width: int) -> Cells:
    """The shape beside its unit, HEIGHT rows of `width` cells."""
    room = width - LABEL_WIDTH
    if shape is None:
        return fit_all([((left("Shape", LABEL_WIDTH), "dim"), (UNKNOWN, "axis"))], width, HEIGHT)
    heads = ("Shape", shape.unit)
    plot = _bursting(shape, room) if shape.unit == "at once" else _lasting(shape, room)
    rows: list[Row] = [
        ((left(heads[index] if index < len(heads) else "", LABEL_WIDTH), "dim"), *row)
        for index, row in enumerate(plot)
    ]
    return tuple(fit(row, width) for row in rows)


def _lasting(shape: Shape, width: int) -> Cells:
    if shape.seconds is not None:
        return plot_area(shape.points, width, HEIGHT, key=KEY)
    level = plot_area(shape.points, width, HEIGHT - 1, key=KEY, time=False)
    return (*level, fit(((shape.words, "axis"),), width))


def _bursting(shape: Shape, width: int) -> Cells:
    """One column, for all begin at the same moment."""
    bar: Row = (("█", KEY),)
    level = format_count(round(shape.points[0][1]))
    return fit_all([(*bar, (f" {level} {shape.words}", "axis")), *[bar] * (HEIGHT - 1)], width, HEIGHT)
