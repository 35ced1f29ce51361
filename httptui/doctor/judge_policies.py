"""Judges what a client does beyond one plain request, unasked and asked, and which HTTP it speaks; pure."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.doctor.finding import Finding, missed
from httptui.doctor.judge_messages import echo_of, plural, told
from httptui.doctor.observation import Observation, Reply
from httptui.target.answers import KIB

COOKIE = b"doctor=1"
CREDENTIALS = "authorization"


def judge_redirect_off(reply: Reply, requests: int) -> Finding:
    """Whether a 302 was handed over."""
    said = f"{told(reply)} after {plural(requests, 'request')}"
    return Finding("redirects off", (reply.status, requests) == (302, 1), said)


def judge_redirect_on(reply: Reply, requests: int) -> Finding:
    """Whether a 302 was followed."""
    said = f"{told(reply)} after {plural(requests, 'request')}"
    return Finding("redirects on", (reply.status, reply.body, requests) == (200, KIB, 2), said)


def judge_cookies(check: str, heads: Sequence[bytes], *, wanted: bool) -> Finding:
    """Whether the cookie of the first answer is in the second request."""
    if len(heads) != 2:
        return missed(check, f"{plural(len(heads), 'request')} of 2 arrived")
    came = COOKIE in heads[1]
    return Finding(check, came == wanted, "the cookie came back" if came else "no cookie came back")


def judge_proxies_off(reply: Reply, at_proxy: int) -> Finding:
    """Whether the environment's proxy was left alone."""
    said = f"{told(reply)}, {plural(at_proxy, 'connection')} to the proxy"
    return Finding("proxies off", echo_of(reply) is not None and at_proxy == 0, said)


def judge_proxies_on(reply: Reply, at_proxy: int) -> Finding:
    """Whether the environment's proxy was used."""
    said = f"{told(reply)}, {plural(at_proxy, 'connection')} to the proxy"
    return Finding("proxies on", reply.status == 200 and at_proxy == 1, said)


def judge_netrc(reply: Reply) -> Finding:
    """Whether the credentials of a netrc file stayed there."""
    echo = echo_of(reply)
    if echo is None:
        return missed("netrc off", f"/echo gave {told(reply)}")
    sent = any(name.lower() == CREDENTIALS for name, _ in echo.headers)
    return Finding("netrc off", not sent, "credentials were sent" if sent else "no credentials were sent")


def judge_retries(seen: Observation, requests: int) -> Finding:
    """Whether a request that failed was sent once."""
    said = f"{plural(requests, 'request')} for one that fails ({told(seen.reply())})"
    return Finding("retries off", requests == 1 and bool(seen.reply().error), said)


def judge_version(version: str, reply: Reply) -> Finding:
    """Whether a version was negotiated, and told as itself."""
    check, echo = f"HTTP/{version}", echo_of(reply)
    if echo is None:
        return missed(check, f"/echo gave {told(reply)}")
    said = f"the target saw {echo.http_version}, the engine tells {reply.version}"
    return Finding(check, (echo.http_version, reply.version) == (version, version), said)
