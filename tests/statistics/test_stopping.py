from __future__ import annotations

import random

import pytest
import scipy.stats

from httptui.results.judge.ranking import Look, looks, settled

Blocks = dict[str, dict[int, float]]


def run(speeds: dict[str, float], count: int, noise: float) -> Blocks:
    source = random.Random(1)
    return {
        key: {block: speed * source.lognormvariate(0, noise) for block in range(count)}
        for key, speed in speeds.items()
    }


def test_twenty_blocks_are_looked_at_five_times_by_o_brien_and_flemings_bounds() -> None:
    at = looks(20)
    assert [look.block for look in at] == [8, 11, 14, 17, 20]
    for look in at:
        assert look.alpha == pytest.approx(2 * scipy.stats.norm.sf(2.10 * (20 / look.block) ** 0.5))
    assert [look.alpha for look in at] == sorted(look.alpha for look in at)
    assert at[-1].alpha == pytest.approx(0.0357, abs=1e-4)


@pytest.mark.parametrize(("most", "after"), [(1, [1]), (6, [2, 3, 4, 5, 6]), (100, [40, 55, 70, 85, 100])])
def test_other_lengths_are_looked_at_after_the_same_shares(most: int, after: list[int]) -> None:
    at = looks(most)
    assert [look.block for look in at] == after
    assert at[-1].alpha == looks(20)[-1].alpha


def test_far_apart_contenders_are_settled_once_the_bound_can_be_reached() -> None:
    speeds = {"A": 400.0, "B": 200.0, "C": 100.0}
    first, second, *_ = looks(20)
    assert not settled(list(speeds.items()), run(speeds, 8, 0.05), first)
    assert settled(list(speeds.items()), run(speeds, 11, 0.05), second)


def test_equals_are_settled_by_being_shown_equal_and_not_by_noise() -> None:
    speeds = {"A": 200.0, "B": 200.0, "C": 100.0}
    last = looks(20)[-1]
    assert settled(list(speeds.items()), run(speeds, 20, 0.01), last)
    assert not settled(list(speeds.items()), run(speeds, 20, 0.01), last, delta=0.001)
    assert not settled(list(speeds.items()), run(speeds, 20, 0.2), last)


def test_whoever_has_no_success_is_not_waited_for() -> None:
    look = Look(20, 0.05)
    assert settled([("A", 10.0), ("B", 0.0)], {"A": dict.fromkeys(range(20), 10.0)}, look)
    assert settled([], {}, look)
    assert not settled([("A", 10.0), ("B", 5.0)], {}, look)
