"""What a library does where nothing is set, concluded from what arrived at a witness; pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from httptui.safe_text import safe_text

PATHS = ("/cookie", "/", "/redirect", "/last", "/last", "/last", "/drop")
"""What is asked for, one after the other, by one client object."""
LONGEST_VALUE = 300


class Asked(Struct, frozen=True, kw_only=True):
    """What one request came to, as `httptui.engines.probe.plain` tells it."""

    seconds: float
    error: str
    lookups: tuple[str, ...] = ()
    threads: int | None = None


class Arrival(Struct, frozen=True):
    """The bytes of a request's head, and the number of the connection by which it came."""

    head: bytes
    connection: int

    @property
    def path(self) -> str:
        """What was asked for."""
        return self.head.split(b" ", 2)[1].decode("latin-1") if self.head.count(b" ") > 1 else ""


class Plain(Struct, frozen=True, kw_only=True):
    """What a library does where nothing is set.

    `headers` are those it adds to a GET, as they came; `tries` how often it sent a request whose connection broke,
    and `broke` the error then.  `lookups` is how often it looked up a known name for `connections` new ones, and
    `looked_up_in` in which threads ("main", "other"), none where Python has seen no look-up.  `hung` is what it made
    of a server that does not answer after `hung_seconds`, None where it was still waiting after `patience` seconds.
    `failure`: why there is nothing to tell.
    """

    headers: tuple[tuple[str, str], ...] = ()
    keeps_alive: bool | None = None
    keeps_cookies: bool | None = None
    redirects: bool | None = None
    tries: int | None = None
    broke: str = ""
    proxies: bool | None = None
    netrc: bool | None = None
    lookups: int | None = None
    connections: int | None = None
    looked_up_in: tuple[str, ...] = ()
    threads: int | None = None
    hung: str = ""
    hung_seconds: float | None = None
    patience: float = 0.0
    failure: str = ""


def plain_of(
    asked: Sequence[Asked], arrivals: Sequence[Arrival], *, hostile: Sequence[Arrival], proxies: bool
) -> Plain:
    """What the requests of PATHS show, and `hostile` ones in an environment with a netrc and a proxy, which was used
    where `proxies`.
    """
    if len(asked) < len(PATHS) or not arrivals:
        last = asked[-1].error if asked else ""
        return Plain(failure=safe_text(last or "the library could not be used"))
    by_path: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        by_path.setdefault(arrival.path, []).append(arrival)
    first, second = by_path.get("/cookie", []), by_path.get("/", [])
    ends = [index for index, path in enumerate(PATHS) if path == "/last"]
    fresh = [arrival.connection for arrival in by_path.get("/last", [])]
    return Plain(
        headers=tuple(pair for pair in headers_of(arrivals[0].head) if pair[0].lower() != "host"),
        keeps_alive=first[-1].connection == second[0].connection if first and second else None,
        keeps_cookies=b"doctor=1" in second[0].head if second else None,
        redirects="/landed" in by_path,
        tries=len(by_path.get("/drop", [])),
        broke=safe_text(asked[-1].error),
        proxies=proxies,
        netrc=any(name.lower() == "authorization" for one in hostile for name, _ in headers_of(one.head)),
        lookups=len(asked[ends[-1]].lookups) - len(asked[ends[0]].lookups),
        connections=len(set(fresh[1:])),
        looked_up_in=tuple(sorted(set(asked[-1].lookups))),
        threads=asked[-1].threads,
    )


def headers_of(head: bytes) -> tuple[tuple[str, str], ...]:
    """The headers of a request, in their order and spelling."""
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return tuple((safe_text(name), safe_text(value.strip(), LONGEST_VALUE)) for name, _, value in pairs)
