"""Plans and their parts as Hypothesis makes them up: any that can be written, whether or not it can be run."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from msgspec import UNSET, structs

from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Stage, Target

WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["Cc"]), max_size=20)
NAMES = st.text(st.sampled_from("ABCxyz-09"), min_size=1, max_size=8)
WHOLE = st.integers(1, 10_000)
SECONDS = st.floats(0.001, 3_600)
REQUIREMENTS = ("h2", "httpx==0.27.2", "httpx[http2,socks]>=0.27,<1,!=0.28.0", "a.b_c~=1.0+local")


def optional(strategy: st.SearchStrategy[Any], absent: object = None) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(absent), strategy)


STAGES = st.lists(
    st.builds(Stage, seconds=st.floats(1e-7, 86_400), to=st.floats(0, 1e6)), min_size=1, max_size=4
).map(tuple)
THINK = st.floats(0, 3_600)
RATES = st.floats(1e-6, 1e6)
ARRIVALS = st.sampled_from(["constant", "poisson"])
LOADS = st.one_of(
    st.builds(Load, concurrency=WHOLE, seconds=optional(SECONDS), think=THINK),
    st.builds(Load, concurrency=WHOLE, requests=WHOLE, think=THINK),
    st.builds(Load, concurrency=WHOLE, stages=STAGES, think=THINK),
    st.builds(Load, kind=st.just("burst"), concurrency=WHOLE),
    st.builds(
        Load,
        kind=st.just("open"),
        concurrency=WHOLE,
        rate=RATES,
        arrivals=ARRIVALS,
        seconds=optional(SECONDS),
    ),
    st.builds(Load, kind=st.just("open"), concurrency=WHOLE, rate=RATES, arrivals=ARRIVALS, stages=STAGES),
)
LINES = WORDS.map(str.strip).filter(lambda text: bool(text) and "\n" not in text)
CONTENDERS = st.builds(
    Contender,
    engine=st.sampled_from(["aiohttp", "httpx", "./mine.py:Mine"]),
    reuse=st.sampled_from(["shared", "per-worker", "per-request", "every-7"]),
    http=st.sampled_from(["1.1", "2"]),
    loop=optional(st.sampled_from(["asyncio", "uvloop"]), UNSET),
    pool=st.one_of(WHOLE, st.sampled_from(["concurrency", "library-defaults"])),
    concurrency=optional(WHOLE, UNSET),
    processes=st.integers(1, 64),
    inside=optional(st.sampled_from(["fastapi-async", "fastapi-sync", "fastapi-ping"]), UNSET),
    read=st.sampled_from(["bytes", "text", "json", "headers"]),
    dns_ttl=optional(st.floats(0, 86_400), UNSET),
    label=optional(WORDS, UNSET),
    requires=st.lists(st.sampled_from(REQUIREMENTS), max_size=4).map(tuple),
    python=st.sampled_from(["", "3.13", "3.14t"]),
)
REQUESTS = {
    "order": st.sampled_from(["in-order", "shuffle"]),
    "dns_ms": optional(st.floats(0, 10_000)),
    "method": WORDS.map(lambda text: text[:20]),
    "headers": st.dictionaries(NAMES, VALUES, max_size=4),
    "body": WORDS,
    "verify": st.booleans(),
    "ca_file": optional(WORDS.filter(bool)),
}
TARGETS = st.one_of(
    st.builds(Target, url=WORDS, **REQUESTS),
    st.builds(Target, urls=st.lists(LINES, min_size=1, max_size=4).map(tuple), **REQUESTS),
    st.builds(Target, urls_file=WORDS.filter(str.strip), **REQUESTS),
)
PLANS = st.builds(
    Plan,
    name=WORDS,
    description=WORDS,
    expect=st.lists(LINES, max_size=3).map(tuple),
    compare=st.sampled_from(["alike", "as-is"]),
    target=TARGETS,
    policy=st.builds(
        Policy,
        timeout=SECONDS,
        redirects=st.integers(0, 20),
        retries=st.integers(0, 10),
        retry_wait=st.floats(0, 60),
        retry_on=st.lists(st.sampled_from(["connect", "timeout", "dns", "503"]), max_size=4).map(tuple),
        per_host_rate=optional(st.floats(0.001, 100_000)),
        max_body=st.integers(1, 2**40),
        cookies=st.booleans(),
        trust_env=st.booleans(),
    ),
    load=LOADS,
    schedule=st.builds(
        Schedule,
        kind=st.sampled_from(["concurrent", "interleaved", "sequential"]),
        rounds=st.integers(1, 1_000),
        blocks=optional(st.integers(1, 1_000)),
        rest=st.floats(0, 3_600),
        cooldown=st.floats(0, 60),
        epochs=st.integers(1, 100),
        until=st.sampled_from(["done", "decided"]),
        delta=st.floats(0.001, 0.5),
        pin=st.booleans(),
        probe=st.booleans(),
        seed=st.integers(0, 2**63 - 1),
        warmup=st.one_of(WHOLE, st.sampled_from(["auto", "1s", "100"])),
    ),
    contender=st.lists(CONTENDERS, min_size=1, max_size=26).map(tuple),
)
SWEEPS = st.dictionaries(
    st.sampled_from(["concurrency", "latency_ms", "pool", "load.rate", "contender[0].pool"]),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=9).map(tuple),
    min_size=1,
    max_size=2,
)


def swept(plan: Plan, sweep: dict[str, tuple[float, ...]]) -> Plan:
    """The plan with a sweep, and without what has no meaning in one."""
    schedule = structs.replace(plan.schedule, kind="interleaved", rounds=1, epochs=1, until="done")
    load = structs.replace(plan.load, stages=())
    return structs.replace(plan, sweep=sweep, expect=(), schedule=schedule, load=load)
