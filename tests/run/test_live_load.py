"""The steps of a load that is changed by hand, and what is told of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from httptui import Contender, Load, Plan
from httptui.plan.model import Stage
from httptui.runs.control import IN_FLIGHT_STEPS, RATE_STEPS, LiveLoad, LoadClock


def live(load: Load, *contenders: Contender) -> LiveLoad:
    return LiveLoad.of(Plan(load=load, contender=contenders or (Contender(engine="raw"),)))


def walk(load: LiveLoad, direction: int, steps: int) -> list[float]:
    values = []
    for _ in range(steps):
        load = load.stepped(direction)
        values.append(load.values[0])
    return values


def test_what_is_in_flight_goes_down_to_one_and_two_steps_halve_it() -> None:
    load = live(Load(concurrency=64))
    assert walk(load, -1, 12) == [48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1, 1]
    assert walk(load, 1, 3) == [96, 128, 192]
    assert walk(live(Load(concurrency=768)), 1, 2) == [1_024, 1_024]
    assert walk(live(Load(concurrency=8_000)), 1, 1) == [8_000]


def test_processes_that_share_requests_keep_one_in_flight_each() -> None:
    load = live(Load(concurrency=8, requests=100), Contender(engine="raw", processes=3))
    assert walk(load, -1, 6) == [6, 4, 3, 3, 3, 3]
    with pytest.raises(ValueError, match=r"in flight: 2 is not allowed; a whole number, 3 … 10000"):
        load.set_to(2)
    assert walk(live(Load(kind="open", rate=0.5)), -1, 1) == [0.5]


def test_a_number_off_the_scale_goes_to_its_neighbours() -> None:
    assert walk(live(Load(concurrency=10)), -1, 1) == [8]
    assert walk(live(Load(concurrency=10)), 1, 1) == [12]


def test_a_rate_doubles_in_three_steps() -> None:
    assert walk(live(Load(kind="open", rate=500)), 1, 3) == [640, 800, 1000]
    assert walk(live(Load(kind="open", rate=2)), -1, 4) == [1.6, 1.25, 1, 1]


@pytest.mark.parametrize("steps", [IN_FLIGHT_STEPS, RATE_STEPS])
def test_no_step_is_large(steps: list[float]) -> None:
    assert all(1 < after / before <= 2 for before, after in pairwise(steps))


def test_contenders_with_a_concurrency_of_their_own_go_on_from_it() -> None:
    contenders = (Contender(engine="raw"), Contender(engine="aiohttp", concurrency=4))
    load = live(Load(concurrency=64), *contenders).stepped(-1)
    assert load.text == "A 48 and B 3 in flight"
    assert load.description == "closed · 64 in flight · 10 s · now A 48 and B 3 in flight"
    assert [load.scale(0), load.scale(1)] == [0.75, 0.75]


def test_the_load_is_told_as_it_is_now() -> None:
    assert live(Load(concurrency=64)).stepped(-1).description == "closed · 48 in flight · 10 s"
    assert live(Load(kind="open", rate=500)).stepped(1).description == "open · 640 req/s constant · 10 s"
    stages = (Stage(seconds=2, to=100), Stage(seconds=3, to=20))
    staged = live(Load(kind="open", rate=10, stages=stages)).stepped(1)
    assert staged.text == "up to 125 req/s"
    assert staged.scale(0) == 1.25


def test_a_pool_that_is_too_small_for_what_is_in_flight_is_told() -> None:
    contenders = (
        Contender(engine="raw"),
        Contender(engine="raw", pool=200),
        Contender(engine="raw", reuse="per-worker"),
        Contender(engine="raw", pool="library-defaults"),
    )
    load = live(Load(concurrency=64), *contenders)
    assert load.short_pools == load.stepped(-1).short_pools == ""
    told = "A has 96 in flight on a pool of 64: the rest wait for a connection inside the client"
    assert load.stepped(1).short_pools == told


@pytest.mark.parametrize(
    ("load", "value", "allowed"),
    [
        (Load(concurrency=4), 0, "1 … 10000"),
        (Load(concurrency=4), 2.5, "a whole number"),
        (Load(kind="open", rate=5), 0, "more than 0"),
    ],
)
def test_a_load_that_cannot_be_is_refused(load: Load, value: float, allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed):
        live(load).set_to(value)


def test_the_clock_of_a_run_stands_still_on_hold() -> None:
    clock = LoadClock()
    assert clock.at(100) == 100
    clock.hold(150)
    assert (clock.at(140), clock.at(150), clock.at(900)) == (140, 150, 150)
    assert clock.resume(400) == 250
    assert (clock.at(400), clock.at(410), clock.on_hold) == (150, 160, False)
