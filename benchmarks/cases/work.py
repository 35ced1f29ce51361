"""Equal work as a condition of rankings: answers, bodies, statuses, targets and encodings that differ."""

from __future__ import annotations

from benchmarks.cases.checks import (
    ODD,
    RIGHT,
    Case,
    Finding,
    Told,
    claims_nothing,
    doubts,
    equal,
    not_cheapest,
    wins,
)
from benchmarks.services import Service

TURNS = "--schedule interleaved --warmup 300ms -d 2s"


def against_plain(name: str, more: str = "") -> str:
    """Return the flags of the plain client and an odd one, in turns."""
    return f"-e {{odd:Same}},label=plain -e {{odd:{name}}},label=odd -c 8 {TURNS} {more}"


def no_interim_success(told: Told) -> Finding:
    """Check that no 1xx status counts as a success."""
    for one in (told.report or {}).get("contenders", ()):
        interim = sum(count for code, count in one["status"].items() if code.startswith("1"))
        if interim > one["requests"]["error"]:
            return Finding("wrong", f"{one['label']}: {interim} interim answers counted as successes")
    return RIGHT


def odd_answers(other: Service) -> Service:
    """Build a service with answers of 1,000 bytes after 5 ms, and another behaviour for the odd client."""
    return Service(latency_ms=5, body_bytes=1_000, where=((ODD, other),))


CASES = (
    Case(
        "100 of 100,000 bytes, by a Range of its own",
        against_plain("Cutting"),
        (claims_nothing("not comparable"),),
        Service(
            latency_ms=1,
            body_bytes=100_000,
            where=(("Range: bytes=0-99", Service(latency_ms=1, body_bytes=100_000, part=100)),),
        ),
    ),
    Case(
        "100 of 1,000 bytes with 206, for one client",
        against_plain("Marked"),
        (claims_nothing("not comparable"),),
        odd_answers(Service(latency_ms=5, body_bytes=1_000, part=100)),
    ),
    Case(
        "200 of 1,000 bytes for one client, which is meant",
        against_plain("Marked", "--compare as-is"),
        (wins("B"), doubts("bytes|body|bodies", "unequal work")),
        Service(latency_ms=20, body_bytes=1_000, where=((ODD, Service(latency_ms=10, body_bytes=200)),)),
    ),
    Case(
        "half the answers invented, at the embedded target",
        against_plain("Inventing"),
        (claims_nothing("not comparable"), not_cheapest("B")),
        path="/delay/5",
    ),
    Case(
        "every request sent twice, at the embedded target",
        against_plain("Twice"),
        (claims_nothing("not comparable"),),
        path="/delay/5",
    ),
    Case(
        "30 % instant failures",
        against_plain("FailingFast"),
        (claims_nothing("not comparable", "invalid"), not_cheapest("B")),
        Service(latency_ms=5),
    ),
    Case(
        "30 % instant failures, no latency",
        against_plain("FailingFast"),
        (claims_nothing("not comparable", "invalid"), not_cheapest("B")),
        Service(),
    ),
    Case(
        "half fail at once",
        against_plain("HalfFailing"),
        (claims_nothing("not comparable", "invalid"), not_cheapest("B")),
        Service(latency_ms=5),
    ),
    Case(
        "half are answered 500 at once, of one only",
        against_plain("Marked"),
        (claims_nothing("not comparable", "invalid"), not_cheapest("B")),
        odd_answers(Service(latency_ms=5, body_bytes=1_000, fail=0.5)),
    ),
    Case(
        "20 % of the connections of one are dropped",
        against_plain("Marked"),
        (claims_nothing("not comparable", "invalid", "undecided"),),
        odd_answers(Service(latency_ms=5, body_bytes=1_000, drop=0.2)),
    ),
    Case(
        "103 before the answer",
        "-e aiohttp -e requests -e urllib3 -e http.client -c 4 -d 1s --schedule interleaved --warmup 300ms",
        (no_interim_success,),
        Service(latency_ms=20, interim=(103,)),
    ),
    Case(
        "102 and 103 before the answer",
        "-e raw -e httpx -e http.client -c 4 -d 1s --schedule interleaved --warmup 300ms",
        (no_interim_success,),
        Service(latency_ms=20, interim=(102, 103)),
    ),
    Case(
        "bodies that only some decode",
        "-e aiohttp -e http.client -c 4 -d 1.5s --schedule interleaved -H 'Accept-Encoding: gzip'",
        (claims_nothing("not comparable"),),
        Service(gzip=True, body_bytes=20_000, latency_ms=2),
    ),
    Case(
        "a client that leaves bodies compressed",
        against_plain("Undecoded", "-H 'Accept-Encoding: gzip'"),
        (claims_nothing("not comparable"),),
        Service(gzip=True, body_bytes=20_000, latency_ms=2),
    ),
    Case(
        "a URL respelt: //, ..",
        "-e aiohttp -e httpx -c 4 -d 1.5s --schedule interleaved",
        (claims_nothing("not comparable"), doubts("path|URL|spel|sent", "the URL as sent")),
        Service(latency_ms=2),
        path="/a//b/../c",
    ),
    Case(
        "a URL respelt: | and [ ]",
        "-e raw -e aiohttp -e requests -c 4 -d 1.5s --schedule interleaved",
        (claims_nothing("not comparable"), doubts("path|URL|spel|sent", "the URL as sent")),
        Service(latency_ms=2),
        path="/a|b?f[x]=1",
    ),
    Case(
        "a path respelt by a client, at the embedded target",
        against_plain("Respelling"),
        (claims_nothing("not comparable", "undecided"),),
        path="/delay/5",
    ),
    Case(
        "a method respelt",
        "-e http.client -e aiohttp -X patch -c 4 -d 1.5s --schedule interleaved",
        (claims_nothing("not comparable"),),
        Service(latency_ms=2),
    ),
    Case(
        "one client sends POST for GET, at the embedded target",
        against_plain("PostingInstead"),
        (claims_nothing("not comparable"),),
        path="/echo",
    ),
    Case(
        "16 in flight against 4",
        f"-e {{odd:Same}},label=many,concurrency=16 -e {{odd:Same}},label=few,concurrency=4 {TURNS}",
        (claims_nothing("not comparable"),),
        Service(latency_ms=5),
    ),
    Case(
        "five times the body for one client",
        against_plain("Marked"),
        (claims_nothing("not comparable"),),
        odd_answers(Service(latency_ms=5, body_bytes=5_000)),
    ),
    Case(
        "an empty body for one client",
        against_plain("Marked"),
        (claims_nothing("not comparable"),),
        odd_answers(Service(latency_ms=5, body_bytes=0)),
    ),
    Case(
        "204 for one client, 200 for the other",
        against_plain("Marked"),
        (claims_nothing("not comparable"),),
        odd_answers(Service(latency_ms=5, status=204, body_bytes=0)),
    ),
    Case(
        "302 for one client, 200 for the other",
        against_plain("Marked"),
        (claims_nothing("not comparable"),),
        odd_answers(Service(status=302, headers={"Location": "/login"}, body_bytes=0)),
    ),
    Case(
        "404 for one client, 200 for the other",
        against_plain("Marked"),
        (claims_nothing("not comparable", "invalid", "undecided"), not_cheapest("B")),
        odd_answers(Service(status=404)),
    ),
    Case(
        "equal work: bodies of the same size, other header",
        against_plain("Marked"),
        (equal(),),
        odd_answers(Service(latency_ms=5, body_bytes=1_000, headers={"X-Other": "yes"})),
    ),
    Case(
        "equal work, twice as slow",
        against_plain("Marked"),
        (wins("A"),),
        odd_answers(Service(latency_ms=10, body_bytes=1_000)),
    ),
    Case(
        "equal work, a client that burns 1 ms",
        against_plain("Blocking"),
        (wins("A"), not_cheapest("B")),
        Service(latency_ms=1),
    ),
    Case(
        "equal work, a connection for each request",
        against_plain("Reconnecting"),
        (wins("A"), not_cheapest("B")),
        Service(),
    ),
)
