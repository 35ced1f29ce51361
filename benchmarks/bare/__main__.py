"""One client's bare loop in a separate process: `python -m benchmarks.bare CLIENT LOOP URL IN_FLIGHT HEADERS`.

Each line on standard input is a number of seconds: one turn is run and reported as a line of JSON with the requests
answered, the seconds they took and the process's CPU seconds. The end of input ends the process.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from time import perf_counter, process_time

import uvloop

from benchmarks.bare.loops import AsyncLoop, Job, SyncLoop


def tell(turn: Callable[[float], int], seconds: float) -> None:
    """Run one turn, which takes its end time and returns its requests, and print the result."""
    cpu, start = process_time(), perf_counter()
    requests = turn(start + seconds)
    took, spent = perf_counter() - start, process_time() - cpu
    print(json.dumps({"requests": requests, "seconds": took, "cpu_seconds": spent}), flush=True)


def serve_tasks(bare: AsyncLoop, loop: str) -> None:
    """Run turns of a client driven by tasks, in one event loop."""

    async def work(end: float) -> int:
        return sum(await asyncio.gather(*(bare.worker(end) for _ in range(bare.job.in_flight))))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop if loop == "uvloop" else None) as runner:
        runner.run(bare.open())
        for line in sys.stdin:
            tell(lambda end: runner.run(work(end)), float(line))
        runner.run(bare.close())


def serve_threads(bare: SyncLoop) -> None:
    """Run turns of a client driven by threads."""
    with ThreadPoolExecutor(bare.workers) as pool:
        for line in sys.stdin:
            tell(lambda end: sum(pool.map(bare.worker, [end] * bare.workers)), float(line))
    bare.close()


def main(client: str, loop: str, url: str, in_flight: str, headers: str) -> None:
    """Find the client's loop by the engine's name, and serve turns until standard input ends."""
    module = import_module(f"benchmarks.bare.with_{client.replace('.', '_').replace('-', '_')}")
    bare = module.Loop(Job(url, json.loads(headers), int(in_flight)))
    if isinstance(bare, AsyncLoop):
        serve_tasks(bare, loop)
    else:
        serve_threads(bare)


if __name__ == "__main__":
    main(*sys.argv[1:])
