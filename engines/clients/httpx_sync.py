"""httpx, sync: one `Client`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

import httpx

from engines.base import SyncEngine
from engines.clients.httpx_family import SyncFamily


class HttpxSync(SyncFamily, SyncEngine):
    """As `engines.clients.httpx_family` tells."""

    package = "httpx"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"
    unsafe_shared = ("2",)
    library = httpx
