"""Failing targets: they must end the run as invalid, with cause and first answer, and without a ranking."""

from __future__ import annotations

from benchmarks.cases.checks import (
    RIGHT,
    Case,
    Finding,
    Told,
    claims_nothing,
    doubts,
    exits,
    never_limited,
    says,
)
from benchmarks.services import Service

TWO = "-e {odd:Same},label=plain -e {odd:Marked},label=odd -c 8 --timeout 1s --warmup 300ms"
AT_ONCE = f"{TWO} --schedule concurrent"
IN_TURNS = f"{TWO} --schedule interleaved"
DETAIL = '{"detail":[{"type":"missing","loc":["query","page"],"msg":"Field required"}]}'


def ranks_nobody(told: Told) -> Finding:
    """Check that nothing is ranked if the target failed."""
    kind = told.verdict
    if kind in ("winner", "tie", "capped"):
        return Finding("wrong", f"told: {kind}")
    ranking = (told.report or {}).get("ranking", ())
    if any(place["rank_low"] == place["rank_high"] for place in ranking) and len(ranking) > 1:
        return Finding("wrong", "a place is settled")
    return RIGHT


ENDED = (ranks_nobody, claims_nothing("invalid"), exits(4))

CASES = (
    Case(
        "stops answering after 1.5 s",
        f"{AT_ONCE} -d 8s",
        (*ENDED, says("stopped answering|timed? ?out|timeout", "the cause")),
        Service(latency_ms=5, mute_after_s=1.5),
    ),
    Case(
        "stops answering, in turns",
        f"{IN_TURNS} -d 5s",
        (*ENDED, says("timed? ?out|timeout", "the cause")),
        Service(latency_ms=5, mute_after_s=1.5),
    ),
    Case(
        "dies after 1.5 s",
        f"{AT_ONCE} -d 8s",
        (*ENDED, says("refused|connect", "the cause")),
        Service(latency_ms=5, die_after_s=1.5),
    ),
    Case(
        "dies after 300 requests, in turns",
        f"{IN_TURNS} -d 5s",
        (*ENDED, says("refused|connect", "the cause")),
        Service(latency_ms=5, die_after=300),
    ),
    Case(
        "answers 500 only after 1.5 s",
        f"{AT_ONCE} -d 8s",
        (*ENDED, says("made to fail", "what the target said")),
        Service(latency_ms=5, fail_after_s=1.5),
    ),
    Case(
        "answers 503 from the start",
        f"{AT_ONCE} -d 6s",
        (*ENDED, says("made to fail", "what the target said"), never_limited("A", "machine", "client CPU")),
        Service(fail=1.0, fail_status=503),
    ),
    Case(
        "429 storm: 50 a second allowed",
        f"{AT_ONCE} -d 6s",
        (*ENDED, says("429", "429"), never_limited("A", "machine", "client CPU", "latency", "pool")),
        Service(rate=50),
    ),
    Case(
        "429 storm against many in flight",
        "-e aiohttp -c 64 -d 5s --warmup 0",
        (exits(4), says("429", "429"), never_limited("A", "machine", "client CPU", "latency", "pool")),
        Service(rate=100),
    ),
    Case(
        "422 with the field that is missing",
        f"{AT_ONCE} -d 5s",
        (*ENDED, says("Field required", "the detail of the 422")),
        Service(status=422, body=DETAIL, latency_ms=2),
    ),
    Case(
        "404 with a page that says why",
        f"{AT_ONCE} -d 5s",
        (*ENDED, says("no such item", "what the 404 said")),
        Service(status=404, body='{"detail": "no such item"}', latency_ms=2),
    ),
    Case(
        "401 from the start",
        f"{AT_ONCE} -d 5s",
        (*ENDED, says("401", "401")),
        Service(status=401, latency_ms=2, headers={"WWW-Authenticate": "Bearer"}),
    ),
    Case(
        "every connection dropped",
        f"{AT_ONCE} -d 5s",
        (ranks_nobody, exits(4)),
        Service(drop=1.0),
    ),
    Case(
        "60 % answered 500 all the time",
        f"{AT_ONCE} -d 6s",
        ENDED,
        Service(latency_ms=5, fail=0.6),
    ),
    Case(
        "fails for 2 s of 6 and recovers",
        f"{AT_ONCE} -d 6s --timeout 300ms",
        (ranks_nobody, doubts("fail|timeout", "failures")),
        Service(latency_ms=5, mute_after_s=2, mute_for_s=2),
    ),
    Case(
        "all answers are 302",
        f"{AT_ONCE} -d 2s",
        (doubts("302|redirect", "redirects"),),
        Service(status=302, headers={"Location": "/login"}, latency_ms=2, body_bytes=0),
    ),
    Case(
        "all answers are 304",
        f"{AT_ONCE} -d 2s",
        (says('"304"', "the status"),),
        Service(status=304, body_bytes=0, latency_ms=2),
    ),
    Case(
        "{n} in a header is refused",
        f"{AT_ONCE} -n 100 -H 'X-Id: {{n}}'",
        (exits(2), says(r"\{n\}", "{n}")),
        Service(),
    ),
    Case(
        "{n} in a body is refused",
        f"{AT_ONCE} -n 100 -X POST --data 'id={{n}}'",
        (exits(2), says(r"\{n\}", "{n}")),
        Service(),
    ),
    Case(
        "3 % answered 500, equal clients",
        f"{IN_TURNS} -d 2.5s",
        (claims_nothing("tie", "undecided", "not comparable"), doubts("fail", "failures")),
        Service(latency_ms=5, fail=0.03),
    ),
    Case(
        "2 % of connections dropped, equal clients",
        f"{IN_TURNS} -d 2.5s",
        (claims_nothing("tie", "undecided", "not comparable"), doubts("fail", "failures")),
        Service(latency_ms=5, drop=0.02),
    ),
    Case(
        "1 % hang, equal clients",
        f"{IN_TURNS} -d 2.5s",
        (claims_nothing("tie", "undecided", "not comparable"), doubts("fail|timeout", "failures")),
        Service(latency_ms=5, hang=0.01),
    ),
)
