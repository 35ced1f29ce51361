"""How far apart the requests to each host are, with the clock given by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turn_examples import MS, START, turn_of

from httptui.engines.base import Request
from httptui.engines.lane.supply import HostPaces, Numbers, PerHostPace, Requests, Supply
from httptui.engines.lane.turn import FOREVER_NS, Turn

TWO_HOSTS = ("http://a/", "http://b/")


class Worker:
    """A polite worker and what it has sent, as (milliseconds after the start, URL)."""

    def __init__(self, pace: PerHostPace) -> None:
        self.pace = pace
        self.sent: list[tuple[float, str]] = []

    def ask(self, now: int) -> int | None:
        """Ask when to send, and send where that is now."""
        told = self.pace(now)
        if told is not None and told <= now:
            self.sent.append(((now - START) / MS, self.pace.take()))
        return told


def workers_of(turn: Turn, count: int, urls: tuple[str, ...], rate: float) -> list[Worker]:
    hosts, numbers = HostPaces(rate), Numbers()
    requests = Requests(lambda request: request.url, [Request("GET", url) for url in urls])
    return [Worker(PerHostPace(turn, turn.pace(worker), requests, numbers, hosts)) for worker in range(count)]


@given(
    rate=st.floats(0.1, 10_000),
    asked=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10**11)), max_size=60),
)
def test_times_of_one_host_are_never_closer_than_its_pace_nor_before_they_are_asked_for(
    rate: float, asked: list[tuple[str, int]]
) -> None:
    hosts = HostPaces(rate)
    booked: dict[str, list[int]] = {}
    for host, now in asked:
        time = hosts.book(host, now)
        assert time >= now
        booked.setdefault(host, []).append(time)
    for times in booked.values():
        assert all(b - a >= int(1e9 / rate) for a, b in pairwise(times))


def test_what_was_booked_and_not_sent_is_free_again_in_the_next_turn() -> None:
    hosts = HostPaces(10)
    assert [hosts.book("a", 0) for _ in range(3)] == [0, 100 * MS, 200 * MS]
    hosts.note_sent("a", 0)
    hosts.begin()
    assert hosts.book("a", 50 * MS) == 100 * MS


def test_each_host_has_a_pace_of_its_own() -> None:
    first, second, third = workers_of(turn_of(seconds=10.0, concurrency=3), 3, TWO_HOSTS, rate=10)
    assert [one.ask(START) for one in (first, second, third)] == [START, START, START + 100 * MS]
    assert first.ask(START + 10 * MS) == START + 100 * MS
    assert third.ask(START + 100 * MS) == first.ask(START + 100 * MS) == START + 100 * MS
    assert [one.sent for one in (first, second, third)] == [
        [(0, "http://a/"), (100, "http://b/")],
        [(0, "http://b/")],
        [(100, "http://a/")],
    ]


def test_requests_that_are_all_handed_out_still_wait_for_their_hosts() -> None:
    turn = turn_of(requests=2, concurrency=3)
    first, second, third = workers_of(turn, 3, ("http://a/",), rate=10)
    assert [first.ask(START), second.ask(START), third.ask(START)] == [START, START + 100 * MS, None]
    assert turn.over
    assert second.ask(START + 100 * MS) == START + 100 * MS
    assert second.sent == [(100, "http://a/")]


def test_a_turn_that_is_stopped_lets_go_and_its_request_is_the_next_one() -> None:
    turn = turn_of(seconds=10.0)
    first, second = workers_of(turn, 2, ("http://a/{n}",), rate=10)
    first.ask(START)
    second.ask(START)
    turn.stop()
    assert second.ask(START + MS) is None
    assert second.pace._numbers.take() == 1


def test_nothing_is_sent_after_the_time_is_over() -> None:
    first, second = workers_of(turn_of(seconds=0.05), 2, ("http://a/",), rate=10)
    first.ask(START)
    assert second.ask(START) == START + 50 * MS
    assert second.ask(START + 50 * MS) is None


def test_a_hold_puts_times_off_by_as_long_as_it_lasts() -> None:
    turn = turn_of(seconds=10.0)
    first, second = workers_of(turn, 2, ("http://a/",), rate=10)
    first.ask(START)
    second.ask(START)
    turn.hold(START + 20 * MS)
    assert second.ask(START + 500 * MS) == FOREVER_NS
    turn.resume(START + 520 * MS)
    assert second.ask(START + 520 * MS) == START + 600 * MS


def test_a_worker_that_thinks_asks_for_its_host_when_it_has_thought() -> None:
    first, second = workers_of(turn_of(seconds=10.0, think_seconds=0.25), 2, ("http://a/",), rate=10)
    assert [first.ask(START), second.ask(START)] == [START, START + 100 * MS]
    assert first.ask(START + 10 * MS) == START + 260 * MS
    assert second.ask(START + 100 * MS) == START + 100 * MS
    assert first.ask(START + 260 * MS) == START + 260 * MS


@pytest.mark.parametrize(("parts", "gap"), [(1, 100), (4, 400)])
def test_processes_share_the_pace_of_a_host(parts: int, gap: int) -> None:
    turn = turn_of(seconds=10.0, concurrency=2 * parts, parts=parts)
    supply = Supply(Requests(lambda request: request.url, [Request("GET", "http://a/")]), 10.0)
    supply.begin(turn)
    first, second = supply.order(turn, 0), supply.order(turn, 1)
    assert [first.pace(START), second.pace(START)] == [START, START + gap * MS]


def test_without_a_pace_and_with_one_request_workers_send_it_as_it_is() -> None:
    turn = turn_of(seconds=10.0)
    supply = Supply(Requests(lambda request: request.url, [Request("GET", "http://a/")]))
    supply.begin(turn)
    order = supply.order(turn, 0)
    assert (order.request, order.draw) == ("http://a/", None)


def test_requests_that_count_begin_with_number_0_after_the_warm_up_and_go_on_from_turn_to_turn() -> None:
    supply = Supply(Requests(lambda request: request.url, [Request("GET", "http://a/{n}")]))
    told = []
    for warmup in (True, False, False):
        turn = turn_of(seconds=10.0, warmup=warmup)
        supply.begin(turn)
        draw = supply.order(turn, 0).draw
        assert draw is not None
        told += [draw(), draw()]
    assert told == [f"http://a/{number}" for number in (0, 1, 0, 1, 2, 3)]
