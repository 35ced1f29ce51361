"""Catalogue of engines with a script, and of how each is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import UNSET

from httptui.codegen import (
    aiohttp,
    aiosonic,
    curl_cffi,
    http_client,
    httpx,
    httpx_aiohttp,
    httpx_sync,
    over_aiohttp,
    pycurl,
    pyreqwest,
    requests,
    urllib3,
    wreq,
)
from httptui.codegen.client import Client
from httptui.codegen.script import script_of
from httptui.codegen.usage import Usage, usage_of
from httptui.plan.model import Contender, Plan
from httptui.safe_text import safe_text

CLIENTS: dict[str, Callable[[Usage], Client]] = {
    "aiohttp": aiohttp.client_of,
    "aiosonic": aiosonic.client_of,
    "curl_cffi": curl_cffi.client_of,
    "http.client": http_client.client_of,
    "httpx": httpx.client_of,
    "httpx-aiohttp": httpx_aiohttp.client_of,
    "httpx-aiohttp-as-published": partial(over_aiohttp.client_of, decompress=True),
    "httpx-sync": httpx_sync.client_of,
    "httpx2": partial(httpx.client_of, library="httpx2"),
    "httpx2-aiohttp": partial(over_aiohttp.client_of, library="httpx2"),
    "httpx2-sync": partial(httpx_sync.client_of, library="httpx2"),
    "pycurl": pycurl.client_of,
    "pycurl-async": pycurl.async_client_of,
    "pyreqwest": pyreqwest.client_of,
    "requests": requests.client_of,
    "urllib3": urllib3.client_of,
    "wreq": wreq.client_of,
}
"""By engine name; each new client library has its own module."""

OURS = {"raw": "raw is no library but httptui's own ceiling; its code is engines/clients/raw.py"}


def snippet_of(plan: Plan, index: int) -> str | None:
    """Return the formatted script of the contender at an index, ending in a line break; None if there is none.

    Its secrets are read from the environment. Raises ValueError for an invalid URL.
    """
    contender = plan.contender[index]
    client_of = CLIENTS.get(contender.engine)
    if client_of is None or contender.inside is not UNSET:
        return None
    usage = usage_of(plan, index)
    return script_of(usage, client_of(usage))


def no_snippet(contender: Contender) -> str:
    """Explain why a contender has no script."""
    if contender.inside is not UNSET:
        return f"{contender.inside} is a route of a web application; its code is engines/inside/app.py"
    engine = contender.engine
    where = (
        "its adapter is the code that runs" if ":" in engine else "httptui does not know how it is written"
    )
    return OURS.get(engine, f"{safe_text(engine)} has no script here; {where}")
