"""Generation of a contender as a Python script that an experienced user of its library would write.

It produces text only: no client is imported, and nothing runs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import UNSET

from httptui.codegen.aiohttp import aiohttp_client, aiosonic_client
from httptui.codegen.client import Client
from httptui.codegen.httpx import httpx_aiohttp_client, httpx_client, over_aiohttp_client
from httptui.codegen.libcurl import curl_cffi_client, pycurl_async_client, pycurl_client
from httptui.codegen.requests import http_client, requests_client, urllib3_client
from httptui.codegen.reqwest import pyreqwest_client, wreq_client
from httptui.codegen.script import script_of
from httptui.codegen.usage import Usage, usage_of
from httptui.plan.model import Contender, Plan
from httptui.safe_text import safe_text

__all__ = ["no_snippet", "snippet_of"]

CLIENTS: dict[str, Callable[[Usage], Client]] = {
    "aiohttp": aiohttp_client,
    "aiosonic": aiosonic_client,
    "curl_cffi": curl_cffi_client,
    "http.client": http_client,
    "httpx": httpx_client,
    "httpx-aiohttp": httpx_aiohttp_client,
    "httpx-aiohttp-as-published": partial(over_aiohttp_client, decompress=True),
    "httpx-sync": partial(httpx_client, kind="Client"),
    "httpx2": partial(httpx_client, library="httpx2"),
    "httpx2-aiohttp": partial(over_aiohttp_client, library="httpx2"),
    "httpx2-sync": partial(httpx_client, library="httpx2", kind="Client"),
    "pycurl": pycurl_client,
    "pycurl-async": pycurl_async_client,
    "pyreqwest": pyreqwest_client,
    "requests": requests_client,
    "urllib3": urllib3_client,
    "wreq": wreq_client,
}
"""By engine name."""

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
