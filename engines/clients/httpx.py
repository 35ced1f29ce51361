"""httpx: one `AsyncClient` or one `Client`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

import httpx

from httptui.engines.base import AsyncEngine, SyncEngine
from httptui.engines.clients.httpx_family import AsyncFamily, SyncFamily


class Httpx(AsyncFamily, AsyncEngine):
    """The async client of httpx."""

    package = "httpx"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"
    library = httpx


class HttpxSync(SyncFamily, SyncEngine):
    """The sync client of httpx."""

    package = "httpx"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"
    unsafe_shared = ("2",)
    library = httpx
