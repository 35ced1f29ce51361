"""One worker of an engine that calls back: what the task of another engine's worker does, without the task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from time import perf_counter_ns
from typing import Any

from engines.base import CallbackEngine, Cancellable, Reply
from engines.lane.recorder import Recorder
from engines.lane.turn import NS


class CallbackWorker:
    """Sends one request after the other as its pace tells; `left` is done when it has sent its last."""

    def __init__(self, engine: CallbackEngine, request: Any, recorder: Recorder, worker: int) -> None:
        self.left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._cancel = _set_to_work(engine, request, recorder, worker, self.left)

    def cancel(self) -> None:
        """Leave at once, and give up the request that is on its way."""
        if not self.left.done():
            self._cancel()


def _set_to_work(
    engine: CallbackEngine, request: Any, recorder: Recorder, worker: int, left: asyncio.Future[None]
) -> Callable[[], None]:
    """Send the first request; what is returned gives up the one on its way.

    A closure with few calls, because each would cost a hundredth of the fastest engine's request.
    """
    loop, start, pace = left.get_loop(), engine.start, recorder.turn.pace(worker)
    records, busy = recorder.records, recorder.busy
    under_way: Cancellable
    planned, sent = 0, 0
    leave = partial(_leave, recorder, worker, left)

    def done(outcome: Reply | Exception) -> None:
        nonlocal planned, sent, under_way
        now = perf_counter_ns()
        following = pace(now)
        # Before the record is kept, so that a frame cut in between counts no request twice.
        busy[worker] = following if following is not None and following <= now else 0
        if isinstance(outcome, Exception):
            recorder.fail(outcome, now - planned)
        else:
            status, body, version = outcome
            records.append((now - sent, status, len(body), version, sent - planned))
        if following is None:
            leave(now)
            return
        planned, sent = following, now
        if following <= now:
            send()
        else:
            under_way = loop.call_later((following - perf_counter_ns()) / NS, send_planned)

    def send() -> None:
        nonlocal under_way
        busy[worker] = planned
        try:
            under_way = start(request, done)
        except Exception as error:  # noqa: BLE001 - a client may raise anything, and each is counted
            under_way = loop.call_soon(done, error)

    def send_planned() -> None:
        nonlocal sent
        sent = perf_counter_ns()
        send()

    def cancel() -> None:
        under_way.cancel()
        now = perf_counter_ns()
        recorder.cancel_worker(worker, now)
        leave(now)

    sent = perf_counter_ns()
    first = pace(sent)
    if first is None:
        leave(sent)
    else:
        planned = first
        under_way = loop.call_later(max(first - sent, 0) / NS, send if first <= sent else send_planned)
    return cancel


def _leave(recorder: Recorder, worker: int, left: asyncio.Future[None], now: int) -> None:
    recorder.end_worker(worker, now)
    left.set_result(None)
