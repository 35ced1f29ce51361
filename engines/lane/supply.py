"""What each worker of a turn sends, and when: from a request's number to its place in the order of its host."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from httptui.engines.base import Request
from httptui.engines.lane.turn import FOREVER_NS, NS, Pace, Turn

NUMBER = "{n}"
"""What stands in a URL for the request's number."""


class Requests:
    """The requests of a lane, the same by number in every lane of a run.

    Number n is the n-th of the list, which begins again at its end.  Each is prepared once, but for those that have
    their number in them.
    """

    def __init__(self, prepare: Callable[[Request], Any], requests: Sequence[Request]) -> None:
        self._makers = [_maker(prepare, request) for request in requests]
        self._hosts = [urlsplit(request.url).netloc for request in requests]
        self.alike = len(requests) == 1 and NUMBER not in requests[0].url

    def at(self, number: int) -> Any:
        """The request of a number, prepared."""
        return self._makers[number % len(self._makers)](number)

    def host_of(self, number: int) -> str:
        """The host, with its port, that the request of a number goes to."""
        return self._hosts[number % len(self._hosts)]


class Numbers:
    """0, 1, 2 …, each once, or one part's share where several processes count; those given back come first."""

    def __init__(self, part: int = 0, parts: int = 1) -> None:
        self._fresh = count(part, parts)
        self._back: list[int] = []

    def take(self) -> int:
        """The next number."""
        return heapq.heappop(self._back) if self._back else next(self._fresh)

    def give_back(self, number: int) -> None:
        """A number whose request was not sent after all."""
        heapq.heappush(self._back, number)


def _maker(prepare: Callable[[Request], Any], request: Request) -> Callable[[int], Any]:
    if NUMBER in request.url:
        return partial(_numbered, prepare, request)
    prepared = prepare(request)
    return lambda _number: prepared


def _numbered(prepare: Callable[[Request], Any], request: Request, number: int) -> Any:
    return prepare(replace(request, url=request.url.replace(NUMBER, str(number))))


class HostPaces:
    """When each host may be sent its next request, evenly spaced, `rate` of them a second; times are nanoseconds of
    whatever clock the caller has.
    """

    def __init__(self, rate: float) -> None:
        self._gap_ns = int(NS / rate)
        self._sent: dict[str, int] = {}
        self._booked: dict[str, int] = {}

    def begin(self) -> None:
        """Forget what was booked and not sent."""
        self._booked = dict(self._sent)

    def book(self, host: str, now: int) -> int:
        """The first time, not before now, that nobody else has for this host."""
        before = self._booked.get(host)
        time = now if before is None else max(now, before + self._gap_ns)
        self._booked[host] = time
        return time

    def note_sent(self, host: str, time: int) -> None:
        """Keep that the request booked for a time was sent."""
        self._sent[host] = max(time, self._sent.get(host, time))


class Polite:
    """A worker that, whenever its own pace says go, waits until the host of the next request may be asked again.

    Times are booked by the load's clock, so that they stay apart over a hold.
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
        """The request that is to be sent now, prepared."""
        return self._requests.at(self._number)


class Order(NamedTuple):
    """When one worker is to send, and what: `request` itself or, where there is none, what `draw` gives each time."""

    pace: Pace
    request: Any = None
    draw: Callable[[], Any] | None = None


class Supply:
    """The requests of a lane, and how its workers share them.

    The numbers of requests go on from turn to turn; the warm-up has numbers of its own, so that those that count
    begin with 0 in every lane.  `per_host_rate` in requests per second is the most that goes to one host, None
    without limit.  Processes that share a turn share numbers and rate.
    """

    def __init__(self, requests: Requests, per_host_rate: float | None = None) -> None:
        self._requests = requests
        self._per_host_rate = per_host_rate
        self._hosts: HostPaces | None = None
        self._numbers: dict[bool, Numbers] = {}

    def begin(self, turn: Turn) -> None:
        """A turn begins: nobody waits for a host any more."""
        if self._per_host_rate is not None:
            self._hosts = self._hosts or HostPaces(self._per_host_rate / turn.parts)
            self._hosts.begin()
        self._numbers.setdefault(turn.warmup, Numbers(turn.part, turn.parts))

    def order(self, turn: Turn, worker: int) -> Order:
        """What a worker is to do in a turn."""
        pace, requests, numbers = turn.pace(worker), self._requests, self._numbers[turn.warmup]
        if self._hosts is not None:
            polite = Polite(turn, pace, requests, numbers, self._hosts)
            return Order(polite, draw=polite.take)
        if requests.alike:
            return Order(pace, requests.at(0))
        return Order(pace, draw=lambda: requests.at(numbers.take()))
