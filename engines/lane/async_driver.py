"""Driver of async engines: one event loop, with a task per worker, or callbacks if the engine supports them.

Retries need tasks: with them, an engine that could call back is driven by tasks too. If load is added by hand, the
driver adds workers; clients keep the pool sizes of the plan.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from time import perf_counter_ns
from typing import Any

from httptui.engines.base import AsyncEngine, CallbackEngine, Cancellable, Reply
from httptui.engines.lane.clients import AsyncRotation, Clients, uses_of
from httptui.engines.lane.overdue import (
    IGNORED_NS,
    MOST_LEFT_BEHIND,
    Cancellations,
    HangingError,
    OverdueError,
    heartbeat,
    limit_ns_of,
    overdue_among,
    uncancel,
)
from httptui.engines.lane.recorder import Recorder
from httptui.engines.lane.retrying import AsyncSend, Retries
from httptui.engines.lane.supply import Order, Supply
from httptui.engines.lane.turn import FOREVER_NS, NS, Pace, Turn

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


def _start_drawing(start: Start, order: Order) -> tuple[Start, Any]:
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
    start, request = _start_drawing(start, order)
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


class AsyncDriver:
    """The workers and clients of one lane, in its event loop.

    A request that exceeds `limit_seconds` is cancelled and counted as a time-out. If it ignores the cancellation, it
    is left behind, and a new task takes its worker's place.
    """

    def __init__(
        self,
        make: Callable[[], AsyncEngine],
        reuse: str,
        workers: int,
        supply: Supply,
        loop: asyncio.AbstractEventLoop,
        retries: Retries | None = None,
        limit_seconds: float | None = None,
    ) -> None:
        self._limit_ns = limit_ns_of(limit_seconds)
        self._since: list[int] = []
        self._cancellations = Cancellations()
        self._left_behind = 0
        self.clients = Clients(make)
        self._reuse = reuse
        self._supply = supply
        self.retries = retries
        self._planned_workers = workers
        self._senders: list[AsyncSend] = []
        self._calling_back: list[CallbackEngine] = []
        self._adding = asyncio.Lock()
        self._recorder: Recorder | None = None
        self._at_work: list[asyncio.Task[None] | CallbackWorker] = []
        self._under_way: set[asyncio.Future[None]] = set()
        self._all_left = asyncio.Event()
        self._error: BaseException | None = None
        self._asleep: set[asyncio.Future[bool]] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._loop = loop

    @property
    def loop_name(self) -> str:
        return type(self._loop).__module__.partition(".")[0]

    @property
    def workers(self) -> int:
        return len(self._senders)

    @property
    def limit_ns(self) -> int:
        """Time limit of a request for the recorder, in nanoseconds; with retries, each try has its own instead."""
        return self._limit_ns if self.retries is None else FOREVER_NS

    def open(self) -> None:
        """Create the clients that are kept across requests."""
        self._loop.run_until_complete(self._add_workers(self._planned_workers))

    def run(self, recorder: Recorder, drain_seconds: float) -> None:
        """Put one turn under load; returns when every worker has finished."""
        self._loop.run_until_complete(self._run(recorder, drain_seconds))

    def adapt(self) -> None:
        """React to a changed turn: add missing workers, and wake the waiting ones. Callable from any thread."""
        self._loop.call_soon_threadsafe(self._adapt)

    def give_up_in(self, seconds: float) -> None:
        """Cancel all requests in flight after so many seconds. Callable from any thread."""
        self._loop.call_soon_threadsafe(self._call_in, seconds, "give up", self._cancel)

    def close(self) -> None:
        self._loop.run_until_complete(self._close())
        self._loop.close()

    async def _add_workers(self, count: int) -> None:
        """Create workers up to `count`, each with the client that the reuse strategy assigns."""
        uses = uses_of(self._reuse)
        async with self._adding:
            while self.workers < count:
                self._since.append(FOREVER_NS)
                if uses is not None:
                    self._senders.append(self._rotating(uses, self.workers))
                    continue
                if self._reuse == "shared" and self.clients.open:
                    client = self.clients.open[0]
                else:
                    client = self.clients.make()
                    await client.open()
                    self.clients.add(client)
                self._senders.append(self._with_retries(client.send, self.workers))
                if isinstance(client, CallbackEngine) and self.retries is None:
                    self._calling_back.append(client)

    def _rotating(self, uses: int, worker: int) -> AsyncSend:
        return self._with_retries(AsyncRotation(self.clients, uses).send, worker)

    def _with_retries(self, send: AsyncSend, worker: int) -> AsyncSend:
        return send if self.retries is None else self.retries.wrap_async(partial(self._try, send, worker))

    async def _try(self, send: AsyncSend, worker: int, request: Any) -> Reply:
        """Send a request once; the time limit applies to each try."""
        self._since[worker] = began = perf_counter_ns()
        error: BaseException | None = None
        try:
            reply = await send(request)
        except asyncio.CancelledError as cancelled:
            if not self._is_overdue(worker):
                raise
            error = cancelled
        except Exception as raised:
            self._is_overdue(worker)
            if perf_counter_ns() - began < self._limit_ns:
                raise
            error = raised
        finally:
            # Another task may have taken the worker's place; its request must stay registered.
            if self._since[worker] == began:
                self._since[worker] = FOREVER_NS
        if error is not None or perf_counter_ns() - began > self._limit_ns:
            raise OverdueError(self._limit_ns) from error
        return reply

    async def _run(self, recorder: Recorder, drain_seconds: float) -> None:
        turn = recorder.turn
        await self._add_workers(turn.workers)
        await asyncio.sleep((turn.start_ns - perf_counter_ns()) / NS)
        self._supply.begin(turn)
        beat = asyncio.create_task(heartbeat(recorder))
        self._recorder, self._at_work, self._error = recorder, [], None
        self._under_way.clear()
        await self._start_workers(recorder)
        self._watch_time(turn, drain_seconds)
        if self._limit_ns < FOREVER_NS:
            self._watch_requests()
        if self._under_way:
            self._all_left.clear()
            await self._all_left.wait()
        self._recorder = None
        for timer in self._timers.values():
            timer.cancel()
        beat.cancel()
        if self._error is not None:
            raise self._error

    async def _start_workers(self, recorder: Recorder) -> None:
        """Start as many workers as the turn needs."""
        await self._add_workers(recorder.turn.workers)
        for worker in range(len(self._at_work), self.workers):
            if worker == len(recorder.busy):
                recorder.add_worker()
            if self._calling_back:
                order = self._supply.order(recorder.turn, worker)
                called = CallbackWorker(self._calling_back[worker].start, order, recorder, worker)
                self._at_work.append(called)
                self._wait_for(called.left)
            else:
                self._at_work.append(task := asyncio.create_task(self._work(worker, recorder)))
                self._wait_for(task)

    def _wait_for(self, one: asyncio.Future[None]) -> None:
        """Keep the turn going until a worker, or an errand, is done."""
        self._under_way.add(one)
        one.add_done_callback(self._note_done)

    def _note_done(self, one: asyncio.Future[None]) -> None:
        error = None if one.cancelled() else one.exception()
        if one in self._under_way:
            self._under_way.remove(one)
            self._error = self._error or error
            if not self._under_way:
                self._all_left.set()

    def _adapt(self) -> None:
        if self._recorder is None:
            return
        if self._recorder.turn.workers > self.workers:
            self._wait_for(asyncio.create_task(self._start_workers(self._recorder)))
        for sleeper in tuple(self._asleep):
            _settle(sleeper, woken=True)
        for worker in self._at_work:
            if isinstance(worker, CallbackWorker):
                worker.wake()

    def _watch_time(self, turn: Turn, drain_seconds: float) -> None:
        """Cancel requests in flight when the turn's time is over; rechecks then, since holds postpone it."""
        left = turn.seconds_left()
        if left is None:
            return
        if left + drain_seconds <= 0:
            self._cancel()
        else:
            self._call_in(left + drain_seconds, "time", self._watch_time, turn, drain_seconds)

    def _watch_requests(self) -> None:
        """Cancel the requests that are overdue, and schedule the next check."""
        recorder = self._recorder
        if recorder is None:
            return
        now, since = perf_counter_ns(), self._since
        for worker, one in enumerate(self._at_work):
            if isinstance(one, CallbackWorker):
                since[worker] = one.sent_ns
        for worker in self._cancellations.stale(since):
            # Its client has swallowed the cancellation.
            times, one = self._cancellations.take(worker), self._at_work[worker]
            if isinstance(one, asyncio.Task):
                uncancel(one, times)
        late, seconds = overdue_among(recorder.busy, since, self._limit_ns, now)
        for worker in late:
            self._break_off(worker, recorder, now)
        self._call_in(seconds, "requests", self._watch_requests)

    def _break_off(self, worker: int, recorder: Recorder, now: int) -> None:
        one, sent = self._at_work[worker], self._since[worker]
        if isinstance(one, CallbackWorker):
            one.break_off(OverdueError(self._limit_ns))
        elif not self._cancellations.note(worker, sent, now):
            one.cancel()
        elif self._left_behind >= MOST_LEFT_BEHIND:
            self._error = HangingError()
            self._all_left.set()
        else:
            self._leave_behind(worker, recorder, one)

    def _leave_behind(self, worker: int, recorder: Recorder, task: asyncio.Task[None]) -> None:
        """Count a request as timed out although its task still runs, and start another task in its place."""
        now, planned, sent = perf_counter_ns(), recorder.busy[worker], self._since[worker]
        recorder.busy[worker] = 0
        recorder.fail(OverdueError(self._limit_ns), now - planned, max(sent - planned, 0))
        self._cancellations.take(worker)
        self._left_behind += 1
        if (uses := uses_of(self._reuse)) is not None:
            self._senders[worker] = self._rotating(uses, worker)
        self._at_work[worker] = another = asyncio.create_task(self._work(worker, recorder))
        self._wait_for(another)
        self._under_way.discard(task)

    def _is_overdue(self, worker: int) -> bool:
        """Return whether a worker's request was cancelled only because it is overdue."""
        times, task = self._cancellations.take(worker), asyncio.current_task()
        return times > 0 and task is not None and not uncancel(task, times)

    async def _work(self, worker: int, recorder: Recorder) -> None:
        keep, busy, since = recorder.answers.keep, recorder.busy, self._since
        order = self._supply.order(recorder.turn, worker)
        pace, (send, request) = order.pace, order.filled(self._senders[worker])
        each_try = self.retries is not None
        now = perf_counter_ns()
        try:
            while (planned := pace(now)) is not None:
                sent = now
                if planned > now:
                    planned = await self._wait(pace, planned)
                    if planned is None:
                        break
                    sent = perf_counter_ns()
                since[worker] = FOREVER_NS if each_try else sent
                busy[worker] = planned
                try:
                    reply = await send(request)
                except BaseException as error:
                    now = perf_counter_ns()
                    if busy[worker] != planned:
                        return
                    if (failure := self._failure_of(worker, error)) is None:
                        raise
                    busy[worker] = 0
                    recorder.fail(failure, now - planned, sent - planned)
                else:
                    now = perf_counter_ns()
                    if busy[worker] != planned:
                        return
                    busy[worker] = 0
                    keep(sent, now, reply, sent - planned)
                    # Keeping it longer would push the next answers out of the cache.
                    del reply
        except asyncio.CancelledError:
            now = perf_counter_ns()
            recorder.cancel_worker(worker, now)
            recorder.end_worker(worker, now)
            raise
        recorder.end_worker(worker, now)

    def _failure_of(self, worker: int, error: BaseException) -> BaseException | None:
        """Return the failure of a request, or None if its worker is to stop.

        A client may raise a cancellation or SystemExit of its own accord; these count as failures like any other.
        """
        overdue, task = self._is_overdue(worker), asyncio.current_task()
        if not isinstance(error, asyncio.CancelledError):
            return None if isinstance(error, GeneratorExit) else error
        if overdue:
            return OverdueError(self._limit_ns)
        return None if task is None or task.cancelling() else error

    async def _wait(self, pace: Pace, planned: int | None) -> int | None:
        """Sleep until a worker may send; return the planned time of its request, or None to stop."""
        now = 0
        while planned is not None and planned > now:
            woken = await self._sleep(planned)
            # A timer may fire slightly early; the pace would then ask for another wait.
            now = perf_counter_ns() if woken else max(perf_counter_ns(), planned)
            planned = pace(now)
        return planned

    async def _sleep(self, until_ns: int) -> bool:
        """Sleep until a moment, or until the turn changes; return whether it changed."""
        sleeper: asyncio.Future[bool] = self._loop.create_future()
        seconds = max(until_ns - perf_counter_ns(), 0) / NS
        timer = self._loop.call_later(seconds, partial(_settle, sleeper, woken=False))
        self._asleep.add(sleeper)
        try:
            return await sleeper
        finally:
            timer.cancel()
            self._asleep.discard(sleeper)

    def _cancel(self) -> None:
        """Cancel all requests in flight; those that ignore it are left behind shortly afterwards."""
        for worker in self._at_work:
            worker.cancel()
        self._call_in(IGNORED_NS / NS, "leave rest", self._leave_rest)

    def _call_in(self, seconds: float, what: str, call: Callable[..., None], *arguments: Any) -> None:
        """Schedule a call in this turn, replacing the pending one of the same name."""
        if what in self._timers:
            self._timers[what].cancel()
        self._timers[what] = self._loop.call_later(seconds, self._carry_out, call, *arguments)

    def _carry_out(self, call: Callable[..., None], *arguments: Any) -> None:
        try:
            call(*arguments)
        except Exception as error:  # noqa: BLE001 - without it, nobody would end what hangs
            self._error = self._error or error
            self._all_left.set()

    def _leave_rest(self) -> None:
        if self._recorder is not None and self._under_way:
            self._recorder.leave_behind(perf_counter_ns())
            self._under_way.clear()
            self._all_left.set()

    async def _close(self) -> None:
        for client in tuple(self.clients.open):
            self.clients.retire(client)
            await client.close()


def _settle(sleeper: asyncio.Future[bool], *, woken: bool) -> None:
    if not sleeper.done():
        sleeper.set_result(woken)
