"""Examination of engines, a few at a time; each is reported as soon as it is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import suppress

from httptui.doctor import lanes
from httptui.doctor.bench import Bench, GaveUpError, open_bench
from httptui.doctor.findings import Examination, Finding, excused, whole
from httptui.doctor.grounds import Grounds, open_grounds
from httptui.doctor.judges import judge_left
from httptui.doctor.scenes import SCENES, first
from httptui.engines.registry import EngineInfo

AT_ONCE = 4


async def examine(
    engines: Sequence[EngineInfo], *, accepted: Collection[str] = (), at_once: int = AT_ONCE
) -> AsyncGenerator[Examination, None]:
    """Yield the examination of each engine, in the order of completion.

    `accepted` are checks whose failure counts as an exception. Raises TargetError if the target does not start.
    """
    turns = asyncio.Semaphore(at_once)
    http2 = any("2" in info.http_versions for info in engines)
    async with open_grounds(len(engines), http2=http2) as grounds:

        async def taking_turns(index: int) -> Examination:
            async with turns:
                return await _examine_one(engines[index], grounds, index, accepted)

        tasks = [asyncio.create_task(taking_turns(index)) for index in range(len(engines))]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def _examine_one(
    info: EngineInfo, grounds: Grounds, index: int, accepted: Collection[str]
) -> Examination:
    async with open_bench(info, grounds, index) as bench:
        failed = await bench.probe.start()
        found = [Finding("loads", failed is None, failed or "imported")]
        if found[-1].passed:
            found.append(await first(bench))
        if found[-1].passed:
            found += await _findings(bench)
    return Examination(
        engine=info.name,
        package=info.package,
        version=info.version,
        findings=tuple(excused(info.name, finding, accepted) for finding in whole(found)),
    )


async def _findings(bench: Bench) -> list[Finding]:
    """Return all findings but the first; lanes and probe work side by side, each with its own targets."""
    name = bench.info.name
    tasks = [
        asyncio.create_task(part)
        for part in (
            _probed(bench),
            lanes.connections(name),
            lanes.cancelling(name, bench.beside(f"/fault/hang?seconds={lanes.HANG_SECONDS}")),
        )
    ]
    try:
        parts = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    return [finding for part in parts for finding in part]


async def _probed(bench: Bench) -> tuple[Finding, ...]:
    found: list[Finding] = []
    with suppress(GaveUpError):
        for scene in SCENES:
            found += await scene(bench)
    return (*found, judge_left(bench.sockets, bench.all_gone, bench.failures))
