"""The promises of the statistics, kept in simulated worlds; `python -m benchmarks.simulate` is the long version."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

from benchmarks.simulate import counts_of, until_decided
from benchmarks.worlds import FIELDS, SOUND, UNSOUND, calm, simulated
from httptui.results.judge.blocks import BlockRecord, log_ratios, rates_of
from httptui.results.judge.ranking import looks
from httptui.results.snapshot import Rank
from httptui.statistics import FEWEST_FOR_95, detectable, equivalent, estimate, signed_rank_p

pytestmark = pytest.mark.long

PAIRS = 400
CROWDS = 120


def runs_of(field: str) -> int:
    return PAIRS if len(FIELDS[field]) == 2 else CROWDS


def most(runs: int, share: float = 0.05) -> float:
    """The promise, and three standard errors of so many runs."""
    return share + 3 * math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize(
    "field", ["2 equal", "6 equal", "2 tied of 6", "3 tied pairs", "6, each 15 % behind"]
)
@pytest.mark.parametrize("world", SOUND)
def test_claims_are_false_in_at_most_one_run_of_twenty_under_every_stopping_rule(
    world: str, field: str
) -> None:
    runs = runs_of(field)
    found = counts_of(world, field, runs, f"{world} {field}")
    for claim in ("fixed winner", "fixed place", "decided winner", "decided place"):
        assert found[claim] / runs <= most(runs), claim


def test_intervals_cover_the_truth_in_93_to_97_percent_of_runs() -> None:
    found: Counter[str] = Counter()
    for world in SOUND:
        found += counts_of(world, "2, 15 % apart", PAIRS, world)
    assert 0.93 <= found["covered"] / found["pairs"] <= 0.97


def test_looking_five_times_at_five_percent_would_break_the_promise_that_the_bounds_keep() -> None:
    runs = 1_500
    found = counts_of("calm", "2 equal", runs, "looks")
    assert found["naive winner"] / runs > most(runs)
    assert found["decided winner"] / runs <= most(runs)


def test_a_clear_order_is_settled_before_the_end() -> None:
    found = counts_of("calm", "2, 15 % apart", 100, "clear")
    assert found["settled"] == 100
    assert found["blocks"] / 100 < 15


def test_contenders_that_wander_by_themselves_are_beyond_pairing_and_flagged_more_often() -> None:
    runs = 200
    apart = counts_of("contenders wander", "2 equal", runs, "unsound")
    sound = counts_of("calm", "2 equal", runs, "sound")
    assert set(UNSOUND) == {"contenders wander"}
    assert apart["fixed winner"] / runs > most(runs)
    assert apart["flagged"] > sound["flagged"]


def differences(source: random.Random, ratio: float, spread: float, count: int) -> list[float]:
    return [math.log(ratio) + source.gauss(0, spread) for _ in range(count)]


@pytest.mark.parametrize("count", [8, 20])
def test_contenders_that_differ_by_the_margin_are_called_equal_in_at_most_one_run_of_twenty(
    count: int,
) -> None:
    source = random.Random(count)
    runs = 800
    false = sum(equivalent(differences(source, 1.03, 0.02, count)) for _ in range(runs))
    assert 0.02 <= false / runs <= most(runs)


def test_false_ties_stay_rare_when_looked_for_several_times() -> None:
    source = random.Random(7)
    runs = 400
    at = looks(20)
    false = 0
    for _ in range(runs):
        values = differences(source, 1.03, 0.02, 20)
        false += any(equivalent(values[: look.block], alpha=look.alpha) for look in at)
    assert false / runs <= most(runs)


def test_equals_are_shown_to_be_equal_where_the_noise_allows() -> None:
    source = random.Random(8)
    assert sum(equivalent(differences(source, 1.0, 0.02, 20)) for _ in range(100)) > 95
    assert not equivalent(differences(source, 1.0, 0.2, 20))
    assert not equivalent([])
    assert not equivalent([0.0] * 4)
    assert equivalent([0.04] * 6, delta=0.05)
    assert not equivalent([0.04] * 6, delta=0.03)


def test_the_detectable_difference_is_found_four_times_in_five() -> None:
    source = random.Random(9)
    runs = 600
    usual = sorted(detectable(differences(source, 1.0, 0.1, 20)) or 0.0 for _ in range(runs))[runs // 2]
    found = sum(signed_rank_p(differences(source, 1 + usual, 0.1, 20)) <= 0.05 for _ in range(runs))
    assert 0.70 <= found / runs <= 0.90
    assert detectable([0.1] * (FEWEST_FOR_95 - 1)) is None
    assert detectable([]) is None
    assert detectable([0.1 * n for n in range(60)], alpha=0.0) is None


def test_a_run_that_is_never_settled_goes_to_its_last_block() -> None:
    records: list[BlockRecord] = simulated(random.Random(3), calm, FIELDS["2 equal"], 20)
    blocks = rates_of(records)
    stopped, ranking = until_decided(blocks)
    assert stopped == looks(20)[-1]
    assert [isinstance(place, Rank) and place.rank_high for place in ranking] == [2, 2]
    assert estimate(log_ratios(blocks["A"], blocks["B"])).low is not None
