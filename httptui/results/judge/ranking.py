"""Claims from blocks, and the rankings by requests per second and by CPU per request that they settle.

Contenders are compared inside blocks: D_b = ln(figure of one / figure of the other) in block b, so that a temporary
slowdown of the whole machine cancels out. A place spans [1 + shown to be better, N - shown to be worse].

At most one run in twenty has any false claim, over all claims together. The leader is tested against every rival, an
intersection-union test that needs no correction among them; it gets 0.65 of the error. The rest goes to Holm's (1979)
procedure over all pairs, so that others can be distinguished while first place is open. Once the leader is alone, the
whole error is available for the contenders behind it, and the same is repeated for them (Bretz et al. 2009,
Statistics in Medicine 28: a graph of tests that pass on their error). Hence six blocks can settle the order of any
number of contenders that are clearly different.

Early stopping uses a few looks, with the bounds of O'Brien and Fleming (1979): at the look after b of B blocks a
difference counts if p <= 2 (1 - Phi(C sqrt(B / b))). C = 2.10 keeps all looks together below 5 % false claims;
looking five times at 0.05 would make it 11 %.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import Any, NamedTuple

from httptui.results.judge.blocks import Blocks, log_ratios
from httptui.results.snapshot import ContenderView, CpuRank, Rank
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
    """Return ln(first / second) over their shared blocks, for every pair in the order of `ids`."""
    return {
        (one, other): log_ratios(blocks.get(one, {}), blocks.get(other, {}))
        for one, other in combinations(ids, 2)
    }


def differences_beyond(
    ids: Sequence[str], blocks: Blocks, margin: float
) -> dict[tuple[str, str], list[float]]:
    """Return the same, reduced towards zero by a `margin` (0.1 is 10 %); empty if that reverses the pair.

    A test of the result asks whether the two differ by more than the margin.
    """
    return {pair: _beyond(values, margin) for pair, values in all_differences(ids, blocks).items()}


def order_claims(
    ids: Sequence[str], differences: Differences, alpha: float = ALPHA
) -> dict[tuple[str, str], str]:
    """Return the better one of each settled pair, given differences that are positive if the first is better.

    `ids`, and the order in each pair, follow the overall figures, best first. The probability of any false claim is
    at most `alpha`.
    """
    p_values = {pair: signed_rank_p(values) for pair, values in differences.items()}
    better: dict[tuple[str, str], str] = {}
    for first in range(len(ids) - 1):
        pairs = list(combinations(ids[first:], 2))
        leading = pairs[: len(ids) - first - 1]
        apart = holm([p_values[pair] for pair in pairs], alpha * (1 - LEADERS_SHARE))
        # If nothing else is open, only the leader's claim can be false.
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
    """Return whether one contender beats every rival, given its log-ratios to each: every p is at most `alpha`."""
    return all(_leans_to_first(values) and signed_rank_p(values) <= alpha for values in to_rivals)


def places_of(ids: Sequence[str], better: Mapping[tuple[str, str], str]) -> dict[str, tuple[int, int]]:
    """Return the range of places that the claims leave to each: [1 + shown to be better, N - shown to be worse]."""
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
    """The leader against one rival.

    `factor` is the leader's rate over the rival's, `differences` its logarithms in the blocks, `blocks` their number.
    `parted` means that the leader is shown to be better.
    """

    leader: ContenderView
    rival: ContenderView
    factor: float
    differences: list[float]
    blocks: int
    parted: bool = False

    def equivalent(self, delta: float, alpha: float, margin: float = 0.0) -> bool:
        """Return whether the two are shown to be within `delta` of each other, even if a `margin` is added."""
        enough = len(self.differences) >= FEWEST_FOR_95
        return enough and equivalent(self.differences, delta, alpha, margin)

    def least_delta(self, alpha: float, margin: float) -> float | None:
        """Return the least delta within which the two can be called equal, 0.05 for 5 %; None with too few blocks."""
        furthest_off = furthest(self.differences, alpha, margin)
        return None if furthest_off is None else math.expm1(furthest_off)

    def detectable(self, alpha: float) -> float | None:
        """Return the smallest relative difference that these blocks would show in four of five cases, or None."""
        return detectable(self.differences, alpha)

    def estimate(self) -> Estimate:
        """Estimate ln(leader / rival), without an interval below six blocks."""
        if len(self.differences) < FEWEST_FOR_95:
            return Estimate(math.log(self.factor), None, None)
        return estimate(self.differences)

    @property
    def share_of_leader(self) -> float:
        """The rival's rate over the leader's."""
        return ratio_of(-self.estimate().point) or 1 / self.factor

    def times(self) -> str:
        """Format the leader's rate as a multiple of the rival's: "4.3 times [4.1–4.6]"."""
        _, low, high = self.estimate()
        return format_times(1 / self.share_of_leader, ratio_of(low), ratio_of(high))

    def share(self) -> str:
        """Format the rival's rate as a percentage of the leader's: "23 %"."""
        return format_percent(self.share_of_leader)

    def share_with_interval(self) -> str:
        """Format the same with its interval: "23 % [22–24]"."""
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
    """Number of blocks after which to look, and the `alpha` for all claims made there together."""

    block: int
    alpha: float


def looks(blocks_max: int) -> tuple[Look, ...]:
    """Return the looks of a run of at most so many blocks: of 20 after 8, 11, 14, 17 and 20, the last at its end."""
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
    """Return whether every pair is either distinguished or shown to be equal within `delta`, at the look's alpha.

    Both hold beyond a `margin` that the blocks cannot show. `blocks` must be only those before the look, so that the
    time of the call does not matter; `ids_rates` as for `httptui.results.judge.ranking.rank`. Contenders without a
    success are ignored, and one contender alone is settled.
    """
    ids = [key for key, rate in sorted(ids_rates, key=lambda item: -item[1]) if rate > 0]
    differences = all_differences(ids, blocks)
    parted = order_claims(ids, differences_beyond(ids, blocks, margin), look.alpha)
    return all(
        pair in parted or equivalent(values, delta, look.alpha, margin)
        for pair, values in differences.items()
    )


def rank(
    ids_rates: Sequence[tuple[str, float]],
    blocks: Blocks,
    *,
    alpha: float = ALPHA,
    margin: float = 0.0,
    apart: Collection[str] = (),
) -> tuple[Rank, ...]:
    """Rank contenders, given as (id, successful requests per second), by their rates, highest first.

    `blocks` has each contender's rate by block. Contenders without a success come last, with ratio 0. With fewer than
    six shared blocks, a ratio is that of the rates and has no interval. `alpha` is the probability that any place is
    false, at an early stop that of its look. Differences up to `margin` (0.1 is 10 %) are ignored, see
    `httptui.results.judge.blocks`. Contenders in `apart` did other work: they follow the others, without any claim
    about or against their place.
    """
    ordered = sorted(ids_rates, key=lambda item: -item[1])
    running = sorted(((key, rate) for key, rate in ordered if rate > 0), key=lambda item: item[0] in apart)
    places = _places([key for key, _ in running], blocks, alpha, margin, apart)
    return (
        *(
            Rank(id=key, req_per_s=rate, **places[key], **_ratio(running[0], (key, rate), blocks, apart))
            for key, rate in running
        ),
        *(
            Rank(id=key, rank_low=len(running) + 1, rank_high=len(ordered), req_per_s=0.0, ratio=0.0)
            for key, rate in ordered
            if rate <= 0
        ),
    )


def rank_cpu(
    ids_costs: Sequence[tuple[str, float | None]],
    blocks_cost: Blocks,
    *,
    alpha: float = ALPHA,
    margin: float = 0.0,
    apart: Collection[str] = (),
) -> tuple[CpuRank, ...]:
    """Rank contenders, given as (id, CPU microseconds per request), by cost, the cheapest first.

    `blocks_cost` has each contender's cost by block where known. A cost over several blocks is all CPU time over all
    requests. Contenders without a known cost are left out. Everything else is as for `rank`.
    """
    known = ((key, cost) for key, cost in ids_costs if cost)
    ordered = sorted(known, key=lambda item: (item[0] in apart, item[1]))
    places = _places([key for key, _ in ordered], blocks_cost, alpha, margin, apart, cheapest_first=True)
    return tuple(
        CpuRank(
            id=key,
            cpu_us_per_request=cost,
            **places[key],
            **_ratio(ordered[0], (key, cost), blocks_cost, apart),
        )
        for key, cost in ordered
    )


def rank_text(place: Rank | CpuRank) -> str:
    """Format a place: "1", or "2–3" if the data leave it open."""
    if place.rank_low == place.rank_high:
        return str(place.rank_low)
    return f"{place.rank_low}–{place.rank_high}"


def _places(
    ids: Sequence[str],
    blocks: Blocks,
    alpha: float,
    margin: float,
    apart: Collection[str],
    *,
    cheapest_first: bool = False,
) -> dict[str, dict[str, int]]:
    """Return the range of places of each of the ids, which are in the order of their figures, as fields of a rank."""
    compared = [key for key in ids if key not in apart]
    differences = differences_beyond(compared, blocks, margin)
    if cheapest_first:
        differences = {pair: [-value for value in values] for pair, values in differences.items()}
    ranges = places_of(ids, order_claims(compared, differences, alpha))
    return {key: {"rank_low": lowest, "rank_high": highest} for key, (lowest, highest) in ranges.items()}


def _ratio(
    leader: tuple[str, float], contender: tuple[str, float], blocks: Blocks, apart: Collection[str]
) -> dict[str, Any]:
    """Return the contender's figure over the leader's, with an interval if there are enough blocks, as fields of a
    rank.

    An interval without an upper end has `ratio_high` None; contenders in `apart` have no interval.
    """
    (first, best), (key, value) = leader, contender
    if key == first:
        return {"ratio": 1.0}
    differences = [] if key in apart else log_ratios(blocks.get(key, {}), blocks.get(first, {}))
    if len(differences) < FEWEST_FOR_95:
        return {"ratio": value / best}
    point, low, high = map(ratio_of, estimate(differences))
    return {"ratio": point or value / best, "ratio_low": low, "ratio_high": high}
