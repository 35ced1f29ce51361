"""Worker of an engine that calls back: it does the work of a worker task without the cost of a task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from httptui.engines.base import Cancellable, Reply
from httptui.engines.lane.recorder import Recorder
from httptui.engines.lane.supply import Order
from httptui.engines.lane.turn import NS

Done = Callable[[Reply | BaseException], None]
"""Callback with a request's outcome."""

Start = Callable[[Any, Done], Cancellable]
"""An engine's `start`: send a prepared request, and call back with its outcome."""

Begin = Callable[[int, int], None]
"""Send a request: its planned time, and the time now."""

Following = Callable[[int | None, int], None]
"""Continue after an answer: the pace's next time (send, wait, or None to stop), and the time now."""


class CallbackWorker:
    """Sends one request after another at its pace; the future `left` is done when the worker has stopped."""

    def __init__(self, start: Start, order: Order, recorder: Recorder, worker: int) -> None:
        self._loop = asyncio.get_running_loop()
        self.left: asyncio.Future[None] = self._loop.create_future()
        self._recorder = recorder
        self._worker = worker
        self._pace = order.pace
        self._begin, self._end, self._on_its_way = _exchanges(start, order, recorder, worker, self._follow)
        self._timer: asyncio.TimerHandle | None = None
        self._idle_since = perf_counter_ns()
        self._wait(0)

    def wake(self) -> None:
        """Ask the pace again, if the worker is waiting."""
        if self._timer is not None:
            self._timer.cancel()
            self._ask(0)

    @property
    def sent_ns(self) -> int:
        """Send time of the current, or else the last, request."""
        return self._on_its_way()[1]

    def break_off(self, error: Exception) -> None:
        """Abandon the current request with an error, and continue."""
        self._on_its_way()[0].cancel()
        self._end(error)

    def cancel(self) -> None:
        """Stop at once, and abandon the current request."""
        if self.left.done():
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        else:
            self._on_its_way()[0].cancel()
        now = perf_counter_ns()
        self._recorder.cancel_worker(self._worker, now)
        self._leave(now)

    def _follow(self, following: int | None, now: int) -> None:
        self._idle_since = now
        self._go_on(following, now, now)

    def _wait(self, moment: int) -> None:
        self._timer = self._loop.call_later(max(moment - perf_counter_ns(), 0) / NS, self._ask, moment)

    def _ask(self, moment: int) -> None:
        self._timer = None
        sent = perf_counter_ns()
        # A timer may fire slightly early; the pace would then ask for another wait.
        now = max(sent, moment)
        self._go_on(self._pace(now), now, sent)

    def _go_on(self, following: int | None, now: int, sent: int) -> None:
        if following is None:
            self._leave(self._idle_since)
        elif following > now:
            self._wait(following)
        else:
            self._begin(following, sent)

    def _leave(self, now: int) -> None:
        self._recorder.end_worker(self._worker, now)
        self.left.set_result(None)


def _drawing(start: Start, order: Order) -> tuple[Start, Any]:
    """Return a start function and its argument: the order's request, or the function that draws one each time."""
    if order.draw is None:
        return start, order.request
    return lambda draw, done: start(draw(), done), order.draw


def _exchanges(
    start: Start, order: Order, recorder: Recorder, worker: int, follow: Following
) -> tuple[Begin, Done, Callable[[], tuple[Cancellable, int]]]:
    """Build three functions: one sends a request, one takes its outcome, one returns the current request and its send
    time.

    They are closures with few calls, because each further call would cost 1 % of the fastest engine's request.
    """
    loop = asyncio.get_running_loop()
    pace = order.pace
    start, request = _drawing(start, order)
    answers, busy = recorder.answers, recorder.busy
    keep, keep_end, keep_time = answers.keep, answers.ends.append, answers.times.append
    under_way: Cancellable = loop.create_future()
    planned, sent = 0, 0

    def done(outcome: Reply | BaseException) -> None:
        nonlocal planned, sent, under_way
        now = perf_counter_ns()
        if now >= pace.free_ns or type(outcome) is not tuple:
            look(outcome, now)
            return
        # Set before the answer is kept, here as below, so that a frame cut in between counts no request twice.
        busy[worker] = now
        # A try block costs nothing unless it raises; a type check of the outcome would.
        try:
            status, body, version = outcome
            if (status, len(body), version) == answers.kind and sent == planned:
                keep_end(now)
                keep_time(now - sent)
            else:
                keep(sent, now, outcome, sent - planned)
        except (TypeError, ValueError):
            # A tuple that is not a reply; `keep` records it as such.
            keep(sent, now, outcome, sent - planned)
        planned = sent = now
        try:
            under_way = start(request, done)
        except BaseException as error:  # noqa: BLE001 - a client may raise anything, and each is counted
            under_way = loop.call_soon(done, error)

    def look(outcome: Reply | BaseException, now: int) -> None:
        following = pace(now)
        busy[worker] = following if following is not None and following <= now else 0
        if isinstance(outcome, BaseException):
            recorder.fail(outcome, now - planned, sent - planned)
        else:
            keep(sent, now, outcome, sent - planned)
        follow(following, now)

    def begin(planned_ns: int, now_ns: int) -> None:
        nonlocal planned, sent, under_way
        busy[worker] = planned = planned_ns
        sent = now_ns
        try:
            under_way = start(request, done)
        except BaseException as error:  # noqa: BLE001 - a client may raise anything, and each is counted
            under_way = loop.call_soon(done, error)

    return begin, done, lambda: (under_way, sent)
