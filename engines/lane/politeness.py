"""How a lane is polite: to each host, its requests are sent no faster than at an even pace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from httptui.engines.lane.paces import FOREVER_NS, NS, Pace

if TYPE_CHECKING:
    from httptui.engines.lane.requests_source import Numbers, Requests
    from httptui.engines.lane.turn import Turn


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
