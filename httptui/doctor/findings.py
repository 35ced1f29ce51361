"""Checks of the conformance run, observations of an engine, and findings, one per check."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct, structs

from httptui.plan.abilities import DOCUMENTED

CATALOGUE: dict[str, dict[str, str]] = {
    "start": {
        "loads": "The probe imports the engine.",
        "first request": "A client object is opened, answers a GET with status, body and version, and is closed.",
    },
    "sent": {
        "request line": "Method, path and query arrive with the plan's meaning.",
        "URL escapes": "Percent-escapes of the URL arrive unchanged.",
        "headers added": "Only the plan's headers and Host arrive.",
        "headers kept": "Every header of the plan arrives once, with its value.",
        "header spelling": "Names arrive in the plan's spelling and order.",
        "body sent": "A POST's body arrives byte for byte.",
        "body on GET": "A GET's body arrives byte for byte.",
        "other method": "An unusual method, PURGE, arrives unchanged.",
    },
    "received": {
        "large body": "A body of 8 MiB is read completely.",
        "chunked body": "A chunked body is joined.",
        "HEAD": "HEAD has no body, and its connection serves the next request.",
        "gzip": "A gzip body is decoded, or delivered undecoded.",
        "error statuses": "404 and 503 are replies instead of errors.",
    },
    "connections": {
        "keep-alive": "40 requests one after another share one connection.",
        "shared": "Four workers of one client object share at most four connections.",
        "per-worker": "Four workers with a client object each open four connections.",
        "per-request": "40 client objects open 40 connections.",
        "every-5": "A client object every five of 40 requests opens eight connections.",
        "pool size": "Six workers with a pool of two open at most two connections.",
        "IPv6": "A target at [::1] answers.",
        "closed while idle": "After the server silently closes an idle connection, the next request is answered.",
        "connections told": "The engine's own count of connections equals the server's.",
        "left open": "Closing a client object closes its sockets, as both ends see it.",
    },
    "policies": {
        "redirects off": "A redirect is returned instead of followed.",
        "redirects on": "A redirect is followed if the plan asks for it.",
        "cookies off": "A cookie set by the server is not sent back.",
        "cookies on": "A cookie set by the server is sent back if the plan asks for it.",
        "proxies off": "Environment proxies are not used.",
        "proxies on": "An environment proxy is used if the plan asks for it.",
        "netrc off": "Credentials of a netrc file are not sent.",
        "retries off": "A request whose connection breaks is sent once.",
    },
    "versions": {
        "HTTP/1.1": "HTTP/1.1 is used and reported although the server offers HTTP/2.",
        "HTTP/2": "HTTP/2 is negotiated and reported if the engine supports it.",
    },
    "errors": {
        "close": "A connection that ends without an answer is reported as disconnected.",
        "reset": "A connection that is reset is reported as disconnected.",
        "truncate": "A body shorter than announced is reported as truncated.",
        "malformed": "An answer that is not HTTP is reported as protocol.",
        "hang": "Silence is reported as a timeout, as a read timeout if the library distinguishes it.",
        "refused": "A port without a listener is reported as refused.",
        "dns": "A name that does not exist is reported as dns.",
        "unknown authority": "A certificate of an unknown authority is reported as tls.",
        "wrong host": "A certificate for another host is reported as tls.",
        "CA as leaf": "A server is trusted if its own certificate is the authority that the plan names.",
        "verification off": "Any certificate is accepted if the plan turns verification off.",
        "after an error": "The same client object serves the next request after every fault.",
    },
    "stopping": {
        "time-out": "An answer later than the timeout ends in a timeout.",
        "cancelled": "Requests in flight when a run is stopped are counted as cancelled only.",
        "after a cancel": "A client object with a pool of one serves the next request after a cancelled one.",
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
