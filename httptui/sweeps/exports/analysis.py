"""What a sweep's curves mean as cells of a table: a row for each contender, or for each pair of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from httptui.sweeps.analysis import Crossover, Scaling
from httptui.sweeps.exports.tables import level_text
from httptui.sweeps.report import SweepReport
from httptui.units import UNKNOWN, format_ms, format_percent, format_times

SCALING_HEADINGS = ("95 % at", "knee", "N*", "α", "β", "fit")
CROSSOVER_HEADINGS = ("L*", "predicted", "CPU/req", "L* within")
SCALING = (
    "95 % at: the fewest in flight for 95 % of the most req/s. Knee: those with a p99 of at most twice the lowest "
    "level's. N*: where the universal scalability law, with waiting α and keeping in step β, is highest; fit: the "
    "usual distance of a rate from the law."
)
CROSSOVERS = (
    "L*: the latency above which the choice between the two changes throughput by less than {delta}, and its 90 % "
    "interval. Predicted: by a queue of all in flight before each client, from its CPU per request alone."
)


class Analysis(NamedTuple):
    """A title, what stands above each column, the letters and the cells of each row, and what the columns mean."""

    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[tuple[str, ...], Sequence[str]]]
    meaning: str


def analysis_of(report: SweepReport) -> Analysis | None:
    """How the contenders scale, or where their curves meet; None where the axes are others."""
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
    """The levels with 95 % and at the knee, N*, which is told only up to the highest level, α, β and the fit."""
    levels = [UNKNOWN if level is None else level_text(level) for level in (one.saturation, one.knee)]
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


def top_text(one: Scaling, highest: float) -> str:
    """N*, or that it lies beyond the highest level, where nothing shows it."""
    top = None if one.fit is None else one.fit.n_star
    return f"{top:.0f}" if top is not None and top <= highest else f"> {level_text(highest)}"


def crossover_cells(pair: Crossover) -> tuple[str, str, str, str]:
    """L*, the prediction, how many times the CPU per request of the other one needs, and L*'s interval."""
    found = pair.found
    within = UNKNOWN if found.low_ms is None else f"{format_ms(found.low_ms)} – {format_ms(found.high_ms)}"
    ratio = UNKNOWN if pair.cpu_ratio is None else format_times(pair.cpu_ratio)
    return place_text(pair), format_ms(found.predicted_ms), ratio, within


def place_text(pair: Crossover) -> str:
    """L* in a word or two."""
    found = pair.found
    if found.is_from_start:
        return "any latency"
    return "not shown" if found.measured_ms is None else format_ms(found.measured_ms)
