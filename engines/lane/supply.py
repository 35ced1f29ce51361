"""Supply of requests and send times to the workers of a turn, including the order and pace per host.

A wait for a host's pace comes before a request is planned, so it is not part of the request's latency.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from httptui.engines.base import Request
from httptui.engines.lane.turn import FOREVER_NS, NS, Pace, Turn

T = TypeVar("T")

NUMBER = "{n}"
"""Placeholder in a URL for the request's number."""


class Requests:
    """The requests of a lane, the same by number in every lane of a run.

    Number n is the n-th of the list, which repeats. Each is prepared once, except those that contain their number.
    """

    def __init__(self, prepare: Callable[[Request], Any], requests: Sequence[Request]) -> None:
        self._makers = [_maker(prepare, request) for request in requests]
        self._hosts = [urlsplit(request.url).netloc for request in requests]
        self.alike = len(requests) == 1 and NUMBER not in requests[0].url

    def at(self, number: int) -> Any:
        return self._makers[number % len(self._makers)](number)

    def host_of(self, number: int) -> str:
        """Return the host and port of the request of a number."""
        return self._hosts[number % len(self._hosts)]


class Numbers:
    """The numbers 0, 1, 2 …, or one part's share of them; numbers given back are issued first."""

    def __init__(self, part: int = 0, parts: int = 1) -> None:
        self._fresh = count(part, parts)
        self._back: list[int] = []

    def take(self) -> int:
        return heapq.heappop(self._back) if self._back else next(self._fresh)

    def give_back(self, number: int) -> None:
        """Return a number whose request was not sent."""
        heapq.heappush(self._back, number)


def _maker(prepare: Callable[[Request], Any], request: Request) -> Callable[[int], Any]:
    if NUMBER in request.url:
        return partial(_numbered, prepare, request)
    prepared = prepare(request)
    return lambda _number: prepared


def _numbered(prepare: Callable[[Request], Any], request: Request, number: int) -> Any:
    return prepare(replace(request, url=request.url.replace(NUMBER, str(number))))


class HostPaces:
    """Send times per host, evenly spaced at `rate` requests per second, in nanoseconds of the caller's clock."""

    def __init__(self, rate: float) -> None:
        self._gap_ns = int(NS / rate)
        self._sent: dict[str, int] = {}
        self._booked: dict[str, int] = {}

    def begin(self) -> None:
        """Forget times that were booked but not used."""
        self._booked = dict(self._sent)

    def book(self, host: str, now: int) -> int:
        """Book and return the first free time for this host, not before now."""
        before = self._booked.get(host)
        time = now if before is None else max(now, before + self._gap_ns)
        self._booked[host] = time
        return time

    def note_sent(self, host: str, time: int) -> None:
        """Note that the request booked for a time was sent."""
        self._sent[host] = max(time, self._sent.get(host, time))


class PerHostPace:
    """Pace of a worker that, each time its own pace allows a request, also waits for the next request's host.

    Times are booked on the load clock, so that they stay apart across a hold.
    """

    free_ns = 0

    def __init__(
        self, turn: Turn, pace: Pace, requests: Requests, numbers: Numbers, hosts: HostPaces
    ) -> None:
        self._turn = turn
        self._pace = pace
        self._requests = requests
        self._numbers = numbers
        self._hosts = hosts
        self._waiting: tuple[int, int] | None = None
        self._number = 0

    def __call__(self, now: int) -> int | None:
        if self._waiting is None:
            following = self._pace(now)
            if following is None or following > now:
                return following
        turn = self._turn
        with turn.changing:
            load = turn.load_ns(now)
            if self._waiting is None:
                number = self._numbers.take()
                self._waiting = number, self._hosts.book(self._requests.host_of(number), load)
            number, booked = self._waiting
            if turn.stopped or turn.ended(now):
                self._numbers.give_back(number)
                self._waiting = None
                return None
            if turn.held(now):
                return FOREVER_NS
            if booked > load:
                return min(now + booked - load, turn.deadline_ns)
            self._hosts.note_sent(self._requests.host_of(number), booked)
            self._number, self._waiting = number, None
        return now

    def take(self) -> Any:
        """Return the prepared request that is to be sent now."""
        return self._requests.at(self._number)


class Order(NamedTuple):
    """A worker's pace, and its requests: always `request`, or what `draw` returns each time."""

    pace: Pace
    request: Any = None
    draw: Callable[[], Any] | None = None

    def filled(self, send: Callable[[Any], T]) -> tuple[Callable[[Any], T], Any]:
        """Return `send` with its argument: the request, or a function that draws one each time."""
        return (send, self.request) if self.draw is None else (lambda draw: send(draw()), self.draw)


class Supply:
    """The requests of a lane, distributed to its workers.

    Request numbers continue from turn to turn. The warm-up has its own, so that measured requests begin with 0 in
    every lane. `per_host_rate` is the most requests per second to one host, None for no limit. Processes that share a
    turn share numbers and rate.
    """

    def __init__(self, requests: Requests, per_host_rate: float | None = None) -> None:
        self._requests = requests
        self._per_host_rate = per_host_rate
        self._hosts: HostPaces | None = None
        self._numbers: dict[bool, Numbers] = {}

    def begin(self, turn: Turn) -> None:
        """Begin a turn: drop bookings that nobody waits for any more."""
        if self._per_host_rate is not None:
            self._hosts = self._hosts or HostPaces(self._per_host_rate / turn.parts)
            self._hosts.begin()
        self._numbers.setdefault(turn.warmup, Numbers(turn.part, turn.parts))

    def order(self, turn: Turn, worker: int) -> Order:
        """Return what a worker sends in a turn, and when.

        Resolved once per turn, so that a single request costs nothing extra each time.
        """
        pace, requests, numbers = turn.pace(worker), self._requests, self._numbers[turn.warmup]
        if self._hosts is not None:
            per_host = PerHostPace(turn, pace, requests, numbers, self._hosts)
            return Order(per_host, draw=per_host.take)
        if requests.alike:
            return Order(pace, requests.at(0))
        return Order(pace, draw=lambda: requests.at(numbers.take()))
