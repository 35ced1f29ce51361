"""The page of clients, letter for letter, from findings that are given; and what is concluded for it."""

from __future__ import annotations

import pytest
from msgspec import structs
from test_doctor_render import examination

from httptui.doctor.costs import BLOCKS, Cost, cost_plan
from httptui.doctor.findings import Finding, met, missed
from httptui.doctor.plain import NO_PLAIN_USE, Arrival, Asked, Plain, headers_of, plain_of, plain_uses
from httptui.doctor.render import Client, to_page
from httptui.engines.probe import plain as probe
from httptui.engines.registry import EngineInfo
from httptui.plan.model import Contender
from httptui.statistics import Estimate

INFO = EngineInfo(
    name="swift",
    reference="./swift.py:Swift",
    mode="async",
    package="swift",
    version="1.2",
    http_versions=("1.1", "2"),
    abilities=(),
    installed=True,
    install_hint="",
)
EXAMINATION = structs.replace(
    examination(
        "swift",
        Finding("keep-alive", passed=True, said="1 connection for 1", figure=1),
        Finding("pool size", passed=True, said="2 connections for 2", figure=2),
        met("headers added", "none but Host"),
        met("gzip", "not decoded", "as it came"),
        met("hang", "read_timeout (SlowError: 127.0.0.1:4711 is silent)"),
        missed("HTTP/2", "1.1 was spoken"),
        Finding("after a cancel", None, "not looked at"),
        Finding("connections told", None, "the library gives no way to know"),
    ),
    package="swift",
    version="1.2",
)
PLAIN = Plain(
    headers=(("Accept", "*/*"), ("User-Agent", "swift/1.2")),
    keeps_alive=True,
    keeps_cookies=False,
    redirects=True,
    tries=2,
    broke="GoneError: port 4711",
    proxies=True,
    netrc=False,
    lookups=0,
    connections=2,
    looked_up_in=("other",),
    threads=3,
    hung="SlowError: too slow",
    hung_seconds=5.02,
    patience=65.0,
)
COSTS = {
    "swift": Cost(
        workers="tasks",
        req_per_s=7_376.4,
        cpu_us_per_request=87.2,
        p50_ms=1.7,
        rate_ratio=Estimate(0.29, 0.22, 0.42),
        cpu_ratio=Estimate(4.6, 2.8, 5.1),
        limiter="client CPU: 87 µs of CPU per request, 99 % of a core",
    ),
    "raw": Cost(
        workers="tasks",
        req_per_s=25_000.0,
        cpu_us_per_request=19.0,
        p50_ms=0.5,
        rate_ratio=Estimate(1.0, 1.0, 1.0),
        cpu_ratio=Estimate(1.0, 1.0, 1.0),
        limiter="target: its one worker is 97 % busy",
    ),
}
ENVIRONMENT = {
    "httptui": "0.1.0",
    "python": {"implementation": "CPython", "version": "3.11.7"},
    "system": {"os": "Linux", "machine": "arm64"},
    "cpu": {"model": "A fine CPU", "logical": 4},
}

TABLES = """\
| engine | version | workers | CPU a request | of raw's | req/s | of raw's | median |
| --- | --- | --- | --: | --: | --: | --: | --: |
| raw | – | tasks | 19 µs | 1.00 times [1.00–1.00] | 25 000 | 100 % [100–100] | 500 µs |
| swift | 1.2 | tasks | 87 µs | 4.6 times [2.8–5.1] | 7 376 | 29 % [22–42] | 1.7 ms |

## Defaults

Each library, used as its documentation begins, before a server that reports what arrives. “Sends what broke” is how \
often it sends a GET whose connection ends without an answer.

| engine | keeps connections | keeps cookies | follows redirects | sends what broke | proxies of the environment \
| netrc | without an answer |
| --- | --- | --- | --- | --- | --- | --- | --- |
| swift | yes | no | yes | 2 times | yes | no | SlowError after 5 s |

## swift

|  |  |
| --- | --- |
| library | swift 1.2, driven by tasks |
| headers of its own | Accept: \\*/\\*<br>User-Agent: swift/1.2 |
| name look-ups | `getaddrinfo` in a thread of a pool, kept: 0 look-ups for 2 new connections to a known name |
| threads of its own | 3 |
| without an answer | SlowError after 5 s |
| a broken connection | sent 2 times, then GoneError |
| headers in a comparison | none but Host |
| HTTP versions | 1.1, 2 (asked for, and missed: 1.1 was spoken) |
| connections opened | 40 requests one after another: 1 · 6 workers with a pool of 2: 2 |
| a gzip body | not decoded |
| a hanging target, time-out 1 s | read\\_timeout (SlowError) |
| known exceptions | as it came |
| missed checks | HTTP/2 |
| CPU a request | 87 µs, 4.6 times [2.8–5.1] raw's |
| req/s | 7 376, 29 % [22–42] of raw's |
| limited by | client CPU: 87 µs of CPU per request, 99 % of a core |
"""


def test_the_page_is_made_of_what_was_seen() -> None:
    client = Client(info=INFO, examination=EXAMINATION, plain=PLAIN)
    page = to_page([client], COSTS, ENVIRONMENT, "2026-11-21T10:00+00:00")
    assert page.endswith(TABLES)
    assert (
        "2026-11-21T10:00+00:00, httptui 0.1.0 · CPython 3.11.7 · Linux arm64 · A fine CPU, 4 cores." in page
    )


def test_the_lanes_own_cost_stands_below_the_costs() -> None:
    page = to_page([], COSTS, {}, "", {"callbacks": 1.84, "tasks": 3.5})
    assert "for a client that does nothing, a lane uses 1.8 µs by callbacks, 3.5 µs by tasks. `raw`" in page
    assert "client that does nothing" not in to_page([], COSTS, {}, "")


def test_what_is_not_known_is_left_out() -> None:
    bare = Client(info=INFO, examination=EXAMINATION)
    page = to_page([bare], {}, {}, "2026-11-21T10:00+00:00")
    assert "headers of its own" not in page
    assert "CPU a request |" not in page.partition("## swift")[2]
    broken = Client(info=INFO, examination=EXAMINATION, plain=Plain(failure="no | such library"))
    assert "where nothing is set | no \\| such library |" in to_page([broken], {}, {}, "")


def test_a_library_that_waits_and_one_with_its_own_resolver_are_told() -> None:
    quiet = structs.replace(PLAIN, hung="", hung_seconds=None, looked_up_in=(), headers=())
    page = to_page([Client(info=INFO, examination=EXAMINATION, plain=quiet)], {}, {}, "")
    assert "| without an answer | still waiting after 65 s |" in page
    assert "| name look-ups | by a resolver of its own: Python's was not asked |" in page
    assert "| headers of its own | none but Host |" in page


def heads(*seen: tuple[str, int], more: bytes = b"") -> list[Arrival]:
    head = b"GET %s HTTP/1.1\r\nHost: x\r\nX-Mine: 1\r\n%s\r\n"
    return [Arrival(head % (path.encode(), more), connection) for path, connection in seen]


def test_a_plain_use_is_told_from_what_arrived() -> None:
    asked = [
        Asked(seconds=0.1, error="", lookups=("main",) * min(number + 1, 3), threads=2) for number in range(6)
    ]
    asked.append(Asked(seconds=0.1, error="GoneError: gone", lookups=("main",) * 3, threads=2))
    arrivals = heads(("/cookie", 1), ("/", 1), ("/redirect", 1), ("/landed", 1), ("/last", 1), ("/last", 2))
    arrivals += heads(("/last", 3), ("/drop", 4), ("/drop", 5))
    plain = plain_of(
        asked, arrivals, hostile=heads(("/", 1), more=b"authorization: Basic x\r\n"), proxies=False
    )
    assert (plain.headers, plain.keeps_alive, plain.keeps_cookies) == ((("X-Mine", "1"),), True, False)
    assert (plain.redirects, plain.tries, plain.broke) == (True, 2, "GoneError: gone")
    assert (plain.proxies, plain.netrc, plain.threads) == (False, True, 2)
    assert (plain.lookups, plain.connections, plain.looked_up_in) == (0, 2, ("main",))


def test_a_use_that_breaks_off_says_why() -> None:
    assert plain_of([], [], hostile=(), proxies=False).failure == "the library could not be used"
    one = Asked(seconds=0.1, error="OSError: no")
    assert plain_of([one], heads(("/cookie", 1)), hostile=(), proxies=False).failure == "OSError: no"


def test_headers_keep_their_order_and_spelling() -> None:
    head = b"GET / HTTP/1.1\r\nhOsT: a:1\r\nB: x: y\r\nA:\r\n\r\n"
    assert headers_of(head) == (("hOsT", "a:1"), ("B", "x: y"), ("A", ""))


def test_the_plainest_engine_runs_beside_the_others_once() -> None:
    plan = cost_plan(["swift", "raw"], turn_seconds=0.5)
    assert plan.contender == (Contender(engine="raw"), Contender(engine="swift"))
    assert (plan.load.seconds, plan.schedule.kind) == (BLOCKS * 0.5, "interleaved")


@pytest.mark.slow
async def test_a_real_library_is_seen_as_it_is() -> None:
    assert probe.NO_PLAIN_USE == NO_PLAIN_USE
    known = EngineInfo(**{**vars(INFO), "name": "http.client", "mode": "sync"})
    found = await plain_uses([INFO, known], patience=0.5)
    assert set(found) == {"http.client"}
    plain = found["http.client"]
    assert plain.headers == (("Accept-Encoding", "identity"),)
    assert (plain.keeps_alive, plain.keeps_cookies, plain.redirects, plain.tries) == (True, False, False, 1)
    assert (plain.lookups, plain.connections, plain.looked_up_in) == (2, 2, ("main",))
    assert (plain.proxies, plain.netrc, plain.hung_seconds, plain.patience) == (False, False, None, 0.5)
    assert plain.broke.startswith("RemoteDisconnected")
