"""Judges of the conformance run: pure functions from observations to findings, one per check."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

import msgspec

from httptui.doctor.bench import CHUNKS
from httptui.doctor.findings import Echo, Finding, Observation, Reply, met, missed
from httptui.results.report import ReportContender
from httptui.safe_text import safe_text
from httptui.target.answers import FILLER, GZIP, KIB
from httptui.units import plural

Headers = Sequence[tuple[str, str]]

LARGE = 8 * 2**20
OF_ITS_OWN = frozenset({"host"})
"""Lower-case names of headers that a client must add."""

NOT_DECODED = "bodies are not decoded: the bytes counted are those of the wire"


def told(reply: Reply) -> str:
    """Describe a reply in a few words."""
    if reply.error:
        return safe_text(f"{reply.error} ({reply.message})" if reply.message else reply.error)
    return f"status {reply.status} with {reply.size} bytes"


def echo_of(reply: Reply) -> Echo | None:
    """Return what the target says it received, or None if the reply does not say."""
    try:
        return msgspec.json.decode(reply.body, type=Echo) if reply.status == 200 else None
    except msgspec.MsgspecError:
        return None


def judge_first(seen: Observation) -> Finding:
    """Judge the simplest request."""
    reply = seen.reply()
    right = (reply.status, reply.body, seen.failure) == (200, KIB, None)
    return Finding("first request", right, safe_text(seen.failure or f"{told(reply)} for {len(KIB)}"))


def judge_head(reply: Reply, method: str, target: str, headers: Headers) -> tuple[Finding, ...]:
    """Judge the head of a request as it arrived against the plan's."""
    echo = echo_of(reply)
    if echo is None:
        names = ("request line", "URL escapes", "headers added", "headers kept", "header spelling")
        return tuple(missed(name, f"/echo gave {told(reply)}") for name in names)
    line, wanted = f"{echo.method} {echo.target}", f"{method} {target}"
    return (
        Finding("request line", unquote(line) == unquote(wanted), safe_text(f"{line} for {wanted}")),
        Finding("URL escapes", echo.target == target, safe_text(f"{echo.target} for {target}")),
        _added(headers, echo.headers),
        _kept(headers, echo.headers),
        _spelling(headers, echo.headers),
    )


def judge_body(reply: Reply, method: str, body: bytes, check: str = "body sent") -> Finding:
    """Judge a body as it arrived."""
    echo = echo_of(reply)
    if echo is None:
        return missed(check, f"/echo gave {told(reply)}")
    arrived = base64.b64decode(echo.body) if echo.body_encoding == "base64" else echo.body.encode()
    if echo.method != method:
        return missed(check, safe_text(f"the method arrived as {echo.method!a}"))
    said = f"{len(arrived)} of {len(body)} bytes arrived, {_same(arrived, body)}"
    return Finding(check, arrived == body, said)


def judge_method(reply: Reply, heads: Sequence[bytes], method: str) -> Finding:
    """Judge an unusual method as it arrived."""
    came = [head.partition(b" ")[0].decode("latin-1") for head in heads]
    said = f"{told(reply)}; {', '.join(came) or 'nothing'} arrived for {method}"
    return Finding("other method", (reply.status, came) == (200, [method]), safe_text(said))


def judge_large(reply: Reply) -> Finding:
    """Judge the reading of LARGE bytes."""
    expected = (FILLER * (LARGE // len(FILLER) + 1))[:LARGE]
    right = reply.status == 200 and reply.sha256 == hashlib.sha256(expected).hexdigest()
    return Finding("large body", right, f"{told(reply)} for {LARGE}")


def judge_chunked(reply: Reply) -> Finding:
    """Judge the joining of chunks."""
    expected = b"".join(CHUNKS)
    right = (reply.status, reply.body) == (200, expected)
    return Finding("chunked body", right, f"{told(reply)} for {len(expected)}")


def judge_head_request(seen: Observation, connections: int) -> Finding:
    """Judge HEAD, then GET, over one connection, the first without a body."""
    head, following = seen.reply(0), seen.reply(1)
    right = (head.status, head.size, following.status, following.size) == (200, 0, 200, len(KIB))
    said = f"HEAD gave {told(head)}, the next GET {told(following)}, over {plural(connections, 'connection')}"
    return Finding("HEAD", right and connections == 1, said)


def judge_gzip(reply: Reply) -> Finding:
    """Judge a gzip body, which must be decoded or untouched."""
    if reply.status == 200 and reply.body == KIB:
        return met("gzip", "decoded")
    if reply.status == 200 and reply.body == GZIP.body:
        return met("gzip", "not decoded", NOT_DECODED)
    return missed("gzip", f"{told(reply)}, neither the decoded body nor the raw one")


def judge_statuses(seen: Observation, statuses: Sequence[int]) -> Finding:
    """Judge error statuses, each of which must be returned as itself."""
    came = [seen.reply(index) for index in range(len(statuses))]
    said = "; ".join(f"{status} gave {told(reply)}" for status, reply in zip(statuses, came, strict=True))
    return Finding("error statuses", [reply.status for reply in came] == list(statuses), said)


def _added(planned: Headers, arrived: Headers) -> Finding:
    more = Counter(name.lower() for name, _ in arrived) - Counter(name.lower() for name, _ in planned)
    found = [
        f"{name}: {value}"
        for name, value in arrived
        if name.lower() in more and name.lower() not in OF_ITS_OWN
    ]
    return Finding("headers added", not found, safe_text(", ".join(found)) or "none but Host")


def _kept(planned: Headers, arrived: Headers) -> Finding:
    there = [(name.lower(), value) for name, value in arrived]
    problems = []
    for name, value in planned:
        values = [other for lower, other in there if lower == name.lower()]
        if not values:
            problems.append(f"{name} is missing")
        elif value not in values:
            problems.append(f"{name}: {value!a} arrived as {', '.join(map(ascii, values))}")
    return Finding("headers kept", not problems, safe_text("; ".join(problems)) or f"all {len(planned)}")


def _spelling(planned: Headers, arrived: Headers) -> Finding:
    names = [name for name, _ in planned]
    lower = {name.lower() for name in names}
    came = [name for name, _ in arrived if name.lower() in lower]
    if came == names:
        return met("header spelling", "as in the plan")
    if [name.lower() for name in came] == [name.lower() for name in names]:
        changed = [f"{old} as {new}" for old, new in zip(names, came, strict=True) if old != new]
        return missed("header spelling", safe_text(", ".join(changed)))
    return missed("header spelling", safe_text(f"the order is {', '.join(came) or 'gone'}"))


def _same(arrived: bytes, sent: bytes) -> str:
    return "unchanged" if arrived == sent else "changed"


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


def judge_lanes(seen: Mapping[str, ReportContender], failure: str = "") -> tuple[Finding, ...]:
    """Judge the number of connections that each way of using the client opened."""
    return tuple(
        _judge_lane(check, seen[check]) if check in seen else missed(check, failure or "no lane ran")
        for check in EXPECTED
    )


def judge_told(seen: Observation, connections: int) -> Finding:
    """Judge the engine's own count of connections against the server's."""
    if seen.connections_opened is None:
        return Finding("connections told", None, "the library gives no way to know")
    said = f"the engine reports {seen.connections_opened}, the server {connections}"
    return Finding("connections told", seen.connections_opened == connections, said)


def judge_ipv6(seen: Observation | None) -> Finding:
    """Judge the answer of a target at [::1]; None means that this machine has no such address."""
    if seen is None:
        return Finding("IPv6", None, "this machine has no IPv6 loopback")
    return Finding("IPv6", seen.reply().status == 200, told(seen.reply()))


def judge_idle(seen: Observation, requests: int) -> Finding:
    """Judge the request after the server closed an idle connection: answered, and sent once."""
    last = seen.reply(len(seen.replies) - 1)
    said = f"{told(last)} after {plural(requests, 'request')}"
    return Finding("closed while idle", (last.status, requests) == (200, 1), said)


def judge_left(sockets: Sequence[int | None], gone: bool, failures: Sequence[str]) -> Finding:
    """Judge the sockets that client objects left open, in the engine's process or at the server."""
    if failures:
        return missed("left open", safe_text("; ".join(dict.fromkeys(failures))))
    counted = [count for count in sockets if count is not None]
    if any(counted):
        said = f"{plural(sum(counted), 'socket')} after closing {plural(len(counted), 'client object')}"
        return missed("left open", said)
    if not gone:
        return missed("left open", "the server still has a connection of a closed client object")
    return met("left open", "nothing")


def judge_cancelled(seen: ReportContender | None, in_flight: int, failure: str = "") -> Finding:
    """Judge the requests in flight when the run was stopped, which must all count as cancelled."""
    if seen is None:
        return missed("cancelled", failure or "no lane ran")
    cancelled = seen.requests.cancelled
    clean = (cancelled, seen.requests.ok, dict(seen.errors), seen.cause) == (in_flight, 0, {}, None)
    return Finding("cancelled", clean, f"{cancelled} of {in_flight} in flight{_mishaps(seen)}")


def judge_after_cancel(seen: Observation, gone: bool) -> Finding:
    """Judge the state of a client object after a cancelled request."""
    first, following = seen.reply(0), seen.reply(1)
    right = first.error == "cancelled" and following.status == 200 and gone
    said = f"the cancelled request ended as {told(first)}, the next one as {told(following)}"
    return Finding("after a cancel", right, said if gone else f"{said}; its connection is still open")


def _judge_lane(check: str, seen: ReportContender) -> Finding:
    least, most = EXPECTED[check]
    ok, opened = seen.requests.ok, seen.connections_opened
    if ok != REQUESTS or seen.cause:
        return missed(check, f"{ok} of {REQUESTS} requests succeeded{_mishaps(seen)}")
    if opened is None:
        return Finding(check, None, "the target did not report its connections")
    wanted = f"{least}" if least == most else f"{least} to {most}"
    said = f"{plural(opened, 'connection')} for {wanted}"
    return Finding(check, least <= opened <= most, said, figure=opened)


def _mishaps(seen: ReportContender) -> str:
    """Describe the other outcomes of the requests, as the end of a sentence."""
    told_of = [f"{kind} {count}" for kind, count in seen.errors.items()]
    if seen.requests.ok not in (0, seen.requests.planned):
        told_of.append(f"ok {seen.requests.ok}")
    if seen.cause:
        told_of.append(seen.cause)
    return safe_text(f" ({'; '.join(told_of)})") if told_of else ""


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
"""Check → acceptable kinds of error, the exact one first."""

LESS_EXACT = "the library does not distinguish a read timeout from others"


def judge_kind(check: str, reply: Reply) -> Finding:
    """Judge the kind of error that a fault caused."""
    kinds = KINDS[check]
    if reply.error not in kinds:
        return missed(check, f"{told(reply)} for {' or '.join(kinds)}")
    return met(check, told(reply), "" if reply.error == kinds[0] else LESS_EXACT)


def judge_after(seen: Mapping[str, Observation]) -> Finding:
    """Judge the request that followed each fault, on the same client object."""
    failed = {name: following for name, job in seen.items() if (following := job.reply(1)).status != 200}
    if not failed:
        return met("after an error", f"after {', '.join(seen)}")
    said = "; ".join(f"after {name}: {told(reply)}" for name, reply in failed.items())
    return missed("after an error", said)


def judge_own_authority(reply: Reply) -> Finding:
    """Judge the trust in a certificate that is its own authority."""
    return Finding("CA as leaf", reply.status == 200, told(reply))


def judge_unverified(reply: Reply) -> Finding:
    """Judge the acceptance of an unknown authority's certificate without verification."""
    return Finding("verification off", reply.status == 200, told(reply))


COOKIE = b"doctor=1"
CREDENTIALS = "authorization"


def judge_redirect_off(reply: Reply, requests: int) -> Finding:
    """Judge a 302 that must be returned."""
    said = f"{told(reply)} after {plural(requests, 'request')}"
    return Finding("redirects off", (reply.status, requests) == (302, 1), said)


def judge_redirect_on(reply: Reply, requests: int) -> Finding:
    """Judge a 302 that must be followed."""
    said = f"{told(reply)} after {plural(requests, 'request')}"
    return Finding("redirects on", (reply.status, reply.body, requests) == (200, KIB, 2), said)


def judge_cookies(check: str, heads: Sequence[bytes], *, wanted: bool) -> Finding:
    """Judge the second request by whether it carries the cookie of the first answer."""
    if len(heads) != 2:
        return missed(check, f"{plural(len(heads), 'request')} of 2 arrived")
    came = COOKIE in heads[1]
    return Finding(check, came == wanted, "the cookie came back" if came else "no cookie came back")


def judge_proxies_off(reply: Reply, at_proxy: int) -> Finding:
    """Judge that the environment's proxy was not used."""
    said = f"{told(reply)}, {plural(at_proxy, 'connection')} to the proxy"
    return Finding("proxies off", echo_of(reply) is not None and at_proxy == 0, said)


def judge_proxies_on(reply: Reply, at_proxy: int) -> Finding:
    """Judge that the environment's proxy was used."""
    said = f"{told(reply)}, {plural(at_proxy, 'connection')} to the proxy"
    return Finding("proxies on", reply.status == 200 and at_proxy == 1, said)


def judge_netrc(reply: Reply) -> Finding:
    """Judge that the credentials of a netrc file were not sent."""
    echo = echo_of(reply)
    if echo is None:
        return missed("netrc off", f"/echo gave {told(reply)}")
    sent = any(name.lower() == CREDENTIALS for name, _ in echo.headers)
    return Finding("netrc off", not sent, "credentials were sent" if sent else "no credentials were sent")


def judge_retries(seen: Observation, requests: int) -> Finding:
    """Judge that a failed request was sent once."""
    said = f"{plural(requests, 'request')} for one that fails ({told(seen.reply())})"
    return Finding("retries off", requests == 1 and bool(seen.reply().error), said)


def judge_version(version: str, reply: Reply) -> Finding:
    """Judge the negotiation and the report of an HTTP version."""
    check, echo = f"HTTP/{version}", echo_of(reply)
    if echo is None:
        return missed(check, f"/echo gave {told(reply)}")
    said = f"the target saw {echo.http_version}, the engine reports {reply.version}"
    return Finding(check, (echo.http_version, reply.version) == (version, version), said)
