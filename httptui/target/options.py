"""Options of a target, and its counts per listener.

A *request* is counted once it is complete and its turn in its connection has come, when its answer, fault or delay
begins. A *connection* is counted when it is accepted (over HTTP/2: see `httptui.target.http2`). A connection with
only `/stats` requests is a *control connection*: it and its bytes are in no other number, so that reading the counts
does not change them. A `/stats` request is always a control request; a *foreign* one, without the target's token or
under another host, is refused. Bytes are those of the HTTP layer; a connection's are added once its first request is
complete.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import asdict

from httptui.errors import TargetError

MAX_DELAY_MS = 60_000.0
MAX_LISTENERS = 64

Milliseconds = Annotated[float, Meta(ge=0, le=MAX_DELAY_MS)]
Share = Annotated[float, Meta(ge=0, le=1)]
AnyStruct = TypeVar("AnyStruct", bound=Struct)


class Pacing(Struct, frozen=True, kw_only=True):
    """Server-wide defaults.

    Each answer waits `latency_ms` ± up to `jitter_ms` (uniform, at least 0), and the share `error_rate` of answers is
    a 503. `/stats` is exempt; a request's query overrides each value.
    """

    latency_ms: Milliseconds = 0.0
    jitter_ms: Milliseconds = 0.0
    error_rate: Share = 0.0

    @property
    def calm(self) -> bool:
        """True if nothing is added."""
        return not (self.latency_ms or self.jitter_ms or self.error_rate)


class TargetOptions(Pacing, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options at the start of a target, with its initial pacing.

    `port` 0 takes free ports; any other is the first of `listeners` in a row. `http2` implies TLS. `seed` determines
    jitter and errors. `/stats` returns `nonce`, if there is a `token` only to requests that carry it.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 0
    listeners: Annotated[int, Meta(ge=1, le=MAX_LISTENERS)] = 1
    tls: bool = False
    http2: bool = False
    seed: int = 1
    nonce: str = ""
    token: str = ""

    @property
    def pacing(self) -> Pacing:
        """The initial pacing."""
        return Pacing(latency_ms=self.latency_ms, jitter_ms=self.jitter_ms, error_rate=self.error_rate)

    @property
    def encrypted(self) -> bool:
        """True if clients must use TLS."""
        return self.tls or self.http2


def checked_options(values: dict[str, object]) -> TargetOptions:
    """Convert loose values to options; TargetError names an unusable value."""
    return _checked(values, TargetOptions)


def changed_pacing(pacing: Pacing, changes: dict[str, object]) -> Pacing:
    """Return the pacing with some values replaced; TargetError names an unusable value."""
    known = Pacing.__struct_fields__
    for name in changes:
        if name not in known:
            raise TargetError(f"target: {name} cannot be set; allowed are {', '.join(known)}")
    return _checked(asdict(pacing) | changes, Pacing)


def _checked(values: dict[str, object], kind: type[AnyStruct]) -> AnyStruct:
    for name, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise TargetError(f"target: {name} must be a finite number")
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise TargetError(f"target: {error}") from None


class ListenerStats(Struct, frozen=True, kw_only=True):
    """Counts of one listener."""

    connections: int = 0
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    control_connections: int = 0
    control_requests: int = 0


class TargetStats(ListenerStats, frozen=True, kw_only=True):
    """Totals of all listeners, and the counts of each.

    `cpu_seconds` is user + system time of the process since it began; `foreign_requests` counts refused requests for
    the counts.
    """

    cpu_seconds: float
    pid: int
    nonce: str
    foreign_requests: int = 0
    listeners: tuple[ListenerStats, ...]


@dataclass(slots=True)
class Tally:
    """Running counts of one listener, or of one connection whose kind is not known yet."""

    connections: int = 0
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    control_connections: int = 0
    control_requests: int = 0

    def add_bytes(self, other: Tally) -> None:
        """Add the bytes of a connection."""
        self.bytes_in += other.bytes_in
        self.bytes_out += other.bytes_out


def stats_of(tallies: Sequence[Tally], nonce: str, foreign: int = 0) -> TargetStats:
    """Return the present counts; `foreign` is the number of refused requests for them."""
    return TargetStats(
        **{name: sum(getattr(tally, name) for tally in tallies) for name in ListenerStats.__struct_fields__},
        cpu_seconds=time.process_time(),
        pid=os.getpid(),
        nonce=nonce,
        foreign_requests=foreign,
        listeners=tuple(msgspec.convert(tally, ListenerStats, from_attributes=True) for tally in tallies),
    )


def stats_from_json(data: bytes | msgspec.Raw) -> TargetStats:
    """Decode counts from JSON."""
    return msgspec.json.decode(data, type=TargetStats)
