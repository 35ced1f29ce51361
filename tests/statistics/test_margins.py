"""What one client twice may show is never claimed, and what is more still is."""

from __future__ import annotations

import math
import random

import pytest

from httptui.results.judge.blocks import LARGE_BODIES, PROCESSES, SHARING, largest_body, margins_of
from httptui.results.judge.ranking import Look, differences_beyond, rank, rank_cpu, rank_text, settled
from httptui.statistics import equivalent

BLOCKS = range(20)
LAST = Look(20, 0.05)


def run(speeds: dict[str, float]) -> dict[str, dict[int, float]]:
    """Every contender's figure in 20 blocks, 1 % up and down, alike for none of them."""
    return {
        key: {block: speed * (1 + 0.01 * ((block * (3 + place)) % 7 - 3) / 3) for block in BLOCKS}
        for place, (key, speed) in enumerate(speeds.items())
    }


def test_what_one_client_shows_twice_is_more_under_load_at_once_and_less_with_every_epoch() -> None:
    assert margins_of("concurrent") == margins_of("concurrent", 4) == SHARING
    assert margins_of("interleaved") == margins_of("sequential") == PROCESSES
    assert margins_of("interleaved", 4) == pytest.approx((PROCESSES.rate / 2, PROCESSES.cpu / 2))


def test_large_bodies_have_wider_margins_because_processes_differ_more_with_them() -> None:
    assert margins_of("interleaved", 4, 200_000) == pytest.approx(
        (LARGE_BODIES.rate / 2, LARGE_BODIES.cpu / 2)
    )
    assert margins_of("concurrent", 1, 200_000) == LARGE_BODIES
    assert margins_of("interleaved", 1, 20_000) == PROCESSES
    assert largest_body([]) == 0


def test_a_lasting_difference_within_the_margin_is_told_apart_without_it_only() -> None:
    speeds = {"A": 110.0, "B": 100.0}
    for margin, places in ((0.0, ["1", "2"]), (0.25, ["1–2", "1–2"])):
        found = rank(list(speeds.items()), run(speeds), margin=margin)
        assert [rank_text(place) for place in found] == places
        costs = rank_cpu(list(speeds.items()), run(speeds), margin=margin)
        assert [rank_text(place) for place in costs] == places


def test_what_goes_beyond_the_margin_is_told_apart() -> None:
    speeds = {"A": 400.0, "B": 300.0, "C": 100.0}
    found = rank(list(speeds.items()), run(speeds), margin=0.25)
    assert [(place.id, rank_text(place)) for place in found] == [("A", "1"), ("B", "2"), ("C", "3")]
    close = {"A": 400.0, "B": 350.0, "C": 100.0}
    found = rank(list(close.items()), run(close), margin=0.25)
    assert [(place.id, rank_text(place)) for place in found] == [("A", "1–2"), ("B", "1–2"), ("C", "3")]


@pytest.mark.parametrize("sign", [1, -1])
def test_differences_are_drawn_to_zero_and_never_past_it(sign: int) -> None:
    ratio = {block: math.exp(sign * 0.1) for block in BLOCKS}
    blocks = {"A": ratio, "B": dict.fromkeys(BLOCKS, 1.0)}
    (left,) = differences_beyond(["A", "B"], blocks, 0.05).values()
    assert left == pytest.approx([sign * (0.1 - math.log(1.05))] * 20)
    assert differences_beyond(["A", "B"], blocks, 0.2) == {("A", "B"): []}


def test_a_pair_within_the_margin_is_not_settled_unless_it_is_equal() -> None:
    unequal, equal = {"A": 110.0, "B": 100.0}, {"A": 100.5, "B": 100.0}
    assert settled(list(unequal.items()), run(unequal), LAST)
    assert not settled(list(unequal.items()), run(unequal), LAST, margin=0.25)
    assert settled(list(equal.items()), run(equal), LAST, margin=0.02)
    assert not settled(list(equal.items()), run(equal), LAST, margin=0.25)


@pytest.mark.parametrize(
    ("epochs", "delta", "noise"), [(1, 0.06, 0.02), (4, 0.03, 0.02), (4, 0.06, 0.05), (10, 0.03, 0.01)]
)
def test_a_tie_of_two_that_differ_by_delta_is_claimed_in_at_most_one_run_in_twenty(
    epochs: int, delta: float, noise: float
) -> None:
    """Two processes of one client differ from epoch to epoch as the margin says, in 95 % of pairs by less."""
    margin = margins_of("interleaved", epochs).rate
    spread = math.log1p(PROCESSES.rate) / 1.96
    source = random.Random(epochs)
    runs, unguarded, guarded = 1_500, 0, 0
    for _ in range(runs):
        effects = [source.gauss(math.log1p(delta), spread) for _ in range(epochs)]
        differences = [source.gauss(effects[block % epochs], noise) for block in BLOCKS]
        unguarded += equivalent(differences, delta)
        guarded += equivalent(differences, delta, margin=margin)
    assert guarded / runs <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / runs)
    assert guarded <= unguarded


def test_one_client_twice_is_called_equal_once_epochs_are_enough() -> None:
    spread = math.log1p(PROCESSES.rate) / 1.96
    source = random.Random(1)
    shown = {}
    for epochs in (1, 4, 10):
        margin = margins_of("interleaved", epochs).rate
        shown[epochs] = sum(
            equivalent([source.gauss(effects[block % epochs], 0.01) for block in BLOCKS], margin=margin)
            for effects in ([source.gauss(0, spread) for _ in range(epochs)] for _ in range(200))
        )
    assert shown[1] == 0
    assert 0 < shown[4] < shown[10]
