"""What a sweep's curves mean as cells of a table: a row for each contender, or for each pair of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from httptui.crossover import predicted_text
from httptui.sweeps.analysis import Crossover, Scaling
from httptui.sweeps.exports.tables import level_text
from httptui.sweeps.report import SweepReport
from httptui.units import UNKNOWN, format_ms, format_percent, format_times

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
    """The level with 95 % of the most, and between which levels it may be."""
    level = one.saturation_below(highest)
    if level is None:
        return NONE
    low, high = one.saturation_low, one.saturation_high
    within = "" if low is None or high is None else f" [{level_text(low)}–{level_text(high)}]"
    return level_text(level) + within


def top_text(one: Scaling, highest: float) -> str:
    """N* with its interval, or from where on it may lie where that reaches beyond the highest level."""
    if one.fit is None:
        return UNKNOWN
    top, low, high = one.fit.n_star, one.fit.n_star_low, one.fit.n_star_high
    if low is None:
        return f"{top:.0f}" if top is not None and top <= highest else f"> {level_text(highest)}"
    if top is None or high is None or high > highest:
        return f"> {min(low, highest):.0f}"
    return f"{top:.0f}{one.fit.n_star_within}"


def crossover_cells(pair: Crossover) -> tuple[str, str, str, str]:
    """L*, the prediction, how many times the CPU per request of the other one needs, and L*'s interval."""
    found = pair.found
    within = UNKNOWN if found.low_ms is None else f"{format_ms(found.low_ms)} – {format_ms(found.high_ms)}"
    ratio = UNKNOWN if pair.cpu_ratio is None else format_times(pair.cpu_ratio)
    differs = " ≠" if found.agrees is False else ""
    return place_text(pair), f"{predicted_text(found)}{differs}".replace("more than", ">"), ratio, within


def place_text(pair: Crossover) -> str:
    """L* in a word or two."""
    found = pair.found
    if found.is_from_start:
        return "any latency"
    return "not shown" if found.measured_ms is None else format_ms(found.measured_ms)
