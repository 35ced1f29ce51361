"""Where a built-in engine cannot do as every engine should, and why: (engine, check) → reason.

The checks are those of `httptui doctor`, which finds out whether each entry is still true; a plan that needs what an
engine cannot do is refused by the same entry, or warned of where only the target shows that it is needed.
"""

from __future__ import annotations

DOCUMENTED: dict[tuple[str, str], str] = {
    ("aiosonic", "body on GET"): "aiosonic sends a GET without its body",
    ("aiosonic", "IPv6"): "aiosonic looks up IPv4 addresses only",
    ("aiosonic", "headers added"): "aiosonic sends Connection: keep-alive and has no switch for it",
    ("http.client", "pool size"): "http.client has no pool: each calling thread keeps one connection",
    ("httpx-aiohttp", "URL escapes"): "aiohttp decodes escapes that a query does not need, such as %2F",
    ("httpx-aiohttp", "header spelling"): "httpx-aiohttp hands names to aiohttp in small letters",
    (
        "httpx-aiohttp-as-published",
        "URL escapes",
    ): "aiohttp decodes escapes that a query does not need, such as %2F",
    (
        "httpx-aiohttp-as-published",
        "gzip",
    ): "the published transport has each gzip body unpacked twice, and so fails",
    ("httpx-sync", "shared"): "httpcore's pool may close a connection that it has just given to a thread",
    ("httpx-sync", "pool size"): "httpcore's pool may close a connection that it has just given to a thread",
    ("httpx2-aiohttp", "URL escapes"): "aiohttp decodes escapes that a query does not need, such as %2F",
    ("pycurl", "pool size"): "pycurl has no pool for threads: each calling thread keeps one connection",
    (
        "pyreqwest",
        "after a cancel",
    ): "pyreqwest gives a cancelled request up, and its connection ends by itself",
    (
        "pyreqwest",
        "CA as leaf",
    ): "pyreqwest trusts no server whose own certificate is that of an authority (CaUsedAsEndEntity)",
    (
        "pyreqwest",
        "header spelling",
    ): "reqwest keeps names in small letters, and pyreqwest sends them in title case",
    ("pyreqwest", "headers added"): "reqwest sends Accept: */* where the plan has no Accept",
    (
        "pyreqwest",
        "left open",
    ): "pyreqwest closes connections in a thread of its own, some time after the client",
    (
        "wreq",
        "other method",
    ): "wreq knows eight methods: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and TRACE",
    (
        "wreq",
        "after a cancel",
    ): "wreq gives a cancelled request up, but leaves its connection to end by itself",
    ("wreq", "left open"): "wreq closes connections in a thread of its own, some time after the client",
    ("wreq", "pool size"): "wreq bounds the connections that it keeps, not those that it opens",
}
