"""Judges connections: how many, told how, and gone when they should be; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from httptui.doctor.finding import Finding, met, missed
from httptui.doctor.judge_messages import plural, told
from httptui.doctor.observation import LaneSeen, Observation
from httptui.safe_text import safe_text

REQUESTS = 40
EXPECTED: dict[str, tuple[int, int]] = {
    "keep-alive": (1, 1),
    "shared": (1, 4),
    "per-worker": (4, 4),
    "per-request": (REQUESTS, REQUESTS),
    "every-5": (REQUESTS // 5, REQUESTS // 5),
    "pool size": (1, 2),
}
"""Check → least and most connections that REQUESTS requests may open."""


def judge_lanes(seen: Mapping[str, LaneSeen], failure: str = "") -> tuple[Finding, ...]:
    """Whether each way of using the client opened as many connections as it should."""
    return tuple(
        _judge_lane(check, seen[check]) if check in seen else missed(check, failure or "no lane ran")
        for check in EXPECTED
    )


def judge_told(seen: Observation, connections: int) -> Finding:
    """Whether the engine's own count is that of the server."""
    if seen.connections_opened is None:
        return Finding("connections told", None, "the library gives no way to know")
    said = f"the engine tells {seen.connections_opened}, the server {connections}"
    return Finding("connections told", seen.connections_opened == connections, said)


def judge_six(seen: Observation | None) -> Finding:
    """Whether a target at [::1] answered; None where this machine has no such address."""
    if seen is None:
        return Finding("IPv6", None, "this machine has no IPv6 loopback")
    return Finding("IPv6", seen.reply().status == 200, told(seen.reply()))


def judge_idle(seen: Observation, requests: int) -> Finding:
    """Whether the request after the server closed the idle connection was answered, and sent once."""
    last = seen.reply(len(seen.replies) - 1)
    said = f"{told(last)} after {plural(requests, 'request')}"
    return Finding("closed while idle", (last.status, requests) == (200, 1), said)


def judge_left(sockets: Sequence[int | None], gone: bool, failures: Sequence[str]) -> Finding:
    """Whether no client object left a socket, in the engine's process or at the server."""
    if failures:
        return missed("left open", safe_text("; ".join(dict.fromkeys(failures))))
    counted = [count for count in sockets if count is not None]
    if any(counted):
        said = f"{plural(sum(counted), 'socket')} after closing {plural(len(counted), 'client object')}"
        return missed("left open", said)
    if not gone:
        return missed("left open", "the server still has a connection of a closed client object")
    return met("left open", "nothing")


def judge_cancelled(seen: LaneSeen | None, in_flight: int, failure: str = "") -> Finding:
    """Whether what was in flight when the run was stopped is counted as cancelled, and as nothing else."""
    if seen is None:
        return missed("cancelled", failure or "no lane ran")
    clean = (seen.cancelled, seen.ok, dict(seen.errors), seen.cause) == (in_flight, 0, {}, None)
    return Finding("cancelled", clean, f"{seen.cancelled} of {in_flight} in flight{_mishaps(seen)}")


def judge_after_cancel(seen: Observation, gone: bool) -> Finding:
    """Whether a cancelled request leaves its client object in order."""
    first, following = seen.reply(0), seen.reply(1)
    right = first.error == "cancelled" and following.status == 200 and gone
    said = f"the cancelled request ended as {told(first)}, the next one as {told(following)}"
    return Finding("after a cancel", right, said if gone else f"{said}; its connection is still open")


def _judge_lane(check: str, seen: LaneSeen) -> Finding:
    least, most = EXPECTED[check]
    if seen.ok != REQUESTS or seen.cause:
        return missed(check, f"{seen.ok} of {REQUESTS} requests succeeded{_mishaps(seen)}")
    if seen.connections is None:
        return Finding(check, None, "the target did not tell its connections")
    wanted = f"{least}" if least == most else f"{least} to {most}"
    said = f"{plural(seen.connections, 'connection')} for {wanted}"
    return Finding(check, least <= seen.connections <= most, said, figure=seen.connections)


def _mishaps(seen: LaneSeen) -> str:
    """What else became of the requests, as the end of a sentence."""
    told_of = [f"{kind} {count}" for kind, count in seen.errors.items()]
    if seen.ok and seen.ok != seen.planned:
        told_of.append(f"ok {seen.ok}")
    if seen.cause:
        told_of.append(seen.cause)
    return safe_text(f" ({'; '.join(told_of)})") if told_of else ""
