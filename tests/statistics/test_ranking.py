from __future__ import annotations

import random
from math import inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.results.judge.blocks import FEWEST_SUCCESSES, Counted, log_ratios
from httptui.results.judge.ranking import Pair, rank, rank_cpu, rank_text
from httptui.results.snapshot import ContenderView, CpuRank, Rank
from httptui.statistics import NO_SUCCESS, equivalent

Blocks = dict[str, dict[int, float]]


def steady(source: random.Random, rates: dict[str, float], count: int, noise: float = 0.05) -> Blocks:
    """Blocks in which the machine's speed wanders for all alike, and each contender varies a little."""
    blocks: Blocks = {key: {} for key in rates}
    for block in range(count):
        machine = source.lognormvariate(0, 0.4)
        for key, rate in rates.items():
            blocks[key][block] = rate * machine * source.lognormvariate(0, noise)
    return blocks


def mean_rates(blocks: Blocks) -> list[tuple[str, float]]:
    return [(key, sum(rates.values()) / len(rates)) for key, rates in blocks.items()]


def places(ranking: tuple[Rank | CpuRank, ...]) -> dict[str, str]:
    return {place.id: rank_text(place) for place in ranking}


def test_far_apart_contenders_are_parted_though_the_machine_wanders() -> None:
    blocks = steady(random.Random(1), {"A": 15_000, "B": 3_500, "C": 130}, 20)
    ranking = rank(mean_rates(blocks), blocks)
    assert places(ranking) == {"A": "1", "B": "2", "C": "3"}
    assert [place.id for place in ranking] == ["A", "B", "C"]
    leader, second, third = ranking
    assert (leader.ratio, leader.ratio_low, leader.ratio_high) == (1.0, None, None)
    for place, truth in ((second, 3_500 / 15_000), (third, 130 / 15_000)):
        assert place.ratio_low is not None
        assert place.ratio_high is not None
        assert place.ratio_low < truth < place.ratio_high
        assert place.ratio_low < place.ratio < place.ratio_high
        assert place.ratio == pytest.approx(truth, rel=0.05)


def test_twins_share_a_rank_between_a_faster_and_a_slower_one() -> None:
    blocks = steady(random.Random(2), {"A": 9_000, "B": 2_000, "C": 2_000, "D": 90}, 20)
    assert places(rank(mean_rates(blocks), blocks)) == {"A": "1", "B": "2–3", "C": "2–3", "D": "4"}


def test_one_round_orders_by_rate_and_parts_nobody() -> None:
    ranking = rank(
        [("A", 50.0), ("B", 100.0), ("C", 70.0)], {"A": {0: 50.0}, "B": {0: 100.0}, "C": {0: 70.0}}
    )
    assert [(place.id, rank_text(place), place.ratio) for place in ranking] == [
        ("B", "1–3", 1.0),
        ("C", "1–3", 0.7),
        ("A", "1–3", 0.5),
    ]
    assert all(place.ratio_low is None and place.ratio_high is None for place in ranking)


def test_whoever_has_no_success_comes_last_with_ratio_zero() -> None:
    ranking = rank([("A", 0.0), ("B", 10.0), ("C", 0.0), ("D", 20.0)], {})
    assert [(place.id, rank_text(place), place.ratio) for place in ranking] == [
        ("D", "1–2", 1.0),
        ("B", "1–2", 0.5),
        ("A", "3–4", 0.0),
        ("C", "3–4", 0.0),
    ]


def test_nobody_with_a_success_and_nobody_at_all() -> None:
    assert places(rank([("A", 0.0), ("B", 0.0)], {})) == {"A": "1–2", "B": "1–2"}
    assert places(rank([("A", 1.0)], {})) == {"A": "1"}
    assert rank([], {}) == ()


def test_six_blocks_settle_an_order_of_contenders_far_apart() -> None:
    blocks = steady(random.Random(3), {"A": 800.0, "B": 400.0, "C": 200.0, "D": 100.0, "E": 50.0}, 6)
    assert places(rank(mean_rates(blocks), blocks)) == {"A": "1", "B": "2", "C": "3", "D": "4", "E": "5"}
    five = {key: dict(list(rates.items())[:5]) for key, rates in blocks.items()}
    assert set(places(rank(mean_rates(five), five)).values()) == {"1–5"}


def test_beating_some_rivals_alone_does_not_make_a_first_place() -> None:
    blocks = steady(random.Random(3), {"A": 100.0, "B": 100.0, "C": 50.0}, 6, noise=0.1)
    assert set(places(rank(mean_rates(blocks), blocks)).values()) == {"1–3"}


def test_only_blocks_that_both_took_part_in_are_compared() -> None:
    one = {0: 10.0, 1: 20.0, 2: 30.0}
    other = {1: 10.0, 2: 10.0, 3: 10.0}
    assert log_ratios(one, other) == [log(2), log(3)]
    assert log_ratios(one, {}) == []


@pytest.mark.parametrize("sign", [1, -1])
def test_a_ratio_that_no_float_holds_has_a_logarithm_all_the_same(sign: int) -> None:
    far = log_ratios({0: 10.0 ** (-300 * sign)}, {0: 10.0 ** (300 * sign)})
    assert far == [pytest.approx(-600 * sign * log(10))]


def test_a_block_without_success_counts_as_a_difference_beyond_all_others() -> None:
    assert log_ratios({0: 4.0, 1: 0.0, 2: 1.0, 3: 0.0}, {0: 1.0, 1: 5.0, 2: 0.0, 3: 0.0}) == [
        log(4),
        -NO_SUCCESS,
        NO_SUCCESS,
    ]
    assert log_ratios({0: 5.0, 1: inf, 2: inf}, {0: 5.0, 1: 4.0, 2: inf}) == [0.0, NO_SUCCESS]
    assert log_ratios({0: 0.0}, {0: 5.0}) == []


@pytest.mark.parametrize("dead", ["A", "B"])
def test_two_of_which_one_is_dead_in_every_fourth_block_are_never_called_equal(dead: str) -> None:
    blocks = {key: dict.fromkeys(range(20), 1000.0) for key in "AB"}
    blocks[dead] |= dict.fromkeys(range(0, 20, 4), 0.0)
    differences = log_ratios(blocks["A"], blocks["B"])
    assert not equivalent(differences)
    (_, second) = rank(mean_rates(blocks), blocks)
    assert (second.id, second.ratio, second.ratio_low) == (dead, 1.0, 0.0)
    assert second.ratio_high == pytest.approx(1.0)


def test_an_interval_that_dead_blocks_of_the_leader_leave_open_has_no_upper_bound() -> None:
    blocks = {"A": dict.fromkeys(range(20), 9000.0), "B": dict.fromkeys(range(20), 1000.0)}
    blocks["A"] |= dict.fromkeys(range(0, 20, 4), 0.0)
    (_, second) = rank(mean_rates(blocks), blocks)
    assert (second.id, second.ratio_high) == ("B", None)
    assert second.ratio_low == pytest.approx(1 / 9)


def test_blocks_of_few_requests_are_merged_by_sums_until_each_holds_enough() -> None:
    one = {block: Counted.of(successes, 2.0, successes) for block, successes in enumerate([0.0, 2.0] * 30)}
    other = {block: Counted.of(100.0, 2.0, 100.0) for block in range(60)}
    merged = log_ratios(one, other)
    assert len(merged) == int(60 // FEWEST_SUCCESSES)
    assert merged == pytest.approx([log(0.01)] * len(merged), abs=0.3)
    assert len(log_ratios(other, other)) == 60


@given(st.integers(1, 7), st.integers(0, 20), st.integers(0, 1_000_000))
def test_places_are_ordered_and_within_bounds(contenders: int, count: int, seed: int) -> None:
    source = random.Random(seed)
    blocks = steady(source, {chr(65 + n): 1000 * 1.3**n for n in range(contenders)}, count, noise=0.3)
    rates = [(key, sum(values.values()) if values else 1.0) for key, values in blocks.items()]
    ranking = rank(rates, blocks)
    assert sorted(place.id for place in ranking) == sorted(blocks)
    assert [place.req_per_s for place in ranking] == sorted((rate for _, rate in rates), reverse=True)
    for place in ranking:
        assert 1 <= place.rank_low <= place.rank_high <= contenders


@pytest.mark.parametrize("rates", [[1000.0] * 6, [1000.0] * 2, [9000.0, 9000.0, 800.0, 70.0, 6.0, 0.5]])
def test_equals_are_parted_in_at_most_five_percent_of_runs(rates: list[float]) -> None:
    source = random.Random(4)
    trials = 400
    parted = 0
    for _ in range(trials):
        blocks = steady(source, dict(zip("ABCDEF", rates, strict=False)), 14, noise=0.2)
        settled = places(rank(mean_rates(blocks), blocks))
        equals = [key for key, rate in zip("ABCDEF", rates, strict=False) if rate == rates[0]]
        parted += any(settled[key] != f"1–{len(equals)}" for key in equals)
    # The promise, and two standard errors of this many trials.
    assert parted / trials <= 0.05 + 0.022


def test_a_full_house_of_blocks_is_ranked_by_a_bounded_number_of_averages() -> None:
    blocks = steady(random.Random(5), {"A": 1000.0, "B": 900.0}, 1000)
    assert len(log_ratios(blocks["A"], blocks["B"])) <= 60
    assert places(rank(mean_rates(blocks), blocks)) == {"A": "1", "B": "2"}


def test_the_cheapest_comes_first_by_cpu_and_the_others_cost_more() -> None:
    costs = {"A": 64.0, "B": 276.0, "C": 64.1, "D": 7_800.0}
    blocks = steady(random.Random(6), costs, 20, noise=0.03)
    ranking = rank_cpu(list(costs.items()), blocks)
    assert places(ranking) == {"A": "1–2", "C": "1–2", "B": "3", "D": "4"}
    assert [place.cpu_us_per_request for place in ranking] == [64.0, 64.1, 276.0, 7_800.0]
    first, _, third, _ = ranking
    assert (first.ratio, first.ratio_low, first.ratio_high) == (1.0, None, None)
    assert third.ratio_low is not None
    assert third.ratio_high is not None
    assert 1 < third.ratio_low < third.ratio < third.ratio_high
    assert third.ratio == pytest.approx(276 / 64, rel=0.05)


def test_a_cost_that_is_not_known_has_no_place() -> None:
    ranking = rank_cpu([("A", None), ("B", 200.0), ("C", 100.0), ("D", 0.0)], {})
    assert [(place.id, rank_text(place), place.ratio) for place in ranking] == [
        ("C", "1–2", 1.0),
        ("B", "1–2", 2.0),
    ]
    assert rank_cpu([], {}) == ()


def test_fewer_claims_are_made_at_a_stricter_alpha() -> None:
    blocks = steady(random.Random(3), {"A": 200.0, "B": 100.0}, 8)
    assert places(rank(mean_rates(blocks), blocks, alpha=0.008)) == {"A": "1", "B": "2"}
    assert places(rank(mean_rates(blocks), blocks, alpha=0.007)) == {"A": "1–2", "B": "1–2"}
    assert places(rank_cpu(mean_rates(blocks), blocks, alpha=0.007)) == {"A": "1–2", "B": "1–2"}


@pytest.mark.parametrize("dead", [1, 6, 12])
def test_a_pair_with_dead_blocks_has_words_for_all_that_is_told_of_it(dead: int) -> None:
    values = [0.0] * (20 - dead) + [NO_SUCCESS] * dead
    one, other = (
        ContenderView(id=key, label=key, engine="raw", reuse="shared", concurrency=1) for key in "AB"
    )
    pair = Pair(leader=one, rival=other, factor=1.5, differences=values, blocks=20)
    assert pair.least_delta(0.05, 0.05) is None
    assert not pair.equivalent(0.03, 0.05)
    assert "times" in pair.times()
    assert "%" in pair.share_with_interval()
    assert pair.detectable(0.05) in (None, 0.0)
