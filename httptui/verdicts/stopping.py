"""Stopping early without fooling oneself: few looks, each with a stricter bound than the next.

The bounds are O'Brien and Fleming's (1979): at the look after b of B blocks a difference counts where
p <= 2 (1 - Phi(C sqrt(B / b))).  C = 2.10 keeps all looks together below 5 % false claims; looking five times at
0.05 would make it 11 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

from httptui.statistics import DELTA, equivalent
from httptui.verdicts.blocks import Blocks
from httptui.verdicts.claims import all_differences, differences_beyond, order_claims

BOUND = 2.10
FRACTIONS = (0.40, 0.55, 0.70, 0.85, 1.0)


class Look(NamedTuple):
    """After how many blocks to look, and the `alpha` that all claims made there may cost together."""

    block: int
    alpha: float


def looks(blocks_max: int) -> tuple[Look, ...]:
    """When to look at a run of at most so many blocks: after 8, 11, 14, 17 and 20 of 20, the last at its end."""
    after = sorted({max(1, round(fraction * blocks_max)) for fraction in FRACTIONS})
    return tuple(Look(block, 2 * NormalDist().cdf(-BOUND * math.sqrt(blocks_max / block))) for block in after)


def settled(
    ids_rates: Sequence[tuple[str, float]],
    blocks: Blocks,
    look: Look,
    *,
    delta: float = DELTA,
    margin: float = 0.0,
) -> bool:
    """Whether every pair is either parted or shown to be equal within `delta`, at the look's alpha; both
    beyond a `margin` that the blocks cannot show.

    `blocks` are those before the look and none later, so that it does not matter when one asks; `ids_rates` as for
    `httptui.verdicts.ranking.rank`.  Whoever has no success is not waited for, and one contender alone is settled.
    """
    ids = [key for key, rate in sorted(ids_rates, key=lambda item: -item[1]) if rate > 0]
    differences = all_differences(ids, blocks)
    parted = order_claims(ids, differences_beyond(ids, blocks, margin), look.alpha)
    return all(
        pair in parted or equivalent(values, delta, look.alpha, margin)
        for pair, values in differences.items()
    )
