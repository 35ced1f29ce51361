"""Frozen snapshots and a report to draw: before, during and after a run, with errors and a contender that failed."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from functools import cache

from msgspec.structs import replace

from httptui.engines.buckets import bounds_of, bucket_of, histogram_of
from httptui.errors import HttptuiError
from httptui.plan.model import Contender, Load, Plan, Schedule, Target
from httptui.results.histogram import coarsened, flat_of
from httptui.results.report import HistogramData, Report, ReportContender
from httptui.results.snapshot import (
    ContenderView,
    CpuRank,
    Event,
    Flag,
    Latency,
    Limiter,
    PercentilePoint,
    Point,
    Rank,
    Requests,
    Snapshot,
    State,
    Stretch,
    Verdict,
)
from httptui.runs.over_time import LatencyTimeline
from httptui.target.options import Pacing, changed_pacing

PLAN = Plan(
    name="demo",
    description="Does it matter how a client is used, or only which one it is?",
    target=Target(url="http://127.0.0.1:8099/"),
    load=Load(concurrency=64, seconds=10.0),
    schedule=Schedule(kind="concurrent"),
    contender=(
        Contender(engine="aiohttp", loop="uvloop"),
        Contender(engine="httpx-aiohttp"),
        Contender(engine="httpx"),
        Contender(engine="requests", reuse="per-request"),
    ),
)

LIMITERS = (
    Limiter("client CPU", "client CPU: 64 µs of CPU per request, 98 % of a core"),
    Limiter("client CPU", "client CPU: 276 µs of CPU per request, 98 % of a core"),
    Limiter(
        "client CPU",
        "client CPU: 7.8 ms of CPU per request, 98 % of a core; one client shared by 64 costs 6.1 times the CPU per "
        "request of the same client one per worker",
    ),
)
RATES = (15511.0, 3587.0, 129.0, 0.0)
MEDIANS = (4.1, 17.5, 313.0, 0.0)
CPU = (64.0, 276.0, 7800.0, None)


@cache
def histogram(median_ms: float, spread: float, count: int, seed: int) -> tuple[tuple[int, int], ...]:
    """Log-normal latencies in the lanes' buckets."""
    source = random.Random(seed)
    values = (source.lognormvariate(math.log(median_ms * 1e6), spread) for _ in range(count))
    return tuple(sorted(Counter(bucket_of(int(v)) for v in values).items()))


def series(rate: float, seconds: float, seed: int) -> tuple[Point, ...]:
    """A line that rises, wavers and dips once."""
    source = random.Random(seed)
    points = []
    for step in range(1, int(seconds * 4) + 1):
        at = step / 4
        dip = 0.55 if 3.0 < at < 3.6 and rate > 10_000 else 1.0
        points.append(Point(at, rate * min(at / 0.6, 1.0) * dip * source.uniform(0.96, 1.04)))
    return tuple(points)


@cache
def over_time(
    median_ms: float, spread: float, seconds: float, seed: int, each: int = 200
) -> tuple[tuple[PercentilePoint, ...], tuple[Stretch, ...]]:
    """Latencies that settle after a slow start, stall once, and have a second, slower kind among them."""
    source = random.Random(seed)
    timeline = LatencyTimeline()
    quarter = 250_000_000
    for step in range(int(seconds * 4)):
        at = step / 4
        median = median_ms * (1 + 0.8 * math.exp(-2 * at)) * (3 if 3.0 < at < 3.6 else 1)
        values = [
            source.lognormvariate(math.log(median * 1e6 * (6 if source.random() < 0.06 else 1)), spread)
            for _ in range(each)
        ]
        counts = coarsened(flat_of(histogram_of([int(value) for value in values])))
        timeline.add(step * quarter, (step + 1) * quarter, counts)
    return timeline.percentiles(0), timeline.stretches(0)


def contender(index: int, seconds: float, state: State) -> ContenderView:
    """The contender of the plan at an index, after so many seconds."""
    plan = PLAN.contender[index]
    labels = (
        "aiohttp · shared · uvloop",
        "httpx-aiohttp · shared",
        "httpx · shared",
        "requests · per-request",
    )
    view = ContenderView(
        id="ABCD"[index],
        label=labels[index],
        engine=plan.engine,
        reuse=plan.reuse,
        concurrency=64,
        state=state,
    )
    if state == "dnf":
        return replace(view, cause="cannot import requests: No module named 'chardet'")
    rate, median = RATES[index], MEDIANS[index]
    failed = 14 if index == 2 else 0
    ok = int(rate * seconds)
    percentiles, timeline = over_time(median, 0.16 + 0.05 * index, seconds, index)
    return replace(
        view,
        requests=Requests(
            planned=ok + failed + 64, ok=ok, error=2 if failed else 0, timeout=12 if failed else 0
        ),
        warmup_requests=int(rate / 2),
        in_flight=64,
        seconds=seconds,
        req_per_s=rate,
        live_req_per_s=rate,
        latency_ms=Latency(
            p50=median,
            p90=median * 1.5,
            p99=median * 2.2,
            p99_9=median * 3,
            max=median * 4.9,
            mean=median * 1.1,
        ),
        cpu_us_per_request=CPU[index],
        connections_opened=64,
        errors={"timeout": 12, "reset": 2} if failed else {},
        first_messages={"timeout": "no answer within 30 s", "reset": "connection reset by peer"}
        if failed
        else {},
        cpu_share=0.98,
        loop_lag_ms=3.4,
        status={"200": ok},
        http_version="1.1",
        histogram=histogram(median, 0.22 + 0.1 * index, 4000, index),
        series=series(rate, seconds, index),
        percentiles=percentiles,
        timeline=timeline,
        limiter=LIMITERS[index],
    )


RANKING = (
    Rank(id="A", rank_low=1, rank_high=1, req_per_s=15511.0, ratio=1.0),
    Rank(id="B", rank_low=2, rank_high=2, req_per_s=3587.0, ratio=0.231, ratio_low=0.224, ratio_high=0.238),
    Rank(id="C", rank_low=3, rank_high=3, req_per_s=129.0, ratio=0.0083, ratio_low=0.0079, ratio_high=0.0091),
)
CPU_RANKING = (
    CpuRank(id="A", rank_low=1, rank_high=1, cpu_us_per_request=64.0, ratio=1.0),
    CpuRank(
        id="B",
        rank_low=2,
        rank_high=2,
        cpu_us_per_request=276.0,
        ratio=4.31,
        ratio_low=4.22,
        ratio_high=4.4,
    ),
    CpuRank(
        id="C",
        rank_low=3,
        rank_high=3,
        cpu_us_per_request=7800.0,
        ratio=122.0,
        ratio_low=118.0,
        ratio_high=127.0,
    ),
)
FLAGS = (
    Flag(
        "drift",
        "drift: against A, B lost 6 % (p = 0.004) between the first half of the blocks and the second",
    ),
    Flag("steal", "steal: the host took CPU time for others, 8 % from A and 7 % from C"),
)
SHARED = Flag(
    "shared machine",
    "shared machine: all contenders together filled the CPU, so req/s shows who got most of it, not who is fastest; "
    "measured one at a time (--schedule interleaved), each has the whole machine",
)
VERDICT = Verdict(
    "winner",
    "A aiohttp · shared · uvloop serves this workload best: 4.3 times [4.2–4.4] the req/s of B httpx-aiohttp · "
    "shared; C httpx · shared: 0.8 % of the req/s of A, because one client shared by 64 uses 6.1 times the CPU per "
    "request of one client per worker; to settle it, measure one contender at a time (--schedule interleaved).",
)
EVENTS = (
    Event(0.0, "target ready on 127.0.0.1:8099"),
    Event(0.2, "D did not finish: cannot import requests", "error"),
    Event(0.7, "warm-up over after 2 blocks"),
    Event(4.4, "C: 12 requests timed out", "warning"),
)


def running(seconds: float = 6.2) -> Snapshot:
    """Under load, one contender out."""
    states: Sequence[State] = ("running", "running", "running", "dnf")
    return Snapshot(
        sequence=25,
        title="demo",
        target="GET http://127.0.0.1:8099/",
        load="closed · 64 in flight · 10 s",
        schedule="concurrent",
        phase="running",
        elapsed=seconds,
        total=10.0,
        progress=seconds / 10,
        block=11,
        blocks=20,
        contenders=tuple(contender(index, seconds, state) for index, state in enumerate(states)),
        ranking=RANKING,
        cpu_ranking=CPU_RANKING,
        flags=FLAGS,
        events=EVENTS,
    )


def finished() -> Snapshot:
    """The last snapshot of a whole run."""
    snapshot = running(10.0)
    states: Sequence[State] = ("finished", "finished", "finished", "dnf")
    return replace(
        snapshot,
        phase="done",
        progress=1.0,
        block=20,
        contenders=tuple(contender(index, 10.0, state) for index, state in enumerate(states)),
        verdict=VERDICT,
        warnings=("TLS certificates are not verified",),
    )


def in_open_load(snapshot: Snapshot) -> Snapshot:
    """The same under an open load: responses wait, some requests are dropped, some start late."""
    views = tuple(
        view
        if view.latency_ms is None
        else replace(
            view,
            requests=replace(view.requests, dropped=7 * index),
            response_ms=replace(
                view.latency_ms, p50=2 * view.latency_ms.p50, p99=view.latency_ms.p99 + 1000.0
            ),
            late_p99_ms=0.4 + index,
        )
        for index, view in enumerate(snapshot.contenders)
    )
    return replace(snapshot, load="open · 500 req/s poisson · 10 s", contenders=views)


def report_of(snapshot: Snapshot, *, complete: bool = True) -> Report:
    """The report that fits a snapshot."""
    return Report(
        complete=complete,
        started="2026-01-02T03:04:05+00:00",
        seconds=snapshot.elapsed,
        plan={"name": "demo"},
        environment={"python": "3.11.7"},
        contenders=tuple(_report_contender(view) for view in snapshot.contenders),
        ranking=snapshot.ranking,
        cpu_ranking=snapshot.cpu_ranking,
        flags=snapshot.flags,
        verdict=snapshot.verdict or Verdict("undecided", "Undecided: the run was cut short."),
        warnings=snapshot.warnings,
        events=snapshot.events,
    )


def _report_contender(view: ContenderView) -> ReportContender:
    latency = view.latency_ms
    return ReportContender(
        id=view.id,
        label=view.label,
        engine=view.engine,
        reuse=view.reuse,
        loop="asyncio",
        http_version="1.1",
        http_requested="1.1",
        pool=64,
        concurrency=64,
        requests=view.requests,
        warmup_requests=view.warmup_requests,
        seconds=view.seconds,
        req_per_s=view.req_per_s,
        latency_ms=latency,
        cpu_us_per_request=view.cpu_us_per_request,
        connections_opened=view.connections_opened,
        bytes=view.bytes,
        status={},
        errors=view.errors,
        first_messages={},
        first_answers=view.first_answers,
        limiter=view.limiter or Limiter("unknown", "nothing was measured"),
        state=view.state,
        cause=view.cause,
        versions={},
        slices=(),
        histogram=HistogramData(counts=tuple((bounds_of(i)[0], n) for i, n in view.histogram)),
    )


class FakeSession:
    """Gives its snapshots, waits for `go_on` or a stop, then gives its report."""

    def __init__(self, snapshots: Sequence[Snapshot], last: Snapshot) -> None:
        self._snapshots, self._last = snapshots, last
        self.go_on = asyncio.Event()
        self.never = asyncio.Event()
        self.stopped = False
        self.closed = False
        self.paused = False
        self.steps = 0
        self.pacing = Pacing()

    def stop(self) -> None:
        """Drain."""
        self.stopped = True
        if self.go_on is not self.never:
            self.go_on.set()

    def pause(self) -> None:
        """Send nothing."""
        self.paused = True

    def resume(self) -> None:
        """Go on."""
        self.paused = False

    def step_load(self, direction: int) -> bool:
        """One step; there are three below and above."""
        if abs(self.steps + direction) > 3:
            return False
        self.steps += direction
        return True

    def set_target(self, **changes: float) -> None:
        """Take another pacing."""
        self.pacing = changed_pacing(self.pacing, dict(changes))

    async def aclose(self) -> None:
        """Nothing to end."""
        self.closed = True

    def report_now(self) -> Report:
        """A partial report."""
        return report_of(self._snapshots[-1], complete=False)

    async def __aiter__(self) -> AsyncIterator[Snapshot | Report]:
        for snapshot in self._snapshots:
            yield snapshot
        await self.go_on.wait()
        yield self._last
        verdict = self._last.verdict
        failed = verdict is not None and verdict.kind == "invalid"
        yield report_of(self._last, complete=not (self.stopped or failed))


class FakeStart:
    """Starts fake sessions and remembers them and what each was started with."""

    def __init__(
        self, *snapshots: Snapshot, last: Snapshot | None = None, error: HttptuiError | None = None
    ) -> None:
        self.error = error
        self._snapshots, self._last = snapshots or (running(),), last or finished()
        self.sessions: list[FakeSession] = []
        self.asked: list[tuple[Plan, frozenset[str]]] = []

    def __call__(self, plan: Plan, *, consent: frozenset[str] = frozenset()) -> FakeSession:
        self.asked.append((plan, consent))
        if self.error is not None:
            raise self.error
        self.sessions.append(FakeSession(self._snapshots, self._last))
        return self.sessions[-1]
