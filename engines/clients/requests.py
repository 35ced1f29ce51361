"""requests: one `Session`, whose adapter has the size of the pool."""

from __future__ import annotations

import ssl
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from weakref import ref

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import SKIP_HEADER

from httptui.engines.base import (
    Reply,
    Request,
    Settings,
    SyncEngine,
    encoded_value,
    reply_of,
)
from httptui.engines.clients.urllib3 import VERSIONS, Watched, watch_connections
from httptui.engines.hosts import Guard
from httptui.engines.redirects import leaves_origin


class WatchedAdapter(HTTPAdapter):
    """An adapter whose connections, including those to proxies, are counted and limited by `watched`."""

    def __init__(self, watched: Watched, **options: Any) -> None:
        self.watched = watched
        self._of_thread = threading.local()
        super().__init__(**options)

    def send(self, *args: Any, **options: Any) -> requests.Response:
        """Send one request; the body has not been read yet."""
        response = super().send(*args, **options)
        # A strong reference would keep the socket open after the session is closed.
        self._of_thread.last = ref(response)
        return response

    def give_up(self) -> None:
        """Close this thread's last answer.

        requests leaves it open, and so its place in the pool taken, if it fails on the contents of the head, for
        instance on a Location that is not UTF-8.
        """
        if (last := getattr(self._of_thread, "last", None)) is not None and (response := last()) is not None:
            response.close()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        watch_connections(self.poolmanager, self.watched)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        return watch_connections(super().proxy_manager_for(*args, **options), self.watched)


class ContextAdapter(WatchedAdapter):
    """An adapter whose connections share one SSL context, so that no CA bundle is loaded per connection."""

    def __init__(self, context: ssl.SSLContext, watched: Watched, **options: Any) -> None:
        self._context = context
        super().__init__(watched, **options)

    def build_connection_pool_key_attributes(self, *args: Any, **options: Any) -> Any:
        """Return the host of the connection, with the context as its only TLS setting."""
        host, _ = super().build_connection_pool_key_attributes(*args, **options)
        return host, {"ssl_context": self._context}

    def cert_verify(self, *args: Any, **options: Any) -> None:
        """Keep the pool's TLS settings, which the context determines."""


class GuardedSession(requests.Session):
    """A session that checks each redirect with the guard, and drops secrets and Host for other origins."""

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard

    def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
        """Check a redirect; requests calls this for each hop before sending it."""
        super().rebuild_auth(prepared_request, response)  # type: ignore[no-untyped-call]
        self._guard.checked(prepared_request.url)
        if leaves_origin(response.request.url, prepared_request.url):
            prepared_request.headers.pop("Host", None)
        if not self._guard.may_have_secrets(prepared_request.url):
            for name in self._guard.secrets:
                prepared_request.headers.pop(name, None)


def adapter_for(settings: Settings) -> WatchedAdapter:
    """Create an adapter from the settings; without a pool size, requests' own pool and TLS settings stay."""
    watched = Watched(None if settings.read == "headers" else settings.body_limit)
    if settings.pool is None:
        return WatchedAdapter(watched, max_retries=0)
    return ContextAdapter(
        settings.ssl_context,
        watched,
        pool_connections=settings.pool,
        pool_maxsize=settings.pool,
        pool_block=True,
        max_retries=0,
    )


def header_map(headers: tuple[tuple[str, str], ...]) -> dict[str, str | bytes]:
    """Build the headers for requests: one value per name, and without those that urllib3 would add."""
    merged: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        key = name.lower()
        joint = "; " if key == "cookie" else ", "
        merged[key] = (merged[key][0], merged[key][1] + joint + value) if key in merged else (name, value)
    for name in ("User-Agent", "Accept-Encoding"):
        merged.setdefault(name.lower(), (name, SKIP_HEADER))
    return {name: encoded_value(value) for name, value in merged.values()}


class Requests(SyncEngine):
    """requests' `Session`, which decodes bodies. Headers of one name are sent on one line.

    requests drops Authorization on a redirect to another host, and Cookie on every redirect. Abandoning a response
    before its body is read closes the connection.
    """

    package = "requests"
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": request.url,
            "headers": header_map(request.headers),
            "data": request.body or None,
        }

    def open(self) -> None:
        settings = self.settings
        session = GuardedSession(settings.guard)
        session.headers.clear()
        session.trust_env = settings.trust_env
        if settings.redirects:
            session.max_redirects = settings.redirects
        if not settings.cookies:
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.verify = (settings.ca_file or True) if settings.verify else False
        self._adapter = adapter_for(settings)
        session.mount("http://", self._adapter)
        session.mount("https://", self._adapter)
        self._session = session
        self._options: dict[str, Any] = {
            "timeout": settings.timeout,
            "allow_redirects": settings.redirects > 0,
        }

    def send(self, request: dict[str, Any]) -> Reply:
        response = self._answer(request)
        return reply_of(response.status_code, response.content, VERSIONS[response.raw.version], response)

    def send_text(self, request: dict[str, Any]) -> Reply:
        response = self._answer(request)
        _ = response.text
        return reply_of(response.status_code, response.content, VERSIONS[response.raw.version], response)

    def send_json(self, request: dict[str, Any]) -> Reply:
        response = self._answer(request)
        response.json()
        return reply_of(response.status_code, response.content, VERSIONS[response.raw.version], response)

    def send_headers(self, request: dict[str, Any]) -> Reply:
        with self._answer(request, stream=True) as response:
            return reply_of(response.status_code, b"", VERSIONS[response.raw.version], response)

    def close(self) -> None:
        self._session.close()

    def _answer(self, request: dict[str, Any], **more: Any) -> requests.Response:
        try:
            return self._session.request(**request, **self._options, **more)
        except Exception:
            self._adapter.give_up()
            raise

    @property
    def connections_opened(self) -> int:
        return self._adapter.watched.count
