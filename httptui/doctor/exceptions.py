"""Where a built-in engine cannot do as every engine should, and why: (engine, check) → reason."""

from __future__ import annotations

DOCUMENTED: dict[tuple[str, str], str] = {
    ("http.client", "pool size"): "http.client has no pool: each calling thread keeps one connection",
    ("httpx-aiohttp", "URL escapes"): "aiohttp decodes escapes that a query does not need, such as %2F",
    ("httpx-aiohttp", "header spelling"): "httpx-aiohttp hands names to aiohttp in small letters",
}
