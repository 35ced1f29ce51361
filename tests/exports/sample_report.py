"""A report with everything that exports show: a winner, errors, a contender that did not finish, a warning."""

from __future__ import annotations

from typing import Any

from httptui.results.report import HistogramData, Report, ReportContender, Slice
from httptui.results.snapshot import Latency, Limiter, Rank, Requests, Verdict

LATENCY = Latency(p50=4.1, p90=6.0, p99=8.1, p99_9=9.0, max=12.0, mean=4.2)
SLOW = Latency(p50=313.0, p90=900.0, p99=1540.0, p99_9=1600.0, max=1700.0, mean=400.0)


def contender(key: str, label: str, **changes: Any) -> ReportContender:
    values: dict[str, Any] = {
        "id": key,
        "label": label,
        "engine": "aiohttp",
        "reuse": "shared",
        "loop": "uvloop",
        "http_version": "1.1",
        "http_requested": "1.1",
        "pool": 64,
        "concurrency": 64,
        "requests": Requests(planned=155_110, ok=155_110),
        "warmup_requests": 100,
        "seconds": 10.0,
        "req_per_s": 15_511.0,
        "latency_ms": LATENCY,
        "cpu_us_per_request": 64.0,
        "connections_opened": 64,
        "bytes": 1024,
        "status": {"200": 155_110},
        "errors": {},
        "first_messages": {},
        "limiter": Limiter("client CPU", "client CPU: 64 µs of CPU per request, 99 % of a core"),
        "state": "finished",
        "cause": None,
        "versions": {"aiohttp": "3.14.0"},
        "slices": (),
        "histogram": HistogramData(counts=()),
    }
    return ReportContender(**(values | changes))


def slices(*seconds: float) -> tuple[Slice, ...]:
    return tuple(
        Slice(block=block, start=0.0, seconds=taken, ok=512, error=0, timeout=0, cpu_us=1.0)
        for block, taken in enumerate(seconds)
    )


HTTPX = contender(
    "A",
    "httpx · shared",
    engine="httpx",
    requests=Requests(planned=1_294, ok=1_290, error=4),
    req_per_s=129.0,
    latency_ms=SLOW,
    cpu_us_per_request=7_837.0,
    status={"200": 1_290, "503": 3},
    errors={"refused": 1, "status": 3},
    first_messages={"refused": "no <b>`one`</b> | there"},
    limiter=Limiter("client CPU", "client CPU: 7.8 ms of CPU per request, 100 % of a core"),
    versions={"httpx": "0.28.1"},
)
AIOHTTP = contender("B", "aiohttp · shared · uvloop")
MISSING = contender(
    "C",
    "requests · shared",
    engine="requests",
    requests=Requests(),
    req_per_s=0.0,
    latency_ms=None,
    cpu_us_per_request=None,
    connections_opened=None,
    limiter=Limiter("unknown", "unknown: it has no successful request"),
    state="dnf",
    cause="requests is not installed",
    versions={},
)


PLAN = {
    "name": "demo",
    "target": {"method": "GET", "url": "http://127.0.0.1:8099/"},
    "load": {"kind": "closed", "concurrency": 64, "seconds": 10.0},
    "schedule": {"kind": "interleaved"},
    "contender": [{"engine": "httpx"}, {"engine": "aiohttp", "loop": "uvloop"}, {"engine": "requests"}],
}


def report(**changes: Any) -> Report:
    values: dict[str, Any] = {
        "complete": True,
        "started": "2026-11-20T10:00:00Z",
        "seconds": 11.24,
        "plan": PLAN,
        "environment": {"python": {"version": "3.11.7", "gil": True}, "cpu": {"load_average": [0.1, 0.2]}},
        "contenders": (HTTPX, AIOHTTP, MISSING),
        "ranking": (
            Rank(id="B", rank_low=1, rank_high=1, req_per_s=15_511.0, ratio=1.0),
            Rank(
                id="A",
                rank_low=2,
                rank_high=2,
                req_per_s=129.0,
                ratio=0.0083,
                ratio_low=0.008,
                ratio_high=0.0091,
            ),
        ),
        "verdict": Verdict("winner", "B wins: 120 times [110–125] the req/s of A; C did not finish."),
        "warnings": ("TLS certificates are not verified",),
    }
    return Report(**(values | changes))
