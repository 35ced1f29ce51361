"""Redirects followed hop by hop, for libraries that cannot be asked before each hop.

libcurl and the clients written in Rust follow a redirect to any host and send along headers meant for one origin
only. Their adapters therefore return redirects, and each hop is a request of its own, with the rules of browsers:
POST becomes GET after 301, 302 and 303; other methods only after 303.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from httptui.engines.base import FIRST_STATUS_WITH_HEADERS, Reply, Request, Settings
from httptui.engines.hosts import Guard, origin_of

REDIRECTS = frozenset((301, 302, 303, 307, 308))
ALWAYS_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
OF_AN_ORIGIN = frozenset({"host"})
"""The plan's own Host header belongs to the plan's origin: curl and httpx drop it on a redirect to another one."""
OF_A_BODY = frozenset({"content-encoding", "content-language", "content-length", "content-type"})


class TooManyRedirects(Exception):  # noqa: N818 - errors are classified by this name, which libraries use too
    """More redirects than the plan allows."""


class Hops:
    """Redirect handling for one adapter.

    `prepare` makes the argument of its `send`, and `request_of` returns the request that was prepared.
    """

    def __init__(
        self, settings: Settings, prepare: Callable[[Request], Any], request_of: Callable[[Any], Request]
    ) -> None:
        self._most = settings.redirects
        self._guard = settings.guard
        self._prepare = prepare
        self._request_of = request_of

    def awaited(self, send: Callable[[Any], Awaitable[Reply]]) -> Callable[[Any], Awaitable[Reply]]:
        """Wrap the `send` of an async engine so that it follows redirects."""

        async def follow(prepared: Any) -> Reply:
            reply, hops = await send(prepared), 0
            while reply[0] >= FIRST_STATUS_WITH_HEADERS and (new := self._after(prepared, reply)) is not None:
                hops = self._counted(hops)
                prepared = new
                reply = await send(prepared)
            return reply

        return follow

    def called(self, send: Callable[[Any], Reply]) -> Callable[[Any], Reply]:
        """Wrap the `send` of a sync engine so that it follows redirects."""

        def follow(prepared: Any) -> Reply:
            reply, hops = send(prepared), 0
            while reply[0] >= FIRST_STATUS_WITH_HEADERS and (new := self._after(prepared, reply)) is not None:
                hops = self._counted(hops)
                prepared = new
                reply = send(prepared)
            return reply

        return follow

    def _counted(self, hops: int) -> int:
        if hops >= self._most:
            raise TooManyRedirects(f"more than {self._most} redirects")
        return hops + 1

    def _after(self, prepared: Any, reply: Reply) -> Any | None:
        """Return the prepared request that a reply redirects to, or None."""
        location = location_of(reply) if reply[0] in REDIRECTS else ""
        if not location:
            return None
        return self._prepare(hop(self._request_of(prepared), reply[0], location, self._guard))


def hop(request: Request, status: int, location: str, guard: Guard) -> Request:
    """Build the request that a redirect leads to.

    A hop to another origin loses the plan's own Host, and the secrets that this origin may not see. Raises
    NoConsentError if the run has no consent for its host.
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
    """Return whether a redirect leads to another origin, or to an invalid one."""
    try:
        return origin_of(urljoin(url, location)) != origin_of(url)
    except ValueError:
        return True


def location_of(reply: Reply) -> str:
    """Return the Location of a reply, or "" if it has none."""
    headers = getattr(reply, "headers", None)
    value = headers.get("location") if headers is not None else None
    return bytes(value).decode("latin-1") if isinstance(value, (bytes, memoryview)) else str(value or "")
