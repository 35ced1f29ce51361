"""A sweep's figures in the form in which runs are compared: of one level, and over several of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from httptui.reports.comparisons.ratios import FigurePair, Figures, plain_ratio, together
from httptui.sweeps.points import SweepPoint

COMPARED: Final = {
    "req_per_s": "req_per_s",
    "p50": "p50_ms",
    "p99": "p99_ms",
    "cpu": "cpu_us_per_request",
}
"""Each quantity that is compared, by its name in clauses, with its field; every turn has all of them."""


def figures_of(point: SweepPoint | None) -> Figures:
    """A contender's figures at one level, of which the turns are the blocks; all unknown where there is no point."""
    if point is None:
        return Figures(dict.fromkeys(COMPARED), {})
    centres = {quantity: getattr(point, field) for quantity, field in COMPARED.items()}
    return Figures(
        whole={name: None if centre is None else centre.value for name, centre in centres.items()},
        blocks={
            quantity: {
                turn.block: value for turn in point.slices if (value := getattr(turn, field)) is not None
            }
            for quantity, field in COMPARED.items()
        },
    )


def figures_over(levels: Sequence[FigurePair]) -> FigurePair:
    """One contender's geometric means over all levels at which both sweeps know a figure and it is not nought, in
    each block over the same ones.
    """
    known = {quantity: [pair for pair in levels if plain_ratio(quantity, pair)] for quantity in COMPARED}
    before, after = (
        Figures(
            whole={
                quantity: _mean([pair[side].whole[quantity] for pair in of]) for quantity, of in known.items()
            },
            blocks={
                quantity: together([pair[side].blocks.get(quantity, {}) for pair in of]) if of else {}
                for quantity, of in known.items()
            },
        )
        for side in (0, 1)
    )
    return before, after


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.geometric_mean(known) if known else None
