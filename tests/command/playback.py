"""A session that plays back what it is told to, and what its snapshots and reports are made of."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec

from httptui.results.report import ExpectationResult, HistogramData, Report, ReportContender
from httptui.results.snapshot import ContenderView, Limiter, Requests, Snapshot, Verdict
from httptui.tui.cli.headless import conduct
from httptui.tui.cli.outputs import Outputs


def contender(**changes: Any) -> ReportContender:
    made = ReportContender(
        id="A",
        label="aiohttp · shared",
        engine="aiohttp",
        reuse="shared",
        loop="asyncio",
        http_version="1.1",
        http_requested="1.1",
        pool=4,
        concurrency=4,
        requests=Requests(planned=10, ok=10),
        warmup_requests=0,
        seconds=1.0,
        req_per_s=10.0,
        latency_ms=None,
        cpu_us_per_request=None,
        connections_opened=4,
        bytes=100,
        status={"200": 10},
        errors={},
        first_messages={},
        limiter=Limiter("unknown", "unknown"),
        state="finished",
        cause=None,
        versions={},
        slices=(),
        histogram=HistogramData(counts=()),
    )
    return msgspec.structs.replace(made, **changes)


def report(
    *contenders: ReportContender, complete: bool = True, expectations: tuple[ExpectationResult, ...] = ()
) -> Report:
    return Report(
        expectations=expectations,
        complete=complete,
        started="2026-01-02T03:04:05+00:00",
        seconds=1.0,
        plan={"name": "demo"},
        environment={},
        contenders=contenders or (contender(),),
        ranking=(),
        verdict=Verdict("undecided", "Nobody won."),
    )


def snapshot(elapsed: float = 0.0, **changes: Any) -> Snapshot:
    made = Snapshot(
        sequence=1,
        title="demo",
        target="GET embedded",
        load="closed · 4 in flight · 10 s",
        schedule="concurrent",
        phase="running",
        elapsed=elapsed,
        total=10.0,
        progress=elapsed / 10,
        block=1,
        blocks=1,
        contenders=(
            ContenderView(
                id="A",
                label="aiohttp · shared",
                engine="aiohttp",
                reuse="shared",
                concurrency=4,
                state="running",
                live_req_per_s=1234.0,
            ),
        ),
    )
    return msgspec.structs.replace(made, **changes)


REFUSED = contender(
    requests=Requests(planned=9, error=9),
    errors={"refused": 9},
    first_messages={"refused": "Connect call failed"},
    status={},
)


MET = ExpectationResult(text="errors == 0", id="A", met=True, actual=0, sentence="errors == 0: A has 0")
MISSED = ExpectationResult(
    text="A.p99 < 5ms", id="A", met=False, actual=8.0, sentence="A.p99 < 5ms: A has 8.0 ms"
)


class Playback:
    """A session that gives what it is told to, and remembers how it was treated."""

    def __init__(self, *items: Snapshot | Report | Callable[[Playback], Awaitable[object]]) -> None:
        self.stopped = asyncio.Event()
        self.stops = 0
        self.closed = False
        self._items = items

    async def __aiter__(self) -> AsyncIterator[Snapshot | Report]:
        for item in self._items:
            if isinstance(item, (Snapshot, Report)):
                yield item
            else:
                await item(self)

    def stop(self) -> None:
        self.stops += 1
        self.stopped.set()

    async def aclose(self) -> None:
        self.closed = True

    def report_now(self) -> Report:
        return report(contender(label="so far"), complete=False)


async def interrupted(session: Playback) -> None:
    signal.raise_signal(signal.SIGINT)
    await session.stopped.wait()


async def interrupted_again(_: Playback) -> None:
    signal.raise_signal(signal.SIGINT)
    await asyncio.Event().wait()


async def follow(session: Playback, outputs: Outputs | None = None) -> int:
    return await conduct([lambda: session], outputs or Outputs())
