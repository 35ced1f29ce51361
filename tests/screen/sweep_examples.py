"""Frozen snapshots of sweeps over concurrency, over latency and over pool and concurrency, on the way and done."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from msgspec.structs import replace

from httptui.errors import HttptuiError
from httptui.plan.model import Contender, Load, Plan, Schedule, Target
from httptui.plan.sweep import grid_of
from httptui.report.formats import indented
from httptui.results.scaling_laws import modelled_rate
from httptui.results.snapshot import Event, Limiter
from httptui.sweeps.judging import analysed, point_of, verdict_of
from httptui.sweeps.report import SweepPoint, SweepReport, SweepSlice, SweepSnapshot, SweepVerdict
from httptui.tui.control.sweep import sweep_before
from httptui.tui.panels.sweep_view import Levels

BLOCKS = 6
CPU_US = {"A": 100.0, "B": 310.0, "C": 620.0}
Rate = Callable[[str, Levels], float]

KNEE = Plan(
    name="knee",
    target=Target(url="embedded/?latency_ms=5"),
    load=Load(seconds=2.4),
    schedule=Schedule(kind="interleaved", blocks=BLOCKS),
    sweep={"concurrency": (1, 2, 4, 8, 16, 32, 64, 128, 256)},
    contender=(
        Contender(engine="aiohttp"),
        Contender(engine="httpx-aiohttp"),
        Contender(engine="httpx"),
    ),
)
LATENCY = replace(
    KNEE,
    name="latency",
    target=Target(url="embedded"),
    load=Load(concurrency=16, seconds=2.4),
    sweep={"latency_ms": (0, 1, 2, 5, 10, 20, 50, 100, 300)},
)
GRID = replace(
    KNEE,
    name="pool",
    target=Target(url="embedded/?latency_ms=20"),
    sweep={"pool": (2, 10, 20, 100), "concurrency": (1, 4, 16, 64, 256)},
    contender=KNEE.contender[:2],
)


def knee_rate(letter: str, levels: Levels) -> float:
    """Gunther's law, another one for each contender."""
    gamma, alpha, beta = {"A": (180.0, 0.01, 0.00002), "B": (170, 0.05, 0.00005), "C": (150, 0.09, 0.0006)}[
        letter
    ]
    n = levels[0]
    return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))


def latency_rate(letter: str, levels: Levels) -> float:
    """Waiting in the network and in the queue before the client."""
    return modelled_rate(16, levels[0], CPU_US[letter], 0.4)


def grid_rate(letter: str, levels: Levels) -> float:
    """The smaller of the two limits, up to the client's own."""
    return min(min(levels) / 0.0205, 1e6 / CPU_US[letter])


def points(plan: Plan, rate: Rate, blocks: int, sigma: float = 0.006) -> tuple[SweepPoint, ...]:
    """What so many blocks would measure; in the last one, the second half of the levels is still to come."""
    grid = grid_of(plan)
    made = []
    for index, levels in enumerate(grid):
        for at, letter in enumerate("ABC"[: len(plan.contender)]):
            source = random.Random(f"{levels}{letter}")
            had = blocks if blocks == BLOCKS or index < len(grid) // 2 else blocks - 1
            slices = [
                _slice(rate(letter, levels), levels, letter, at, block, sigma, source) for block in range(had)
            ]
            limiter = Limiter(
                "client CPU" if rate(letter, levels) > 1e6 / CPU_US[letter] * 0.9 else "latency", "it is"
            )
            made.append(
                point_of(levels, letter, slices, [limiter])
                if slices
                else SweepPoint(levels=levels, contender=letter)
            )
    return tuple(made)


def _slice(
    rate: float, levels: Levels, letter: str, position: int, block: int, sigma: float, source: random.Random
) -> SweepSlice:
    noise = source.lognormvariate(0, sigma)
    waiting = max(levels[-1] - levels[0], 0) / rate * 1e3 if len(levels) == 2 else None
    in_flight = levels[-1] if levels[-1] != 300 else 16
    return SweepSlice(
        block=block,
        turn=0,
        position=position,
        start=float(block),
        seconds=0.4,
        ok=round(rate * 0.4),
        failed=0,
        warmup_requests=40,
        req_per_s=rate * noise,
        cpu_us_per_request=CPU_US[letter] * source.lognormvariate(0, 0.01),
        p50_ms=in_flight / rate * 1e3 / noise,
        p99_ms=in_flight / rate * 1.6e3 / noise,
        pool_wait_ms=waiting,
    )


def snapshot(plan: Plan, rate: Rate, blocks: int = 4) -> SweepSnapshot:
    """The sweep after so many blocks, 4 being on the way."""
    measured = points(plan, rate, blocks)
    levels = grid_of(plan)
    done = blocks == BLOCKS
    return replace(
        sweep_before(plan),
        sequence=25,
        phase="done" if done else "running",
        points=measured,
        block=blocks,
        levels=None if done else levels[len(levels) // 2],
        contender=None if done else "B",
        live_req_per_s=0.0 if done else 3000.0,
        elapsed=130.2 if done else 81.4,
        total=131.0,
        progress=1.0 if done else 0.62,
        analysis=analysed(plan, measured),
        events=tuple(
            Event(21.7 * (block + 1), f"block {block + 1} of {BLOCKS} is done") for block in range(blocks - 1)
        ),
    )


def report_of(plan: Plan, last: SweepSnapshot, *, complete: bool = True) -> SweepReport:
    """The report after a last snapshot."""
    return SweepReport(
        complete=complete,
        started="2026-11-21T10:00:00+00:00",
        seconds=last.elapsed,
        plan={"name": plan.name, "target": {"url": plan.target.url}, "sweep": dict(plan.sweep)},
        environment={},
        axes=last.axes,
        contenders=last.contenders,
        blocks=last.blocks,
        points=last.points,
        analysis=last.analysis,
        verdict=SweepVerdict(verdict_of(plan, last.points, last.analysis)),
        events=last.events,
    )


def saved_sweep(*, complete: bool = True) -> SweepReport:
    """The report of the sweep over latency."""
    return report_of(LATENCY, snapshot(LATENCY, latency_rate, BLOCKS), complete=complete)


def write_sweep(folder: Path, report: SweepReport | None = None) -> Path:
    """A file with a sweep's report, in a folder."""
    path = folder / "20261121-100000-latency.json"
    path.write_bytes(indented(report or saved_sweep()))
    return path


class FakeSweep:
    """Gives a snapshot, waits for `go_on` or a stop, then gives the last one and its report."""

    def __init__(self, plan: Plan, rate: Rate) -> None:
        self._plan, self._rate = plan, rate
        self.go_on = asyncio.Event()
        self.stopped = self.closed = False

    def stop(self) -> None:
        """Drain."""
        self.stopped = True
        self.go_on.set()

    async def aclose(self) -> None:
        """Nothing to end."""
        self.closed = True

    def report_now(self) -> SweepReport:
        """A partial report."""
        return report_of(self._plan, snapshot(self._plan, self._rate), complete=False)

    async def __aiter__(self) -> AsyncIterator[SweepSnapshot | SweepReport]:
        yield snapshot(self._plan, self._rate)
        await self.go_on.wait()
        last = snapshot(self._plan, self._rate, 4 if self.stopped else BLOCKS)
        yield replace(last, sequence=26)
        yield report_of(self._plan, last, complete=not self.stopped)


class FakeSweepStart:
    """Starts fake sweeps and remembers them."""

    def __init__(self, rate: Rate, error: HttptuiError | None = None) -> None:
        self.rate, self.error = rate, error
        self.sessions: list[FakeSweep] = []

    def __call__(self, plan: Plan, *, consent: frozenset[str] = frozenset()) -> FakeSweep:
        if self.error is not None:
            raise self.error
        self.sessions.append(FakeSweep(plan, self.rate))
        return self.sessions[-1]
