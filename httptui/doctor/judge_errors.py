"""Judges the kinds of errors: each fault has one, whichever client it meets; pure."""

from __future__ import annotations

from collections.abc import Mapping

from httptui.doctor.finding import Finding, met, missed
from httptui.doctor.judge_messages import told
from httptui.doctor.observation import Observation, Reply

KINDS: dict[str, tuple[str, ...]] = {
    "close": ("disconnected",),
    "reset": ("disconnected",),
    "truncate": ("truncated",),
    "malformed": ("protocol",),
    "hang": ("read_timeout", "timeout"),
    "refused": ("refused",),
    "dns": ("dns",),
    "unknown authority": ("tls",),
    "wrong host": ("tls",),
    "time-out": ("read_timeout", "timeout"),
}
"""Check → the kinds that may be told, the exact one first."""

LESS_EXACT = "the library does not tell a time-out of reading from others"


def judge_kind(check: str, reply: Reply) -> Finding:
    """Whether a fault came out as its kind of error."""
    kinds = KINDS[check]
    if reply.error not in kinds:
        return missed(check, f"{told(reply)} for {' or '.join(kinds)}")
    return met(check, told(reply), "" if reply.error == kinds[0] else LESS_EXACT)


def judge_after(seen: Mapping[str, Observation]) -> Finding:
    """Whether the request that followed each fault, on the same client object, succeeded."""
    failed = {name: following for name, job in seen.items() if (following := job.reply(1)).status != 200}
    if not failed:
        return met("after an error", f"after {', '.join(seen)}")
    said = "; ".join(f"after {name}: {told(reply)}" for name, reply in failed.items())
    return missed("after an error", said)


def judge_own_authority(reply: Reply) -> Finding:
    """Whether a certificate that is its own authority was trusted."""
    return Finding("CA as leaf", reply.status == 200, told(reply))


def judge_unverified(reply: Reply) -> Finding:
    """Whether a certificate of an unknown authority was taken where nothing is to be verified."""
    return Finding("verification off", reply.status == 200, told(reply))
