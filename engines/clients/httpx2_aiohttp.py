"""httpx2 over aiohttp: httpx2's `AsyncClient` with a transport of our own, because no package provides one."""

from __future__ import annotations

import httpx2

from httptui.engines.base import AsyncEngine
from httptui.engines.clients.over_aiohttp import OverAiohttp


class Httpx2Aiohttp(OverAiohttp, AsyncEngine):
    """httpx2's async client over aiohttp; httpx2 decodes bodies.

    Header names are sent in lower case, and the HTTP version is always reported as 1.1.
    """

    package = "httpx2"
    abilities = ("redirects", "cookies", "trust_env", "dns_ttl")
    reads = ("bytes", "text", "json")
    resolver = "python"
    sent_once = "an idempotent request"
    library = httpx2
