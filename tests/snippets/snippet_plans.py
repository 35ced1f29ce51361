"""Plans whose contenders differ in all that a script can tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from httptui.plan.model import Contender, Load, Plan, Policy, Target

ASYNC = (
    "aiohttp",
    "aiosonic",
    "curl_cffi",
    "httpx",
    "httpx-aiohttp",
    "httpx2",
    "httpx2-aiohttp",
    "pycurl-async",
    "pyreqwest",
    "wreq",
)
SYNC = ("http.client", "httpx-sync", "httpx2-sync", "pycurl", "requests", "urllib3")
ENGINES = (*ASYNC, *SYNC)
OVER_HTTP_2 = (
    "curl_cffi",
    "httpx",
    "httpx-sync",
    "httpx2",
    "httpx2-sync",
    "pycurl",
    "pycurl-async",
    "pyreqwest",
    "wreq",
)
REUSES = ("shared", "per-worker", "per-request", "every-5")

TARGETS = (
    Target(url="http://127.0.0.1:8099/"),
    Target(url="https://embedded/bytes/10?token=abcdef99"),
    Target(url="https://example.com/%7Eme", verify=False),
    Target(
        url="https://me:hunter22@example.com:8443/",
        method="POST",
        headers={"X-Token": "env:TOKEN", "Cookie": "sid=xyzzy42", "X-Odd": 'it\'s "so" {x}'},
        body='{"a": "é", "password": "hunter22"}',
        ca_file="ca.pem",
    ),
    Target(url="http://127.0.0.1:8099/", method="PROPFIND", body="x" * 150),
    Target(url="http://127.0.0.1:8099/", method="DELETE", headers={"Content-Type": "text/plain"}, body="x"),
)
POLICIES = (
    Policy(),
    Policy(timeout=0.25, redirects=3, retries=2, cookies=True, trust_env=True),
)
POOLS = ("concurrency", "library-defaults", 10_000)
LISTS = (
    Target(urls=("embedded/a", "embedded/b?token=abcdef99"), order="shuffle"),
    Target(url="https://embedded/items/{n}", method="PUT", body="x"),
    Target(urls=("https://example.com/%7Eme/{n}", "http://example.org/" + "x" * 60)),
)
PACED = (
    (Policy(retries=3, retry_wait=0, per_host_rate=7.5), Load(requests=9, think=0.25)),
    (Policy(retries=1, retry_on=("timeout", "disconnected", "truncated", "tls", "429")), Load(seconds=2)),
    (Policy(redirects=1, retries=2, retry_on=("protocol", "other")), Load(concurrency=1)),
)


def every_plan() -> Iterator[Plan]:
    """One contender for each engine and reuse in each plan; every target with every policy and pool, and every list
    of URLs with every pace.
    """
    load = Load(concurrency=64, requests=20_000)
    for target, policy, pool in product(TARGETS, POLICIES, POOLS):
        yield Plan(target=target, policy=policy, load=load, contender=every_contender(pool))
    for target, (policy, load) in product(LISTS, PACED):
        yield Plan(target=target, policy=policy, load=load, contender=every_contender("library-defaults"))


def every_contender(pool: Any) -> tuple[Contender, ...]:
    """One for each engine and reuse."""
    return tuple(
        Contender(
            engine=engine,
            reuse=reuse,
            pool=pool,
            http="2" if engine in OVER_HTTP_2 else "1.1",
            **({"loop": "uvloop"} if engine in ASYNC else {}),  # type: ignore[arg-type]
        )
        for engine, reuse in product(ENGINES, REUSES)
    )
