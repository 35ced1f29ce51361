"""How long another process may be silent: by the slices in which we were there to hear it, and by its CPU time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable

import pytest

from httptui import own_process
from httptui.own_process import silence


class Waits:
    """Stands for `asyncio.wait`: remembers how long was waited, and has the task end in one of the slices."""

    def __init__(self, ends_at: float) -> None:
        self.timeouts: list[float] = []
        self._ends_at = ends_at

    async def __call__(
        self,
        tasks: set[object],
        timeout: float,  # noqa: ASYNC109
    ) -> tuple[set[object], set[object]]:
        self.timeouts.append(timeout)
        return (tasks, set()) if len(self.timeouts) == self._ends_at else (set(), tasks)


async def silence_with(
    monkeypatch: pytest.MonkeyPatch,
    waits: Waits,
    seconds: float,
    cpu_seconds: Iterable[float | None],
    idle_seconds: float = math.inf,
) -> float | None:
    """Wait for a task of a process that has used so much CPU time at the beginning and after each slice."""
    used = iter(cpu_seconds)
    monkeypatch.setattr(asyncio, "wait", waits)
    monkeypatch.setattr(own_process, "_cpu_seconds", lambda _: next(used))
    task = asyncio.current_task()
    assert task is not None
    return await silence(task, 1, seconds, idle_seconds)


@pytest.mark.parametrize(
    ("ends_at", "seconds", "silent"), [(3, 15.0, None), (99, 15.0, 15.0), (3, 2.5, None)]
)
async def test_silence_is_counted_in_slices_however_long_one_takes(
    ends_at: int, seconds: float, silent: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was stopped for a minute has spent one slice, and then hears what is waiting."""
    waits = Waits(ends_at)
    assert await silence_with(monkeypatch, waits, seconds, range(99)) == silent
    assert max(waits.timeouts) == own_process.SLICE_SECONDS
    assert sum(waits.timeouts) == (3.0 if ends_at == 3 and seconds > 3 else seconds)


@pytest.mark.parametrize(
    ("cpu_seconds", "waited", "silent"),
    [
        ([0.4] * 99, 15.0, 15.0),  # It was stopped before the wait began.
        ([0.1, 0.2, 0.3] + [0.4] * 99, 18.0, 15.0),  # It was stopped after three seconds.
        ([number // 10 for number in range(199)], 120.0, 120.0),  # It works, if only every tenth second.
        ([None] * 199, 120.0, 120.0),  # The system does not tell.
    ],
    ids=["stopped", "stopped later", "slow", "unknown"],
)
async def test_a_process_that_does_nothing_is_given_up_before_the_time_is_over(
    cpu_seconds: list[float | None], waited: float, silent: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = Waits(math.inf)
    assert await silence_with(monkeypatch, waits, 120.0, cpu_seconds, 15.0) == silent
    assert sum(waits.timeouts) == waited
