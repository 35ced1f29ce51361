"""The ranking: who serves how many requests a second, and which places the data settle.

Contenders are compared inside blocks: D_b = ln(rate of one / rate of the other) in block b, so that what
slows the whole machine down for a while cancels out.  Two contenders are parted where Holm's procedure over
all pairs rejects equality at 0.05, and a place spans [1 + significantly better, N - significantly worse].
Besides, a leader who beats every rival at p < 0.05 is alone in the first place: that one claim is an
intersection-union test, which owes no correction, and is what a verdict calls the winner.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from httptui.snapshot import Rank
from httptui.statistics import FEWEST_FOR_95, condense, estimate, holm, signed_rank_p, signed_ranks

ALPHA = 0.05

Blocks = Mapping[str, Mapping[int, float]]


def rank(ids_rates: Sequence[tuple[str, float]], blocks: Blocks) -> tuple[Rank, ...]:
    """Rank contenders, given as (id, successful requests per second), by their rates, highest first.

    `blocks` gives each contender's rate in each block it took part in.  Whoever has no success comes last,
    with ratio 0.  With fewer than six shared blocks a ratio is that of the rates and has no interval.
    """
    ordered = sorted(ids_rates, key=lambda item: -item[1])
    running = [(key, rate) for key, rate in ordered if rate > 0]
    better, worse = _settled([key for key, _ in running], blocks)
    places: list[Rank] = []
    for key, rate in running:
        ratio, low, high = _ratio(running[0], (key, rate), blocks)
        places.append(
            Rank(
                id=key,
                rank_low=1 + better[key],
                rank_high=len(running) - worse[key],
                req_per_s=rate,
                ratio=ratio,
                ratio_low=low,
                ratio_high=high,
            )
        )
    places += [
        Rank(id=key, rank_low=len(running) + 1, rank_high=len(ordered), req_per_s=0.0, ratio=0.0)
        for key, _ in ordered[len(running) :]
    ]
    return tuple(places)


def log_ratios(one: Mapping[int, float], other: Mapping[int, float]) -> list[float]:
    """ln(one / other) of every block that both took part in, in order of blocks; at most 60, see `condense`.

    A block in which just one of them had no success counts as the largest difference seen elsewhere, and one
    in which both had none says nothing.
    """
    shared = [(one[block], other[block]) for block in sorted(one.keys() & other.keys())]
    seen = [abs(math.log(a / b)) for a, b in shared if a > 0 and b > 0]
    if not seen:
        return []
    largest = max(seen)
    return condense([_log_ratio(a, b, largest) for a, b in shared if a > 0 or b > 0])


def is_better(differences: Sequence[float]) -> bool:
    """Whether log-ratios show the first of two to be better at p < 0.05 (signed-rank test, no correction)."""
    positive, negative = signed_ranks(differences)
    return positive > negative and signed_rank_p(differences) < ALPHA


def rank_text(place: Rank) -> str:
    """The place as people write it: "1", or "2–3" where the data leave it open."""
    if place.rank_low == place.rank_high:
        return str(place.rank_low)
    return f"{place.rank_low}–{place.rank_high}"


def _log_ratio(a: float, b: float, largest: float) -> float:
    if a > 0 and b > 0:
        return math.log(a / b)
    return largest if a > 0 else -largest


def _settled(ids: Sequence[str], blocks: Blocks) -> tuple[dict[str, int], dict[str, int]]:
    """For each contender, best rate first, how many are significantly better, and how many worse."""
    better = dict.fromkeys(ids, 0)
    worse = dict.fromkeys(ids, 0)
    pairs = list(combinations(ids, 2))
    differences = [log_ratios(blocks.get(one, {}), blocks.get(other, {})) for one, other in pairs]
    parted = holm([signed_rank_p(values) for values in differences], ALPHA)
    rivals = len(ids) - 1
    if all(is_better(values) for values in differences[:rivals]):
        parted[:rivals] = [True] * rivals
    for (one, other), values, apart in zip(pairs, differences, parted, strict=True):
        if apart:
            positive, negative = signed_ranks(values)
            first, second = (one, other) if positive > negative else (other, one)
            worse[first] += 1
            better[second] += 1
    return better, worse


def _ratio(
    leader: tuple[str, float], contender: tuple[str, float], blocks: Blocks
) -> tuple[float, float | None, float | None]:
    """Ratio to the leader, with its interval where there are blocks enough."""
    if leader[0] == contender[0]:
        return 1.0, None, None
    differences = log_ratios(blocks.get(contender[0], {}), blocks.get(leader[0], {}))
    if len(differences) < FEWEST_FOR_95:
        return contender[1] / leader[1], None, None
    point, low, high = estimate(differences)
    return (
        math.exp(point),
        None if low is None else math.exp(low),
        None if high is None else math.exp(high),
    )
