"""Two small runs with known block figures, to be compared."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from httptui.engines.buckets import bounds_of, histogram_of
from httptui.results.histogram import coarsened, flat_of
from httptui.results.report import HistogramData, Report, ReportContender, Slice
from httptui.results.snapshot import Latency, Limiter, Requests, Verdict
from httptui.runs.over_time import BlockLatencies, Latencies

STEADY = (1000, 1010, 990, 1005, 995, 1002, 998, 1004)
"""Requests in each block of a second."""


def scaled(factor: float, counts: Sequence[int] = STEADY) -> tuple[int, ...]:
    return tuple(round(count * factor) for count in counts)


def latency(p99: float) -> Latency:
    return Latency(p50=4.0, p90=6.0, p99=p99, p99_9=2 * p99, max=3 * p99, mean=4.5)


def contender(
    key: str,
    engine: str,
    blocks: Sequence[int] = STEADY,
    *,
    cpu_us: float = 100.0,
    p99: float = 8.0,
    **changes: Any,
) -> ReportContender:
    values: dict[str, Any] = {
        "id": key,
        "label": f"{engine} · shared",
        "engine": engine,
        "reuse": "shared",
        "loop": "asyncio",
        "http_version": "1.1",
        "http_requested": "1.1",
        "pool": 8,
        "concurrency": 8,
        "requests": Requests(planned=sum(blocks), ok=sum(blocks)),
        "warmup_requests": 0,
        "seconds": float(len(blocks)),
        "req_per_s": sum(blocks) / len(blocks) if blocks else 0.0,
        "latency_ms": latency(p99),
        "cpu_us_per_request": cpu_us,
        "connections_opened": 8,
        "bytes": 0,
        "status": {"200": sum(blocks)},
        "errors": {},
        "first_messages": {},
        "limiter": Limiter("unknown", "unknown"),
        "state": "finished",
        "cause": None,
        "versions": {"python": "3.11.1", engine: "1.0"},
        "slices": tuple(
            Slice(block=number, start=0.0, seconds=1.0, ok=count, error=0, timeout=0, cpu_us=cpu_us * count)
            for number, count in enumerate(blocks)
        ),
        "histogram": HistogramData(counts=()),
    }
    return ReportContender(**(values | changes))


def with_latencies(
    made: ReportContender, factor: float, seed: int, each: int = 500, wander: float = 0.0
) -> ReportContender:
    """The contender with latencies of 4 ms times `factor` at the median, recorded as a run records them; `wander` is
    by how much blocks differ.
    """
    source = random.Random(seed)
    whole, blocks = Latencies(), []
    for _ in made.slices:
        level = factor * source.lognormvariate(0, wander)
        counts = histogram_of([round(4e6 * level * source.lognormvariate(0, 0.4)) for _ in range(each)])
        flat = flat_of(counts)
        total = sum(round(bounds_of(index)[0] * count) for index, count in counts.items())
        whole.add(flat, total, max(bounds_of(index)[1] for index in counts))
        blocks.append(BlockLatencies(coarsened(flat), total))
    splits, told = whole.splits(), whole.figures()
    assert told is not None
    return replace(
        made,
        latency_ms=told,
        slices=tuple(
            replace(piece, latency=block.against(splits))
            for piece, block in zip(made.slices, blocks, strict=True)
        ),
        histogram=HistogramData(counts=tuple((bounds_of(index)[0], count) for index, count in whole.fine())),
    )


def report(*contenders: ReportContender, **changes: Any) -> Report:
    values: dict[str, Any] = {
        "complete": True,
        "started": "2026-11-20T10:00:00Z",
        "seconds": 10.0,
        "plan": {
            "name": "demo",
            "description": "What was asked.",
            "target": {"url": "embedded", "method": "GET"},
            "load": {"kind": "closed", "concurrency": 8, "stages": [{"seconds": 1.0, "to": 5.0}]},
            "schedule": {"kind": "interleaved", "seed": 1, "blocks": None},
            "contender": [{"engine": "aiohttp"}],
        },
        "environment": {
            "httptui": "1.0",
            "python": {"version": "3.11.1", "gil": True},
            "packages": {"aiohttp": "1.0", "httpx": "1.0"},
            "system": {"release": "6.1"},
            "cpu": {"logical": 4, "load_average": [0.1, 0.2]},
            "target": {"requests": 100},
        },
        "contenders": contenders or (contender("A", "aiohttp"), contender("B", "httpx")),
        "ranking": (),
        "verdict": Verdict("undecided", "Nobody won."),
    }
    return Report(**(values | changes))
