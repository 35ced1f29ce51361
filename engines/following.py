"""Redirects followed hop by hop, for libraries that cannot be asked before each hop.

libcurl and the clients written in Rust follow a redirect wherever it leads, and take headers along that only one
origin may see.  Their adapters hand a redirect over instead, and each hop is a request of its own, as browsers make
it: POST becomes GET after 301, 302 and 303, other methods after 303 alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from httptui.engines.base import FIRST_TOLD_STATUS, Reply, Request, Settings
from httptui.engines.guard import Guard, origin_of

REDIRECTS = frozenset((301, 302, 303, 307, 308))
ALWAYS_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
OF_AN_ORIGIN = frozenset({"host"})
"""A plan's own Host is meant for the origin that the plan asks: curl and httpx leave it out of a redirect to another.
"""
OF_A_BODY = frozenset({"content-encoding", "content-language", "content-length", "content-type"})


class TooManyRedirects(Exception):  # noqa: N818 - errors are told apart by this name, which libraries have, too
    """More redirects than the plan allows."""


class Hops:
    """How an adapter follows: `prepare` makes what its `send` takes, `request_of` gives the request back."""

    def __init__(
        self, settings: Settings, prepare: Callable[[Request], Any], request_of: Callable[[Any], Request]
    ) -> None:
        self._most = settings.redirects
        self._guard = settings.guard
        self._prepare = prepare
        self._request_of = request_of

    def awaited(self, send: Callable[[Any], Awaitable[Reply]]) -> Callable[[Any], Awaitable[Reply]]:
        """A `send` that follows, of an async engine."""

        async def follow(prepared: Any) -> Reply:
            reply, hops = await send(prepared), 0
            while reply[0] >= FIRST_TOLD_STATUS and (following := self._after(prepared, reply)) is not None:
                hops = self._counted(hops)
                prepared = following
                reply = await send(prepared)
            return reply

        return follow

    def called(self, send: Callable[[Any], Reply]) -> Callable[[Any], Reply]:
        """A `send` that follows, of a sync engine."""

        def follow(prepared: Any) -> Reply:
            reply, hops = send(prepared), 0
            while reply[0] >= FIRST_TOLD_STATUS and (following := self._after(prepared, reply)) is not None:
                hops = self._counted(hops)
                prepared = following
                reply = send(prepared)
            return reply

        return follow

    def _counted(self, hops: int) -> int:
        if hops >= self._most:
            raise TooManyRedirects(f"more than {self._most} redirects")
        return hops + 1

    def _after(self, prepared: Any, reply: Reply) -> Any | None:
        """What is to be sent after a reply; None where it leads nowhere."""
        location = location_of(reply) if reply[0] in REDIRECTS else ""
        if not location:
            return None
        return self._prepare(hop(self._request_of(prepared), reply[0], location, self._guard))


def hop(request: Request, status: int, location: str, guard: Guard) -> Request:
    """The request that a redirect leads to, without the secrets that another origin may not see, and without the
    plan's own Host; NoConsentError where nobody was asked about its host.
    """
    url = guard.checked(urljoin(request.url, location))
    away = leaves_origin(request.url, url)
    left = OF_AN_ORIGIN if away else frozenset()
    if away and not guard.may_have_secrets(url):
        left |= guard.secrets | ALWAYS_SECRET
    method, body = request.method, request.body
    if (status in (301, 302) and method == "POST") or (status == 303 and method not in ("GET", "HEAD")):
        method, body, left = "GET", b"", left | OF_A_BODY
    headers = tuple((name, value) for name, value in request.headers if name.lower() not in left)
    return replace(request, method=method, url=url, headers=headers, body=body)


def leaves_origin(url: str, location: str) -> bool:
    """Whether a redirect leads from a URL to another origin, or to none."""
    try:
        return origin_of(urljoin(url, location)) != origin_of(url)
    except ValueError:
        return True


def location_of(reply: Reply) -> str:
    """Where a reply leads, as its library has the header; "" for nowhere."""
    headers = getattr(reply, "headers", None)
    value = headers.get("location") if headers is not None else None
    return bytes(value).decode("latin-1") if isinstance(value, (bytes, memoryview)) else str(value or "")
