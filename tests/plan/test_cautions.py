"""What is said of plans that may be run, but whose results need a word beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from httptui.plan.abilities import cautions
from httptui.plan.model import Contender, Load, Plan, Policy, Target

UNGUARDED = (
    'does not guard its HTTP/2 connection against threads that share it, so requests may fail; reuse = "per-worker" '
    "is safe"
)


def told(*contenders: Contender, concurrency: int = 4, verify: bool = True) -> tuple[str, ...]:
    target = Target(url="https://127.0.0.1:1/", verify=verify)
    return cautions(Plan(target=target, load=Load(concurrency=concurrency), contender=contenders))


@pytest.mark.parametrize("engine", ["httpx-sync", "httpx2-sync"])
def test_threads_that_share_an_unguarded_connection_are_told_of(engine: str) -> None:
    library = engine.removesuffix("-sync")
    assert told(Contender(engine=engine, http="2"), Contender(engine="requests")) == (
        f"{engine} · shared · HTTP/2: {library} {UNGUARDED}",
    )


@pytest.mark.parametrize(
    "contender",
    [
        Contender(engine="httpx-sync"),
        Contender(engine="httpx-sync", http="2", reuse="per-worker"),
        Contender(engine="httpx-sync", http="2", reuse="every-5"),
        Contender(engine="httpx-sync", http="2", concurrency=1),
        Contender(engine="httpx-sync", http="2", processes=4),
        Contender(engine="httpx", http="2"),
        Contender(engine="pycurl", http="2"),
        Contender(engine="no-such-engine", http="2"),
    ],
)
def test_nothing_is_told_of_those_that_are_safe_or_not_known(contender: Contender) -> None:
    assert told(contender) == ()


def test_proxies_that_nobody_was_asked_about_are_told_of() -> None:
    plan = Plan(policy=Policy(trust_env=True), contender=(Contender(engine="aiohttp"),))
    told = (
        "load goes through the environment's proxies, where it names any: they look the target up themselves"
    )
    assert cautions(plan) == (told,)


def test_certificates_that_are_not_verified_are_told_of_first() -> None:
    assert told(Contender(engine="httpx-sync", http="2"), verify=False) == (
        "TLS certificates are not verified",
        f"httpx-sync · shared · HTTP/2: httpx {UNGUARDED}",
    )


@pytest.mark.parametrize(
    ("target", "redirects", "is_told"),
    [
        (Target(url="http://127.0.0.1:1/"), 1, True),
        (Target(urls=("http://127.0.0.1:1/", "http://127.0.0.1:2/")), 20, True),
        (Target(url="http://127.0.0.1:1/"), 0, False),
        (Target(url="embedded"), 1, False),
    ],
)
def test_redirects_that_may_lead_to_hosts_nobody_was_asked_about_are_told_of(
    target: Target, redirects: int, is_told: bool
) -> None:
    plan = Plan(target=target, policy=Policy(redirects=redirects), contender=(Contender(engine="aiohttp"),))
    told = (
        "redirects are followed to the plan's hosts, this machine and hosts granted with --i-own, no further",
    )
    assert cautions(plan) == (told if is_told else ())


OWN = """
from httptui.engines.base import SyncEngine

class Mine(SyncEngine):
    abilities = ("redirects",)
    resolver = "python"
"""


@pytest.mark.parametrize(("redirects", "count"), [(1, 1), (0, 0)])
def test_an_engine_of_ones_own_may_take_secrets_along_a_redirect(
    tmp_path: Path, redirects: int, count: int
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    contenders = (Contender(engine=f"{file}:Mine", label="mine"), Contender(engine="aiohttp"))
    plan = Plan(policy=Policy(redirects=redirects), contender=contenders)
    told = "mine: takes headers with secrets along a redirect unless the engine keeps them back"
    assert cautions(plan) == (told,) * count
