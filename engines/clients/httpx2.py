"""httpx2, the successor of httpx: one `AsyncClient` or one `Client`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

import httpx2

from httptui.engines.base import AsyncEngine, SyncEngine
from httptui.engines.clients.httpx_family import AsyncFamily, SyncFamily


class Httpx2(AsyncFamily, AsyncEngine):
    """The async client of httpx2."""

    package = "httpx2"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"
    library = httpx2


class Httpx2Sync(SyncFamily, SyncEngine):
    """The sync client of httpx2."""

    package = "httpx2"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"
    unsafe_shared = ("2",)
    library = httpx2
