from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from httptui.results.judge.ranking import all_differences, order_claims, places_of, sole_winner
from httptui.statistics import blocks_to_part

AHEAD = [0.1 + 0.01 * n for n in range(6)]
OPEN = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6]


def test_a_sole_winner_beats_every_rival() -> None:
    assert sole_winner([AHEAD, AHEAD])
    assert not sole_winner([AHEAD, OPEN])
    assert not sole_winner([AHEAD, [-value for value in AHEAD]])
    assert not sole_winner([AHEAD], alpha=0.03)
    assert sole_winner([])


def test_six_blocks_part_a_leader_though_the_rest_is_open() -> None:
    differences = {("A", "B"): AHEAD, ("A", "C"): AHEAD, ("A", "D"): AHEAD}
    differences |= dict.fromkeys(combinations("BCD", 2), OPEN)
    claims = order_claims("ABCD", differences)
    assert claims == {("A", "B"): "A", ("A", "C"): "A", ("A", "D"): "A"}
    assert places_of("ABCD", claims) == {"A": (1, 1), "B": (2, 4), "C": (2, 4), "D": (2, 4)}


def test_while_the_first_place_is_open_others_are_parted_by_what_is_left_of_the_error() -> None:
    far = [0.1 + 0.01 * n for n in range(10)]
    level = [0.1, -0.11, 0.12, -0.13, 0.14, -0.15, 0.16, -0.17, 0.18, -0.19]
    differences = {("A", "B"): level, ("A", "C"): far, ("B", "C"): far}
    assert places_of("ABC", order_claims("ABC", differences)) == {"A": (1, 2), "B": (1, 2), "C": (3, 3)}
    assert order_claims("ABC", {pair: values[:7] for pair, values in differences.items()}) == {}


@given(st.integers(3, 15))
def test_so_many_blocks_part_the_last_one_from_others_that_tie_and_one_fewer_part_nobody(
    contenders: int,
) -> None:
    ids, enough = "ABCDEFGHIJKLMNO"[:contenders], blocks_to_part(contenders)
    assert not order_claims(ids, _last_far_behind(ids, enough - 1))
    claims = order_claims(ids, _last_far_behind(ids, enough + 1))
    assert set(claims) == {(one, ids[-1]) for one in ids[:-1]}


def _last_far_behind(ids: str, blocks: int) -> dict[tuple[str, str], Sequence[float]]:
    """Differences of contenders that tie, but for the last one."""
    far = [0.1 + 0.01 * n for n in range(blocks)]
    level = [(-1) ** n * (0.1 + 0.01 * n) for n in range(blocks)]
    return {pair: far if pair[1] == ids[-1] else level for pair in combinations(ids, 2)}


def test_a_pair_that_the_blocks_turn_round_is_claimed_for_the_second() -> None:
    behind = [-value for value in (0.1 + 0.01 * n for n in range(12))]
    assert order_claims("AB", {("A", "B"): behind}) == {("A", "B"): "B"}
    assert places_of("AB", {("A", "B"): "B"}) == {"A": (2, 2), "B": (1, 1)}


@given(st.integers(2, 6), st.integers(0, 20), st.floats(0, 1), st.integers(0, 10_000))
def test_a_larger_alpha_claims_at_least_as_much_and_places_hold_together(
    contenders: int, count: int, gap: float, seed: int
) -> None:
    source = random.Random(seed)
    ids = "ABCDEF"[:contenders]
    blocks = {
        key: {block: source.lognormvariate(-gap * at, 0.3) for block in range(count)}
        for at, key in enumerate(ids)
    }
    differences = all_differences(ids, blocks)
    strict, usual = order_claims(ids, differences, 0.01), order_claims(ids, differences, 0.05)
    assert strict.items() <= usual.items()
    for low, high in places_of(ids, usual).values():
        assert 1 <= low <= high <= contenders
