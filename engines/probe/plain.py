"""A library used as in its documentation's first example: `python -m httptui.engines.probe.plain ENGINE URL…`.

Sends a GET to each URL with one client object, and writes a line of JSON for each: {"seconds", "error": class and
message or "", "lookups": for each name looked up through Python so far, "main" or "other" thread, "threads": number
of threads of this process that Python did not start, or null}.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from httptui.engines.errors import message_of
from httptui.engines.lane.confined import is_name

Urls = Sequence[str]
Asking = Callable[[], AbstractContextManager[None]]


async def _aiohttp(urls: Urls, asking: Asking) -> None:
    import aiohttp

    async with aiohttp.ClientSession() as session:
        for url in urls:
            with asking():
                async with session.get(url) as response:
                    await response.read()


async def _aiosonic(urls: Urls, asking: Asking) -> None:
    import aiosonic

    async with aiosonic.HTTPClient() as client:
        for url in urls:
            with asking():
                response = await client.get(url)
                await response.content()


async def _curl_cffi(urls: Urls, asking: Asking) -> None:
    from curl_cffi.requests import AsyncSession

    async with AsyncSession() as session:
        for url in urls:
            with asking():
                await session.get(url)


def _http_client(urls: Urls, asking: Asking) -> None:
    from http.client import HTTPConnection

    connection = HTTPConnection(urlsplit(urls[0]).netloc)
    for url in urls:
        with asking():
            connection.request("GET", urlsplit(url).path)
            connection.getresponse().read()


async def _httpx(library: str, urls: Urls, asking: Asking) -> None:
    await _by_async_client(import_module(library).AsyncClient(), urls, asking)


async def _httpx_aiohttp(urls: Urls, asking: Asking) -> None:
    import httpx
    from httpx_aiohttp import AiohttpTransport

    await _by_async_client(httpx.AsyncClient(transport=AiohttpTransport()), urls, asking)


async def _by_async_client(client: Any, urls: Urls, asking: Asking) -> None:
    async with client:
        for url in urls:
            with asking():
                await client.get(url)


def _httpx_sync(library: str, urls: Urls, asking: Asking) -> None:
    with import_module(library).Client() as client:
        for url in urls:
            with asking():
                client.get(url)


def _pycurl(urls: Urls, asking: Asking) -> None:
    import pycurl

    handle = pycurl.Curl()
    for url in urls:
        with asking():
            handle.setopt(pycurl.URL, url)
            handle.setopt(pycurl.WRITEDATA, BytesIO())
            handle.perform()
    handle.close()


async def _pycurl_async(urls: Urls, asking: Asking) -> None:
    import pycurl

    multi, handle = pycurl.AsyncCurlMulti(), pycurl.Curl()
    for url in urls:
        with asking():
            handle.setopt(pycurl.URL, url)
            handle.setopt(pycurl.WRITEDATA, BytesIO())
            await multi.perform(handle)
    await multi.aclose()
    handle.close()


async def _pyreqwest(urls: Urls, asking: Asking) -> None:
    from pyreqwest.client import ClientBuilder

    async with ClientBuilder().build() as client:
        for url in urls:
            with asking():
                response = await client.get(url).build().send()
                await response.bytes()


def _requests(urls: Urls, asking: Asking) -> None:
    import requests

    with requests.Session() as session:
        for url in urls:
            with asking():
                session.get(url)


def _urllib3(urls: Urls, asking: Asking) -> None:
    import urllib3

    manager = urllib3.PoolManager()
    for url in urls:
        with asking():
            manager.request("GET", url)


async def _wreq(urls: Urls, asking: Asking) -> None:
    from wreq import Client

    client = Client()
    for url in urls:
        with asking():
            response = await client.get(url)
            await response.bytes()


USES: dict[str, Callable[[Urls, Asking], Coroutine[Any, Any, None] | None]] = {
    "aiohttp": _aiohttp,
    "aiosonic": _aiosonic,
    "curl_cffi": _curl_cffi,
    "http.client": _http_client,
    "httpx": partial(_httpx, "httpx"),
    "httpx-aiohttp": _httpx_aiohttp,
    "httpx-sync": partial(_httpx_sync, "httpx"),
    "httpx2": partial(_httpx, "httpx2"),
    "httpx2-sync": partial(_httpx_sync, "httpx2"),
    "pycurl": _pycurl,
    "pycurl-async": _pycurl_async,
    "pyreqwest": _pyreqwest,
    "requests": _requests,
    "urllib3": _urllib3,
    "wreq": _wreq,
}
"""Plain use by engine name; httptui's own engines, and transports that users write themselves, have none."""


THREADS = Path("/proc/self/task")
NO_PLAIN_USE = 4
"""Exit code for an engine without plain use."""


class Watch:
    """Reports each request, and the name lookups through Python's `socket`."""

    def __init__(self) -> None:
        self.lookups: list[str] = []

    def watch_lookups(self) -> None:
        """Record lookups from now on."""
        resolve = socket.getaddrinfo

        def getaddrinfo(host: Any, *options: Any, **named: Any) -> Any:
            if is_name(host):
                main = threading.current_thread() is threading.main_thread()
                self.lookups.append("main" if main else "other")
            return resolve(host, *options, **named)

        socket.getaddrinfo = getaddrinfo

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Time one request, and report it with its error, which is suppressed."""
        began, error = perf_counter(), ""
        try:
            yield
        except Exception as raised:  # noqa: BLE001 - a library may raise anything
            error = f"{type(raised).__name__}: {message_of(raised)}"
        line = {
            "seconds": perf_counter() - began,
            "error": error,
            "lookups": self.lookups,
            "threads": foreign_threads(),
        }
        sys.stdout.write(f"{json.dumps(line)}\n")
        sys.stdout.flush()


def foreign_threads() -> int | None:
    """Count the threads of this process that Python did not start; None if the system does not list them."""
    return len(os.listdir(THREADS)) - threading.active_count() if THREADS.is_dir() else None


def main() -> None:
    """Use an engine's library for some URLs."""
    warnings.simplefilter("ignore")
    name, *urls = sys.argv[1:]
    if name not in USES:
        sys.exit(NO_PLAIN_USE)
    watch = Watch()
    watch.watch_lookups()
    used = USES[name](urls, watch.asking)
    if inspect.iscoroutine(used):
        asyncio.run(used)
    os._exit(0)


if __name__ == "__main__":
    main()
