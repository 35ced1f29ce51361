"""What a setup message says in the engines' own words, and the answer to it."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import cast

from httptui.engines.base import AsyncEngine, Engine, HttpVersion, Reading, Request, Settings
from httptui.engines.guard import Guard
from httptui.engines.lane.retrying import Retries
from httptui.engines.protocol import Ready, Setup


def guard_of(setup: Setup) -> Guard:
    """Where connections may go."""
    urls = setup.urls or [setup.url]
    return Guard(setup.pins, urls, setup.secrets, setup.proxies)


def settings_of(setup: Setup, guard: Guard) -> Settings:
    """How each client object is to be configured."""
    return Settings(
        pool=setup.pool,
        timeout=setup.timeout,
        http=cast(HttpVersion, setup.http),
        verify=setup.verify,
        ca_file=setup.ca_file,
        redirects=setup.redirects,
        cookies=setup.cookies,
        trust_env=setup.trust_env,
        headers=frozenset(name.lower() for name, _ in setup.headers),
        bodies=bool(setup.body or setup.body_base64),
        read=cast(Reading, setup.read),
        dns_ttl=setup.dns_ttl,
        common=tuple((name, value) for name, value in setup.headers),
        guard=guard,
        max_body=setup.max_body,
        in_flight=setup.concurrency,
    )


def request_of(setup: Setup) -> Request:
    """The one request that is sent again and again."""
    headers = tuple((name, value) for name, value in setup.headers)
    return Request(setup.method, setup.url, headers, body_of(setup))


def body_of(setup: Setup) -> bytes:
    """The bytes of the body: those in base64 where that is given, or the text's in UTF-8."""
    return base64.b64decode(setup.body_base64) if setup.body_base64 else setup.body.encode()


def requests_of(setup: Setup) -> list[Request]:
    """The requests that are sent in turn."""
    request = request_of(setup)
    return [replace(request, url=url) for url in setup.urls] or [request]


def retries_of(setup: Setup) -> Retries | None:
    """How a request is tried again, None where it is not; ImportError where tenacity is missing."""
    if not setup.retries:
        return None
    return Retries(setup.retries, setup.retry_wait, setup.retry_on, setup.seed)


def loop_of(name: str, engine: type[Engine]) -> asyncio.AbstractEventLoop:
    """A new event loop of asyncio or uvloop, or the engine's usual one where `name` is empty; ImportError where
    uvloop is asked for by its name and missing.
    """
    if (name or engine.usual_loop) == "uvloop":
        try:
            import uvloop
        except ImportError:
            if name:
                raise
        else:
            return uvloop.new_event_loop()
    return asyncio.new_event_loop()


def introduction(engine: type[Engine], loop: str | None, *beside: str) -> Ready:
    """The message that says that all is ready, and on what it runs; `beside` are further packages to name."""
    versions = {}
    for package in (engine.package, "uvloop" if loop == "uvloop" else "", *beside):
        if not package:
            continue
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "unknown"
    return Ready(
        pid=os.getpid(),
        python=f"{sys.implementation.name} {sys.version.split()[0]}",
        gil=getattr(sys, "_is_gil_enabled", lambda: True)(),
        loop=loop,
        mode="async" if issubclass(engine, AsyncEngine) else "sync",
        versions=versions,
    )
