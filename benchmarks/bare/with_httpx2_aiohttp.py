"""The bare loop of httpx2's async client over an aiohttp session."""

from __future__ import annotations

import httpx2

from benchmarks.bare import with_httpx_aiohttp_as_published


class Loop(with_httpx_aiohttp_as_published.Loop):
    """The loop of httpx2, with the transport over aiohttp."""

    library = httpx2
    decompress = False
