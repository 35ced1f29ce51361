"""Checks of the conformance run, observations of an engine, and findings, one per check."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct, structs

from httptui.plan.abilities import DOCUMENTED

CATALOGUE: dict[str, dict[str, str]] = {
    "start": {
        "loads": "The engine is imported by the probe.",
        "first request": "A client object is opened, answers a GET with status, body and version, and is closed.",
    },
    "sent": {
        "request line": "Method, path and query arrive and mean what the plan has.",
        "URL escapes": "Percent-escapes of the URL arrive as the plan spells them.",
        "headers added": "No header arrives that the plan does not have, Host aside.",
        "headers kept": "Every header of the plan arrives once, with its value.",
        "header spelling": "Names arrive in the plan's spelling and order.",
        "body sent": "A POST's body arrives byte for byte.",
        "body on GET": "A GET's body arrives byte for byte.",
        "other method": "A method that few know, PURGE, arrives as it is.",
    },
    "received": {
        "large body": "8 MiB are read whole.",
        "chunked body": "A chunked body is put together.",
        "HEAD": "HEAD has no body, and its connection serves the next request.",
        "gzip": "A gzip body is decoded, or handed over as it came.",
        "error statuses": "404 and 503 are replies, not errors.",
    },
    "connections": {
        "keep-alive": "40 requests one after another share one connection.",
        "shared": "Four workers of one client object share at most four connections.",
        "per-worker": "Four workers with a client object each open four connections.",
        "per-request": "40 client objects open 40 connections.",
        "every-5": "A client object every five of 40 requests opens eight connections.",
        "pool size": "Six workers with a pool of two open at most two connections.",
        "IPv6": "A target at [::1] answers.",
        "closed while idle": "After the server closed an idle connection without a word, a request is answered.",
        "connections told": "The engine's own count of connections is the server's.",
        "left open": "Closing a client object closes its sockets, as both ends see it.",
    },
    "policies": {
        "redirects off": "A redirect is handed over, not followed.",
        "redirects on": "A redirect is followed where the plan asks for it.",
        "cookies off": "A cookie set by the server does not come back.",
        "cookies on": "A cookie set by the server comes back where the plan asks for it.",
        "proxies off": "Proxies of the environment are not used.",
        "proxies on": "A proxy of the environment is used where the plan asks for it.",
        "netrc off": "Credentials of a netrc file are not sent.",
        "retries off": "A request whose connection broke is sent once.",
    },
    "versions": {
        "HTTP/1.1": "HTTP/1.1 is spoken where HTTP/2 is on offer, and told so.",
        "HTTP/2": "HTTP/2 is negotiated and told, where the engine says it can.",
    },
    "errors": {
        "close": "A connection that ends without an answer is disconnected.",
        "reset": "A connection that is reset is disconnected.",
        "truncate": "A body shorter than announced is truncated.",
        "malformed": "An answer that is not HTTP is protocol.",
        "hang": "Silence is a time-out, of reading where the library tells.",
        "refused": "A port where nobody listens is refused.",
        "dns": "A name that does not exist is dns.",
        "unknown authority": "A certificate of an unknown authority is tls.",
        "wrong host": "A certificate for another host is tls.",
        "CA as leaf": "A server whose own certificate is the authority that the plan names is trusted.",
        "verification off": "Any certificate will do where the plan switches verification off.",
        "after an error": "The same client object serves the next request after every fault.",
    },
    "stopping": {
        "time-out": "An answer later than the time-out ends in a time-out.",
        "cancelled": "What is in flight when a run is stopped is counted as cancelled, and as nothing else.",
        "after a cancel": "A client object with a pool of one serves the request after a cancelled one.",
    },
}

NAMES = tuple(name for checks in CATALOGUE.values() for name in checks)


Outcome = Literal["pass", "known", "FAIL", "–"]


class Finding(Struct, frozen=True):
    """Result of one check; `passed` is None if the check does not apply, `said` describes the observation.

    `remark`: the exception by which a check passed. `figure`: the counted number, for checks that count.
    """

    check: str
    passed: bool | None
    said: str
    remark: str = ""
    figure: int | None = None

    @property
    def outcome(self) -> Outcome:
        """The result in one word."""
        if self.passed is None:
            return "–"
        if not self.passed:
            return "FAIL"
        return "known" if self.remark else "pass"


class Examination(Struct, frozen=True, kw_only=True):
    """Findings of one engine, in the order of the catalogue."""

    engine: str
    package: str
    version: str | None
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """True if no check failed."""
        return all(finding.passed is not False for finding in self.findings)

    def finding(self, check: str) -> Finding:
        """Return the finding of one check; KeyError if there is no such check."""
        found = {finding.check: finding for finding in self.findings}
        return found[check]


def met(check: str, said: str, remark: str = "") -> Finding:
    """Return a finding of a check that passed."""
    return Finding(check, passed=True, said=said, remark=remark)


def missed(check: str, said: str) -> Finding:
    """Return a finding of a check that failed."""
    return Finding(check, passed=False, said=said)


def whole(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return one finding per check of the catalogue, in its order; checks that were not made do not apply."""
    by_name = {finding.check: finding for finding in found}
    return tuple(by_name.get(name, Finding(name, None, "not looked at")) for name in NAMES)


def excused(engine: str, finding: Finding, accepted: Collection[str] = ()) -> Finding:
    """Return a failed finding as passed if it is a documented exception of that engine, or accepted by the user."""
    if finding.passed is not False:
        return finding
    reason = DOCUMENTED.get((engine, finding.check), "")
    if not reason and finding.check in accepted:
        reason = "accepted by --accept"
    return structs.replace(finding, passed=True, remark=reason) if reason else finding


SHORT_TIMEOUT = 1.0
"""Time-out in seconds for clients that are meant to time out."""


class Ask(Struct, frozen=True):
    """One request for the probe to send, and the seconds after which to cancel it, or None."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cancel_after: float | None = None


class Job(Struct, frozen=True):
    """Life of one client object: fields of the engines' `Settings`, and a series of requests."""

    settings: Mapping[str, Any]
    requests: tuple[Ask, ...]


class Reply(Struct, frozen=True, kw_only=True):
    """Result of `send`: an answer, or kind and message of an error. `body` is cut at 64 KiB."""

    status: int | None = None
    version: str = ""
    size: int = 0
    sha256: str = ""
    body: bytes = b""
    error: str = ""
    message: str = ""


class Observation(Struct, frozen=True, kw_only=True):
    """Result of a job. `failure`: why a client object could not be made, opened or closed, or that it hung."""

    replies: tuple[Reply, ...] = ()
    failure: str | None = None
    hung: bool = False
    connections_opened: int | None = None
    sockets_left: int | None = None

    def reply(self, index: int = 0) -> Reply:
        """Return one reply; if it is missing, an error with the reason."""
        if index < len(self.replies):
            return self.replies[index]
        return Reply(error="no reply", message=self.failure or "the client was not asked")


class Echo(Struct, frozen=True, kw_only=True):
    """A request as it arrived at the target, from its `/echo`."""

    method: str
    target: str
    http_version: str
    headers: tuple[tuple[str, str], ...]
    body: str
    body_encoding: str
