"""A folder with saved reports: two runs of one plan, one that was cut short, a broken one, and a file of others."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from examples import finished, histogram, report_of
from msgspec.structs import replace

from httptui.engines.buckets import bounds_of
from httptui.report.formats import indented
from httptui.results.report import HistogramData, Report, ReportContender, Slice

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
PLAN = {
    "name": "demo",
    "target": {"url": "http://127.0.0.1:8099/", "method": "GET"},
    "load": {"kind": "closed", "concurrency": 64, "seconds": 10.0},
    "schedule": {"kind": "interleaved"},
    "contender": [
        {"engine": "aiohttp"},
        {"engine": "httpx-aiohttp"},
        {"engine": "httpx"},
        {"engine": "requests"},
    ],
}
FIRST, SECOND = "20261120-100000-demo.json", "20261121-100000-demo.json"
SHORT, BROKEN = "20261119-100000-other.json", "20261118-100000-cut.json"


def sliced(contender: ReportContender, factor: float, seed: int) -> ReportContender:
    """A contender with ten slices, so many times as fast as it was."""
    if contender.latency_ms is None:
        return contender
    rate = contender.req_per_s * factor
    counts = histogram(contender.latency_ms.p50 / factor, 0.2, 3000, seed)
    return replace(
        contender,
        req_per_s=rate,
        slices=tuple(
            Slice(
                block=block,
                start=float(block),
                seconds=1.0,
                ok=round(rate * (1 + 0.01 * (block % 3))),
                error=0,
                timeout=0,
                cpu_us=rate * 64 / factor,
            )
            for block in range(10)
        ),
        histogram=HistogramData(counts=tuple((bounds_of(index)[0], count) for index, count in counts)),
    )


def saved(started: str, factor: float = 1.0, *, name: str = "demo", complete: bool = True) -> Report:
    """A report in which A was so many times as fast."""
    plain = report_of(finished(), complete=complete)
    contenders = tuple(
        sliced(one, factor if one.id == "A" else 1.0, seed) for seed, one in enumerate(plain.contenders)
    )
    environment = {"packages": {"aiohttp": f"3.{round(factor * 10)}"}}
    return replace(
        plain, started=started, plan={**PLAN, "name": name}, contenders=contenders, environment=environment
    )


def fill(folder: Path) -> None:
    """Write the files."""
    files = {
        FIRST: indented(saved("2026-11-20T10:00:00+00:00")),
        SECOND: indented(saved("2026-11-21T10:00:00+00:00", 0.8)),
        SHORT: indented(saved("2026-11-19T10:00:00+00:00", name="other\x1b[31m", complete=False)),
        BROKEN: b'{"schema": "httptui.report/1", "complete": tr',
        "package.json": b'{"name": "not ours"}',
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    written = datetime(2026, 11, 18, 10, tzinfo=UTC).timestamp()
    os.utime(folder / BROKEN, (written, written))
