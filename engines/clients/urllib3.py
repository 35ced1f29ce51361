"""urllib3: one `PoolManager`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import urllib3
from urllib3.util import SKIP_HEADER, Retry

from httptui.engines.base import FIRST_TOLD_STATUS, Reply, Request, Settings, SyncEngine, WithHeaders, as_latin1
from httptui.engines.clients.urllib3_pools import Watched, watch_connections
from httptui.engines.following import OF_AN_ORIGIN
from httptui.engines.guard import Guard

VERSIONS = {10: "1.0", 11: "1.1", 20: "2"}


class GuardedManager(urllib3.PoolManager):
    """A manager that puts each hop of a redirect to the guard, and keeps secrets from another origin."""

    guard: Guard

    def urlopen(self, method: str, url: str, redirect: bool = True, **options: Any) -> Any:  # type: ignore[override]
        """Called again for each hop."""
        self.guard.checked(url)
        headers = options.get("headers")
        if headers and not self.guard.may_have_secrets(url):
            options["headers"] = {
                name: value for name, value in headers.items() if name.lower() not in self.guard.secrets
            }
        return super().urlopen(method, url, redirect, **options)


def manager_for(settings: Settings) -> urllib3.PoolManager:
    """A manager as the settings ask; without a pool size urllib3's own pool and TLS are left alone."""
    options: dict[str, Any] = {"timeout": urllib3.Timeout.from_float(settings.timeout)}
    if settings.pool is not None:
        options |= {"maxsize": settings.pool, "block": True, "ssl_context": settings.ssl_context}
    elif settings.verify:
        options["ca_certs"] = settings.ca_file
    else:
        options["cert_reqs"] = "CERT_NONE"
    if not settings.redirects:
        return urllib3.PoolManager(**options)
    manager = GuardedManager(**options)
    manager.guard = settings.guard
    return manager


def header_map(headers: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The headers, without those that urllib3 adds: a plain dict, which is cheaper, where no name is repeated."""
    result = urllib3.HTTPHeaderDict([(name, as_latin1(value)) for name, value in headers])
    repeated = len(result) < len(headers)
    for name in ("User-Agent", "Accept-Encoding"):
        result.setdefault(name, SKIP_HEADER)
    return result if repeated else dict(result)


class Urllib3(SyncEngine):
    """Bodies are decoded.  urllib3 drops Authorization and Cookie when a redirect leads to another host.  A response
    that is closed before its body was read closes its connection.
    """

    package = "urllib3"
    abilities = ("redirects",)
    reads = ("bytes", "json", "headers")
    resolver = "python"

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": request.url,
            "headers": header_map(request.headers),
            "body": request.body or None,
        }

    def open(self) -> None:
        settings = self.settings
        self._watched = Watched(None if settings.read == "headers" else settings.body_limit)
        self._manager = watch_connections(manager_for(settings), self._watched)
        retries: Retry | bool = False
        if settings.redirects:
            retries = Retry(
                total=None,
                connect=0,
                read=0,
                other=0,
                status=0,
                redirect=settings.redirects,
                remove_headers_on_redirect=Retry.DEFAULT_REMOVE_HEADERS_ON_REDIRECT | OF_AN_ORIGIN,
            )
        # Read at once, a body would be unpacked whole before its size could be seen.
        options: dict[str, Any] = {
            "retries": retries,
            "redirect": settings.redirects > 0,
            "preload_content": False,
        }
        if settings.pool is not None:
            options["pool_timeout"] = settings.timeout
        # It adds its options at a third of the cost of joining two dicts for each request.
        self._request = partial(self._manager.request, **options)

    def send(self, request: dict[str, Any]) -> Reply:
        response = self._request(**request)
        reply = response.status, response.data, VERSIONS[response.version]
        return reply if reply[0] < FIRST_TOLD_STATUS else WithHeaders(reply, response.headers)

    def send_json(self, request: dict[str, Any]) -> Reply:
        response = self._request(**request)
        response.json()
        reply = response.status, response.data, VERSIONS[response.version]
        return reply if reply[0] < FIRST_TOLD_STATUS else WithHeaders(reply, response.headers)

    def send_headers(self, request: dict[str, Any]) -> Reply:
        response = self._request(**request)
        response.close()
        # The pool waits for a connection to come back, even a closed one.
        response.release_conn()
        reply = response.status, b"", VERSIONS[response.version]
        return reply if reply[0] < FIRST_TOLD_STATUS else WithHeaders(reply, response.headers)

    def close(self) -> None:
        self._manager.clear()

    @property
    def connections_opened(self) -> int:
        return self._watched.count
