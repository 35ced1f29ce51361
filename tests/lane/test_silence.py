"""How long a lane may be silent, by the slices in which its parent was there to hear it."""

from __future__ import annotations

import asyncio

import pytest

from httptui.runs import lanes as process


class Waits:
    """Stands for `asyncio.wait`: remembers how long was waited, and has the task end in one of the slices."""

    def __init__(self, ends_at: int) -> None:
        self.timeouts: list[float] = []
        self._ends_at = ends_at

    async def __call__(
        self,
        tasks: set[object],
        timeout: float,  # noqa: ASYNC109
    ) -> tuple[set[object], set[object]]:
        self.timeouts.append(timeout)
        return (tasks, set()) if len(self.timeouts) == self._ends_at else (set(), tasks)


@pytest.mark.parametrize(
    ("ends_at", "seconds", "heard"), [(3, 15.0, True), (99, 15.0, False), (3, 2.5, True)]
)
async def test_silence_is_counted_in_slices_however_long_one_takes(
    ends_at: int, seconds: float, heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was stopped for a minute has spent one slice, and then hears what is waiting."""
    waits = Waits(ends_at)
    monkeypatch.setattr(asyncio, "wait", waits)
    task: asyncio.Task[object] = asyncio.current_task()  # type: ignore[assignment]
    assert await process._ended(task, seconds) is heard  # type: ignore[arg-type]
    assert max(waits.timeouts) == process.SLICE_SECONDS
    assert sum(waits.timeouts) == (3.0 if ends_at == 3 and seconds > 3 else seconds)
