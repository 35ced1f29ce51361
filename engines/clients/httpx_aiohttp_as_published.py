"""httpx over aiohttp as an article published it, with its defect: gzip answers cannot be decoded."""

from __future__ import annotations

import httpx

from httptui.engines.base import AsyncEngine
from httptui.engines.clients.over_aiohttp import OverAiohttp


class HttpxAiohttpAsPublished(OverAiohttp, AsyncEngine):
    """httpx's async client over an aiohttp session that decompresses bodies, which httpx then decompresses again."""

    package = "httpx"
    abilities = ("redirects", "cookies", "trust_env", "dns_ttl")
    reads = ("bytes", "text", "json")
    resolver = "python"
    sent_once = "an idempotent request"
    library = httpx
    decompress = True
