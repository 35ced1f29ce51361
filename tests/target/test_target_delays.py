from __future__ import annotations

import asyncio
import itertools
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from httptui.target.pacing import DelayQueue


class Loop:
    """Timers over an injected clock that come up to `early` seconds too soon, as those of an event loop may."""

    def __init__(self, early: float = 0.0) -> None:
        self.now = 100.0
        self.early = early
        self.timers: list[Timer] = []

    def call_later(self, delay: float, function, *args) -> Timer:
        timer = Timer(self.now + delay, partial(function, *args))
        self.timers.append(timer)
        return timer

    def run(self) -> None:
        for _ in range(100_000):
            waiting = [timer for timer in self.timers if not timer.cancelled]
            if not waiting:
                return
            timer = min(waiting, key=lambda timer: timer.when)
            self.timers.remove(timer)
            self.now = max(self.now, timer.when - self.early)
            timer.function()
        raise AssertionError("the queue never came to rest")


class Timer:
    def __init__(self, when: float, function) -> None:
        self.when, self.function, self.cancelled = when, function, False

    def cancel(self) -> None:
        self.cancelled = True


@given(st.lists(st.integers(0, 60_000).map(lambda ms: ms / 1000), max_size=50), st.floats(0.0, 0.0009))
def test_all_are_called_once_in_due_order_and_never_early(delays: list[float], early: float) -> None:
    loop = Loop(early)
    queue = DelayQueue(loop, clock=lambda: loop.now)  # type: ignore[arg-type]
    called: list[tuple[float, float]] = []
    for delay in delays:
        queue.add(delay, lambda delay=delay: called.append((delay, loop.now)))
    loop.run()
    assert [delay for delay, _ in called] == sorted(delays)
    assert all(when >= 100.0 + delay for delay, when in called)
    assert all(when <= 100.0 + delay + 0.0011 for delay, when in called)


def test_one_timer_serves_all() -> None:
    loop = Loop()
    queue = DelayQueue(loop, clock=lambda: loop.now)  # type: ignore[arg-type]
    counter = itertools.count()
    for _ in range(500):
        queue.add(0.05, lambda: next(counter))
    assert sum(not timer.cancelled for timer in loop.timers) == 1
    loop.run()
    assert next(counter) == 500


def test_a_called_function_may_add_another() -> None:
    loop = Loop()
    queue = DelayQueue(loop, clock=lambda: loop.now)  # type: ignore[arg-type]
    times: list[float] = []

    def again() -> None:
        times.append(loop.now)
        if len(times) < 3:
            queue.add(1.0, again)

    queue.add(1.0, again)
    loop.run()
    assert times == [101.0, 102.0, 103.0]


async def test_it_works_on_a_real_loop() -> None:
    queue = DelayQueue(asyncio.get_running_loop())
    order: list[str] = []
    over = asyncio.Event()
    queue.add(0.02, over.set)
    queue.add(0.01, lambda: order.append("second"))
    queue.add(0.0, lambda: order.append("first"))
    await over.wait()
    assert order == ["first", "second"]
