"""The verdict on a run whose requests failed: no ranking, but when the run was stopped, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from httptui.engines.statuses import is_failure
from httptui.snapshot import ContenderView, Verdict
from httptui.units import format_percent

CAUSES = {
    "refused": "connection refused",
    "dns": "the host name was not found",
    "tls": "the TLS handshake failed",
    "connect_timeout": "connecting timed out",
    "read_timeout": "no answer before the timeout",
    "pool_timeout": "no connection was free in the client's pool before the timeout",
    "timeout": "no answer before the timeout",
    "protocol": "the answer was not valid HTTP",
    "disconnected": "the target closed the connection",
    "truncated": "the answer was cut short",
    "too_large": "the body was larger than policy.max_body",
    "redirects": "too many redirects",
    "local": "an error on this machine",
    "other": "an error that is not classified",
}
"""Kinds of error (`httptui.engines.errors`) in words."""
OWN_WORDS = ("tls", "protocol", "local", "other")
"""Kinds that say little without the library's own message."""


class Outage(Struct, frozen=True, kw_only=True):
    """The target stopped answering: the share of requests that failed in the last `seconds`, None where nothing came
    back at all, and the commonest cause.  `only` are the letters of the contenders under load, where not all were.
    """

    seconds: float
    share: float | None
    cause: str
    only: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Share, time and cause: "97 % of requests failed for 3 s: connection refused"."""
        who = f" of {', '.join(self.only)}" if self.only else ""
        if self.share is None:
            return f"no request{who} was answered for {self.seconds:.0f} s"
        return f"{format_percent(self.share)} of requests{who} failed for {self.seconds:.0f} s: {self.cause}"


def failures_by_cause(
    errors: Mapping[str, int], status: Mapping[str, int], messages: Mapping[str, str]
) -> dict[str, int]:
    """Failures by their cause in words: each failing status apart, and each kind of error, with its first message
    where the kind alone says little.
    """
    found = {
        f"status {code}": count
        for code, count in status.items()
        if code.isdecimal() and is_failure(int(code))
    }
    for kind, count in errors.items():
        if kind == "status" and found:
            continue
        words = CAUSES.get(kind, kind)
        message = messages.get(kind, "") if kind in OWN_WORDS else ""
        found[f"{words} ({message})" if message else words] = count
    return found


def commonest(causes: Mapping[str, int]) -> str:
    """The cause of most failures."""
    return max(causes, key=lambda cause: causes[cause], default="no cause is known")


def invalid(stopped: str) -> Verdict:
    """The verdict on a run that was stopped; `stopped` says when and why: "stopped at 4.2 s: …"."""
    return Verdict("invalid", f"Invalid: {stopped}.")


def invalid_if_nothing_succeeded(views: Iterable[ContenderView]) -> Verdict | None:
    """The verdict on a run that is over, where requests failed and none succeeded; else None."""
    causes: dict[str, int] = {}
    for view in views:
        if view.requests.ok:
            return None
        for cause, count in failures_by_cause(view.errors, view.status, view.first_messages).items():
            causes[cause] = causes.get(cause, 0) + count
    return invalid(f"every request failed: {commonest(causes)}") if causes else None
