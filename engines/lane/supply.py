"""What each worker of a turn sends, and when: chosen once a turn, so that one request for all costs nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from httptui.engines.lane.paces import Pace
from httptui.engines.lane.politeness import HostPaces, Polite
from httptui.engines.lane.requests_source import Numbers, Requests
from httptui.engines.lane.turn import Turn


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
