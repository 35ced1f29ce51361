"""httpx2 over aiohttp: httpx2's `AsyncClient` with a transport of our own, for no package has one yet."""

from __future__ import annotations

import httpx2

from httptui.engines.base import AsyncEngine
from httptui.engines.clients.over_aiohttp import OverAiohttp


class Httpx2Aiohttp(OverAiohttp, AsyncEngine):
    """Bodies are decoded, by httpx2.  Header names go out in small letters; the HTTP version is told as 1.1."""

    package = "httpx2"
    abilities = ("redirects", "cookies", "trust_env", "dns_ttl")
    reads = ("bytes", "text", "json")
    resolver = "python"
    sent_once = "an idempotent request"
    library = httpx2
