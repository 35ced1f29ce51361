"""What the blocks show: a pair held against each other, several contenders with few false claims, and stopping early.

Which of several contenders are shown to differ, with at most one false claim in twenty runs, all claims together.

The leader is tested against every rival: an intersection-union test, which owes no correction among them.  It
gets 0.65 of the error; the rest goes to Holm's (1979) procedure over all pairs, so that others can be parted while
the first place is open.  Once the leader is alone, the whole error is free again for the contenders behind it, and
the same is done with them (Bretz et al. 2009, Statistics in Medicine 28: a graph of tests that hand on their error).
Hence six blocks can settle the order of any number of contenders, each far from the next.

Stopping early without fooling oneself: few looks, each with a stricter bound than the next.

The bounds are O'Brien and Fleming's (1979): at the look after b of B blocks a difference counts where
p <= 2 (1 - Phi(C sqrt(B / b))).  C = 2.10 keeps all looks together below 5 % false claims; looking five times at
0.05 would make it 11 %.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import NamedTuple

from httptui.results.judge.blocks import Blocks, log_ratios
from httptui.results.snapshot import ContenderView
from httptui.statistics import (
    ALPHA,
    DELTA,
    FEWEST_FOR_95,
    LEADERS_SHARE,
    Estimate,
    detectable,
    equivalent,
    estimate,
    furthest,
    holm,
    ratio_of,
    signed_rank_p,
    signed_ranks,
)
from httptui.units import format_percent, format_ratio, format_times

Differences = Mapping[tuple[str, str], Sequence[float]]


def all_differences(ids: Sequence[str], blocks: Blocks) -> dict[tuple[str, str], list[float]]:
    """ln(first / second) over their shared blocks, for every pair in the order of `ids`."""
    return {
        (one, other): log_ratios(blocks.get(one, {}), blocks.get(other, {}))
        for one, other in combinations(ids, 2)
    }


def differences_beyond(
    ids: Sequence[str], blocks: Blocks, margin: float
) -> dict[tuple[str, str], list[float]]:
    """The same, each drawn to zero by a `margin` (0.1 is 10 %), and empty where that turns the pair round.

    A test of what is left asks whether the two differ by more than the margin.
    """
    return {pair: _beyond(values, margin) for pair, values in all_differences(ids, blocks).items()}


def order_claims(
    ids: Sequence[str], differences: Differences, alpha: float = ALPHA
) -> dict[tuple[str, str], str]:
    """The better one of each pair that is settled, where `differences` are positive for a better first.

    `ids` are in the order of the overall figures, best first, and so are pairs.  The probability that any claim
    is false is at most `alpha`.
    """
    p_values = {pair: signed_rank_p(values) for pair, values in differences.items()}
    better: dict[tuple[str, str], str] = {}
    for first in range(len(ids) - 1):
        pairs = list(combinations(ids[first:], 2))
        leading = pairs[: len(ids) - first - 1]
        apart = holm([p_values[pair] for pair in pairs], alpha * (1 - LEADERS_SHARE))
        # With nothing else open, the leader's claim is the only one that can be false.
        share = 1.0 if all(apart[len(leading) :]) else LEADERS_SHARE
        if not sole_winner([differences[pair] for pair in leading], alpha * share):
            better |= {
                pair: pair[0] if _leans_to_first(differences[pair]) else pair[1]
                for pair, settled in zip(pairs, apart, strict=True)
                if settled
            }
            break
        better |= dict.fromkeys(leading, ids[first])
    return better


def sole_winner(to_rivals: Sequence[Sequence[float]], alpha: float = ALPHA) -> bool:
    """Whether one contender beats every rival, given its log-ratios to each: every p at most `alpha`."""
    return all(_leans_to_first(values) and signed_rank_p(values) <= alpha for values in to_rivals)


def places_of(ids: Sequence[str], better: Mapping[tuple[str, str], str]) -> dict[str, tuple[int, int]]:
    """The span of places that the claims leave to each: [1 + shown to be better, N - shown to be worse]."""
    lowest = dict.fromkeys(ids, 1)
    highest = dict.fromkeys(ids, len(ids))
    for (one, other), winner in better.items():
        lowest[other if winner == one else one] += 1
        highest[winner] -= 1
    return {key: (lowest[key], highest[key]) for key in ids}


def _beyond(differences: Sequence[float], margin: float) -> list[float]:
    if not margin:
        return list(differences)
    leans = _leans_to_first(differences)
    step = -math.log1p(margin) if leans else math.log1p(margin)
    left = [value + step for value in differences]
    return left if _leans_to_first(left if leans else [-value for value in left]) else []


def _leans_to_first(differences: Sequence[float]) -> bool:
    positive, negative = signed_ranks(differences)
    return positive > negative


@dataclass(frozen=True, slots=True)
class Pair:
    """The leader against one rival.  `factor` is the leader's rate over the rival's; `differences` are its
    logarithms inside the blocks, whose number is `blocks`; `parted` says whether the leader is shown to be better.
    """

    leader: ContenderView
    rival: ContenderView
    factor: float
    differences: list[float]
    blocks: int
    parted: bool = False

    def equivalent(self, delta: float, alpha: float, margin: float = 0.0) -> bool:
        """Whether the two are shown to be within `delta` of each other, whatever a `margin` hides."""
        enough = len(self.differences) >= FEWEST_FOR_95
        return enough and equivalent(self.differences, delta, alpha, margin)

    def least_delta(self, alpha: float, margin: float) -> float | None:
        """The smallest delta within which the two could be called equal, 0.05 for 5 %; None with too few blocks."""
        furthest_off = furthest(self.differences, alpha, margin)
        return None if furthest_off is None else math.expm1(furthest_off)

    def detectable(self, alpha: float) -> float | None:
        """The smallest relative difference that these blocks would show four times in five, or None."""
        return detectable(self.differences, alpha)

    def estimate(self) -> Estimate:
        """Of ln(leader / rival), without an interval where there are fewer than six blocks."""
        if len(self.differences) < FEWEST_FOR_95:
            return Estimate(math.log(self.factor), None, None)
        return estimate(self.differences)

    @property
    def share_of_leader(self) -> float:
        """The rival's rate over the leader's."""
        return ratio_of(-self.estimate().point) or 1 / self.factor

    def times(self) -> str:
        """The leader's rate as a multiple of the rival's: "4.3 times [4.1–4.6]"."""
        _, low, high = self.estimate()
        return format_times(1 / self.share_of_leader, ratio_of(low), ratio_of(high))

    def share(self) -> str:
        """The rival's rate in per cent of the leader's: "23 %"."""
        return format_percent(self.share_of_leader)

    def share_with_interval(self) -> str:
        """The same with its interval: "23 % [22–24]"."""
        _, low, high = self.estimate()
        ends = (None if end is None else ratio_of(-end) for end in (high, low))
        return format_ratio(self.share_of_leader, *ends)


def pair_of(leader: ContenderView, rival: ContenderView, blocks: Blocks, *, parted: bool = False) -> Pair:
    """Compare two contenders that both had a success; `blocks` as for `httptui.results.judge.ranking.rank`."""
    one, other = blocks.get(leader.id, {}), blocks.get(rival.id, {})
    return Pair(
        leader=leader,
        rival=rival,
        factor=leader.req_per_s / rival.req_per_s,
        differences=log_ratios(one, other),
        blocks=len(one.keys() & other.keys()),
        parted=parted,
    )


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
    `httptui.results.judge.ranking.rank`.  Whoever has no success is not waited for, and one contender alone is
    settled.
    """
    ids = [key for key, rate in sorted(ids_rates, key=lambda item: -item[1]) if rate > 0]
    differences = all_differences(ids, blocks)
    parted = order_claims(ids, differences_beyond(ids, blocks, margin), look.alpha)
    return all(
        pair in parted or equivalent(values, delta, look.alpha, margin)
        for pair, values in differences.items()
    )
