"""What the target counts, per listener, and how it tells.

A *request* is counted when it has been received whole and its turn in its connection has come: its answer, its fault
or its added delay begins.  A *connection* is counted when it is accepted (over HTTP/2: see `httptui.target.http2`).
A connection whose requests are all `/stats` is a *control connection*: neither it nor its bytes are in the other
numbers, so that looking changes nothing.  A `/stats` request is always a control request; a *foreign* one, without
the target's token or under another host, is refused.
Bytes are those of the HTTP layer; those of a connection are added once its first request is complete.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct


class ListenerStats(Struct, frozen=True, kw_only=True):
    """The counts of one listener."""

    connections: int = 0
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    control_connections: int = 0
    control_requests: int = 0


class TargetStats(ListenerStats, frozen=True, kw_only=True):
    """Totals of all listeners, and each of them by index; `cpu_seconds` is user + system of the
    whole process since it began; `foreign_requests` are those for the counts that were refused."""

    cpu_seconds: float
    pid: int
    nonce: str
    foreign_requests: int = 0
    listeners: tuple[ListenerStats, ...]


@dataclass(slots=True)
class Tally:
    """The running counts of one listener, or of one connection that has not shown yet what it is."""

    connections: int = 0
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    control_connections: int = 0
    control_requests: int = 0

    def add_bytes(self, other: Tally) -> None:
        """Take over the bytes of a connection."""
        self.bytes_in += other.bytes_in
        self.bytes_out += other.bytes_out


def stats_of(tallies: Sequence[Tally], nonce: str, foreign: int = 0) -> TargetStats:
    """The counts as they stand; `foreign` are requests for them that were refused."""
    names = ListenerStats.__struct_fields__
    listeners = tuple(ListenerStats(**{name: getattr(tally, name) for name in names}) for tally in tallies)
    return TargetStats(
        **{name: sum(getattr(tally, name) for tally in tallies) for name in names},
        cpu_seconds=time.process_time(),
        pid=os.getpid(),
        nonce=nonce,
        foreign_requests=foreign,
        listeners=listeners,
    )


def stats_from_json(data: bytes | msgspec.Raw) -> TargetStats:
    """The counts back from JSON."""
    return msgspec.json.decode(data, type=TargetStats)
