"""Translation of a setup message into the engines' types, and the ready message that answers it."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import cast

from httptui.engines.base import AsyncEngine, Engine, HttpVersion, Reading, Request, Settings
from httptui.engines.hosts import Guard
from httptui.engines.lane.retrying import Retries
from httptui.engines.protocol import Ready, Setup


def guard_of(setup: Setup) -> Guard:
    """Return the allowed destinations."""
    return Guard(setup.pins, setup.urls or [setup.url], setup.secrets, setup.proxies)


def settings_of(setup: Setup, guard: Guard) -> Settings:
    """Return the configuration of each client object."""
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


def requests_of(setup: Setup) -> list[Request]:
    """Return the requests that are sent in turn: to each of `urls`, or to the one `url`."""
    body = base64.b64decode(setup.body_base64) if setup.body_base64 else setup.body.encode()
    headers = tuple((name, value) for name, value in setup.headers)
    return [Request(setup.method, url, headers, body) for url in setup.urls or [setup.url]]


def retries_of(setup: Setup) -> Retries | None:
    """Return the retry policy, or None without retries; ImportError if tenacity is missing."""
    if not setup.retries:
        return None
    return Retries(setup.retries, setup.retry_wait, setup.retry_on, setup.seed)


def loop_of(name: str, engine: type[Engine]) -> asyncio.AbstractEventLoop:
    """Create an event loop of asyncio or uvloop, or the engine's usual one if `name` is empty.

    Raises ImportError if uvloop is asked for by name and missing.
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
    """Build the ready message, which names the runtime and versions; `beside` are further packages to list."""
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
