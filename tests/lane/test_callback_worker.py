"""A worker that is called back records and leaves as a task's would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

import pytest
from turn_examples import turn_of as any_turn_of

from httptui.engines.base import CallbackEngine, Cancellable, Reply, Settings
from httptui.engines.lane.async_driver import CallbackWorker
from httptui.engines.lane.recorder import Recorder
from httptui.engines.lane.supply import Order
from httptui.engines.lane.turn import Turn

Done = Callable[[Reply | Exception], None]


class Scripted(CallbackEngine):
    """Gives one outcome after the other in the next turn of the loop; None is never answered; `raises` at once."""

    def __init__(self, outcomes: list[Reply | Exception | None], raises: Exception | None = None) -> None:
        super().__init__(Settings())
        self.outcomes = outcomes
        self.raises = raises
        self.sent = 0

    def start(self, request: Any, done: Done) -> Cancellable:
        self.sent += 1
        if self.raises is not None:
            raise self.raises
        outcome = self.outcomes.pop(0)
        loop = asyncio.get_running_loop()
        return loop.create_future() if outcome is None else loop.call_soon(done, outcome)


def turn_of(**changes: Any) -> Turn:
    return any_turn_of(**({"start_ns": perf_counter_ns(), "requests": 3, "concurrency": 1} | changes))


def worked(engine: Scripted, recorder: Recorder) -> CallbackWorker:
    return CallbackWorker(engine.start, Order(recorder.turn.pace(0)), recorder, 0)


async def test_every_outcome_is_recorded_and_the_worker_leaves_after_its_last() -> None:
    recorder = Recorder(turn_of(), 1)
    engine = Scripted([(200, b"12", "1.1"), ConnectionResetError("gone"), (503, b"", "1.1")])
    await worked(engine, recorder).left
    answers = recorder.answers.take()
    assert (answers.statuses, answers.bytes, answers.size) == ({200: 1, 503: 1}, 2, 2)
    assert [kind for kind, *_ in recorder.failures] == ["disconnected"]
    assert (recorder.busy, engine.sent) == ([0], 3)


async def test_while_only_time_bounds_the_load_answers_of_every_kind_are_counted_apart() -> None:
    recorder = Recorder(turn_of(requests=None, seconds=60.0), 1)
    ok, other, refused = (200, b"12", "1.1"), (200, b"1", "1.1"), (503, b"12", "1.1")
    outcomes: list[Reply | Exception | None] = [
        ok,
        ok,
        other,
        refused,
        ConnectionResetError("gone"),
        ok,
        None,
    ]
    engine = Scripted(list(outcomes))
    worker = worked(engine, recorder)
    while engine.outcomes:
        await asyncio.sleep(0)
    worker.cancel()
    frame = recorder.drain(perf_counter_ns(), lambda _start, _end: 0, last=True)
    assert (frame["ok"], frame["error"], frame["cancelled"], frame["planned"]) == (4, 2, 1, len(outcomes))
    assert (frame["status"], frame["bytes"]) == ({"200": 4, "503": 1}, 9)
    assert sum(frame["histogram"][1::2]) == 4


@pytest.mark.parametrize(
    "wrong", [(200, b""), (200, None, "1.1"), (200, b"", "1.1", {}), (), (200, "text", "1.1")]
)
@pytest.mark.parametrize("timed", [True, False])
async def test_what_is_no_answer_is_an_error_and_the_next_request_is_sent(wrong: Any, timed: bool) -> None:
    recorder = Recorder(turn_of(requests=None, seconds=60.0) if timed else turn_of(requests=4), 1)
    engine = Scripted([(200, b"", "1.1"), wrong, (200, b"", "1.1"), None])
    worker = worked(engine, recorder)
    for _ in range(1_000):
        if engine.sent == 4:
            break
        await asyncio.sleep(0)
    worker.cancel()
    frame = recorder.drain(perf_counter_ns(), lambda _start, _end: 0, last=True)
    assert (engine.sent, frame["planned"], frame["cancelled"]) == (4, 4, 1)
    assert (frame["ok"], frame["error"]) == (2, 1)
    (message,) = frame["messages"].values()
    assert message.endswith("it has to return (status, body, HTTP version)")


async def test_a_start_that_raises_counts_as_a_failed_request() -> None:
    recorder = Recorder(turn_of(requests=2), 1)
    await worked(Scripted([], raises=ConnectionRefusedError("no")), recorder).left
    assert len(recorder.failures) == 2


async def test_a_request_on_its_way_is_cancelled_and_counted() -> None:
    recorder = Recorder(turn_of(), 1)
    engine = Scripted([(200, b"", "1.1"), None])
    worker = worked(engine, recorder)
    while engine.sent < 2:
        await asyncio.sleep(0)
    worker.cancel()
    worker.cancel()
    frame = recorder.drain(perf_counter_ns(), lambda _start, _end: 0, last=True)
    assert worker.left.done()
    assert (frame["ok"], frame["cancelled"], frame["in_flight"], frame["planned"]) == (1, 1, 0, 2)


async def test_a_time_to_think_passes_before_each_request_but_the_first() -> None:
    recorder = Recorder(turn_of(think_seconds=0.01), 1)
    begun = perf_counter_ns()
    await worked(Scripted([(200, b"", "1.1")] * 3), recorder).left
    assert recorder.answers.take().size == 3
    assert perf_counter_ns() - begun >= 0.02e9


async def test_a_turn_that_is_over_sends_nothing() -> None:
    recorder = Recorder(turn_of(requests=0), 1)
    engine = Scripted([])
    await worked(engine, recorder).left
    assert engine.sent == 0
