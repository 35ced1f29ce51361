"""Each contender's curve in a row of blocks, one a level, on one logarithmic scale for all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from httptui.sweeps.points import SweepPoint
from httptui.sweeps.report import SweepReport

BLOCKS = "▁▂▃▄▅▆▇█"
UNMEASURED = "·"


def curves_in_blocks(report: SweepReport) -> dict[str, str]:
    """By letter a character for each level of the one axis, by its req/s; a dot is for what was not measured or
    answered nothing.  Empty where there are two axes.
    """
    if len(report.axes) != 1:
        return {}
    rates = {
        (point.contender, point.levels[0]): _rate(point) for point in report.points if len(point.levels) == 1
    }
    known = [rate for rate in rates.values() if rate > 0]
    return {
        one.id: "".join(_block(rates.get((one.id, level), 0.0), known) for level in report.axes[0].levels)
        for one in report.contenders
    }


def _rate(point: SweepPoint) -> float:
    return 0.0 if point.req_per_s is None else point.req_per_s.value


def _block(rate: float, known: Sequence[float]) -> str:
    if not rate > 0:
        return UNMEASURED
    low, high = math.log(min(known)), math.log(max(known))
    part = (math.log(rate) - low) / (high - low) if high > low else 1.0
    return BLOCKS[round(part * (len(BLOCKS) - 1))]
