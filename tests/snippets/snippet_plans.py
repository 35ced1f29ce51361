"""Plans whose contenders differ in all that a script can tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from httptui.plans.plan import Contender, Load, Plan, Policy, Target

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


def every_plan() -> Iterator[Plan]:
    """One contender for each engine and reuse in each plan; every target with every policy and pool."""
    for target, policy, pool in product(TARGETS, POLICIES, POOLS):
        yield Plan(
            target=target,
            policy=policy,
            load=Load(concurrency=64, requests=20_000),
            contender=tuple(
                Contender(
                    engine=engine,
                    reuse=reuse,
                    pool=pool,  # type: ignore[arg-type]
                    http="2" if engine in OVER_HTTP_2 else "1.1",
                    **({"loop": "uvloop"} if engine in ASYNC else {}),  # type: ignore[arg-type]
                )
                for engine, reuse in product(ENGINES, REUSES)
            ),
        )
