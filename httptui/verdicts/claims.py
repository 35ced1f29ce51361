"""Which of several contenders are shown to differ, with at most one false claim in twenty runs, all claims together.

The leader is tested against every rival: an intersection-union test, which owes no correction among them.  It
gets 0.65 of the error; the rest goes to Holm's (1979) procedure over all pairs, so that others can be parted while
the first place is open.  Once the leader is alone, the whole error is free again for the contenders behind it, and
the same is done with them (Bretz et al. 2009, Statistics in Medicine 28: a graph of tests that hand on their error).
Hence six blocks can settle the order of any number of contenders, each far from the next.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from httptui.statistics import ALPHA, LEADERS_SHARE, holm, signed_rank_p, signed_ranks
from httptui.verdicts.blocks import Blocks, log_ratios

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
