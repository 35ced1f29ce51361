"""Runs an async engine: one event loop, and one task a worker unless the engine calls back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from time import perf_counter_ns

from engines.base import AsyncEngine, CallbackEngine, Cancellable
from engines.lane.callback_worker import CallbackWorker
from engines.lane.clients import Clients, uses_of
from engines.lane.heartbeat import heartbeat
from engines.lane.paces import NS, Pace
from engines.lane.recorder import Recorder
from engines.lane.retrying import AsyncSend, Retries
from engines.lane.rotation import AsyncRotation
from engines.lane.supply import Supply
from engines.lane.turn import Turn


class AsyncDriver:
    """The workers and clients of one lane, inside its event loop."""

    def __init__(
        self,
        make: Callable[[], AsyncEngine],
        reuse: str,
        workers: int,
        supply: Supply,
        loop: asyncio.AbstractEventLoop,
        retries: Retries | None = None,
    ) -> None:
        self._clients = Clients(make)
        self._reuse = reuse
        self._supply = supply
        self._retries = retries
        self._planned_workers = workers
        self._senders: list[AsyncSend] = []
        self._calling_back: list[CallbackEngine] = []
        self._hiring = asyncio.Lock()
        self._recorder: Recorder | None = None
        self._at_work: list[Cancellable] = []
        self._left: list[asyncio.Future[None]] = []
        self._errands: list[asyncio.Task[None]] = []
        self._asleep: set[asyncio.Future[bool]] = set()
        self._overdue: asyncio.TimerHandle | None = None
        self._loop = loop

    @property
    def loop_name(self) -> str:
        """The library whose loop this is."""
        return type(self._loop).__module__.partition(".")[0]

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return len(self._senders)

    def connections_opened(self) -> int | None:
        """Connections opened since the lane began, or None where the library cannot tell."""
        return self._clients.connections_opened()

    def retried(self) -> int:
        """Requests sent once more since the lane began."""
        return 0 if self._retries is None else self._retries.count

    def open(self) -> None:
        """Make the clients that outlive a request."""
        self._loop.run_until_complete(self._hire(self._planned_workers))

    def run(self, recorder: Recorder, drain_seconds: float) -> None:
        """Put one turn under load; returns when every worker has left."""
        self._loop.run_until_complete(self._run(recorder, drain_seconds))

    def adapt(self) -> None:
        """The turn has changed: hire whom it lacks, let those who wait ask anew; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._adapt)

    def give_up_in(self, seconds: float) -> None:
        """Cancel what is still in flight after so many seconds; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._cancel)

    def close(self) -> None:
        """Close every client and the loop."""
        self._loop.run_until_complete(self._close())
        self._loop.close()

    async def _hire(self, count: int) -> None:
        """Have at least so many workers, each with the client that the reuse strategy gives it."""
        uses = uses_of(self._reuse)
        async with self._hiring:
            while self.workers < count:
                if uses is not None:
                    self._senders.append(self._tried_again(AsyncRotation(self._clients, uses).send))
                    continue
                if self._reuse == "shared" and self._clients.open:
                    client = self._clients.open[0]
                else:
                    client = self._clients.make()
                    await client.open()
                    self._clients.add(client)
                self._senders.append(self._tried_again(client.send))
                if isinstance(client, CallbackEngine) and self._retries is None:
                    self._calling_back.append(client)

    def _tried_again(self, send: AsyncSend) -> AsyncSend:
        return send if self._retries is None else self._retries.of_tasks(send)

    async def _run(self, recorder: Recorder, drain_seconds: float) -> None:
        turn = recorder.turn
        await self._hire(turn.workers)
        await _sleep_until(turn.start_ns)
        self._supply.begin(turn)
        beat = asyncio.create_task(heartbeat(recorder))
        self._recorder, self._at_work, self._left, self._errands = recorder, [], [], []
        await self._staff(recorder)
        self._watch_time(turn, drain_seconds)
        while under_way := [one for one in (*self._left, *self._errands) if not one.done()]:
            await asyncio.wait(under_way)
        self._recorder = None
        if self._overdue is not None:
            self._overdue.cancel()
        beat.cancel()
        for one in (*self._left, *self._errands):
            if not one.cancelled():
                one.result()

    async def _staff(self, recorder: Recorder) -> None:
        """Set to work as many as the turn needs."""
        await self._hire(recorder.turn.workers)
        for worker in range(len(self._left), self.workers):
            if worker == len(recorder.busy):
                recorder.add_worker()
            if self._calling_back:
                order = self._supply.order(recorder.turn, worker)
                called = CallbackWorker(self._calling_back[worker].start, order, recorder, worker)
                self._at_work.append(called)
                self._left.append(called.left)
            else:
                task = asyncio.create_task(self._work(worker, recorder))
                self._at_work.append(task)
                self._left.append(task)

    def _adapt(self) -> None:
        if self._recorder is None:
            return
        if self._recorder.turn.workers > self.workers:
            self._errands.append(asyncio.create_task(self._staff(self._recorder)))
        for sleeper in tuple(self._asleep):
            _settle(sleeper, woken=True)
        for worker in self._at_work:
            if isinstance(worker, CallbackWorker):
                worker.wake()

    def _watch_time(self, turn: Turn, drain_seconds: float) -> None:
        """Cancel what is in flight once its time is over; looks again at that time, since holds put it off."""
        left = turn.seconds_left()
        if left is None:
            return
        if left + drain_seconds <= 0:
            self._cancel()
        else:
            self._overdue = self._loop.call_later(left + drain_seconds, self._watch_time, turn, drain_seconds)

    async def _work(self, worker: int, recorder: Recorder) -> None:
        send, keep, busy = self._senders[worker], recorder.answers.keep, recorder.busy
        pace, request, draw = self._supply.order(recorder.turn, worker)
        if draw is not None:
            send, request = _drawing(send), draw
        now = perf_counter_ns()
        try:
            while (planned := pace(now)) is not None:
                sent = now
                if planned > now:
                    planned = await self._wait(pace, planned)
                    if planned is None:
                        break
                    sent = perf_counter_ns()
                busy[worker] = planned
                try:
                    reply = await send(request)
                except Exception as error:  # noqa: BLE001 - a client may raise anything, and each is counted
                    now = perf_counter_ns()
                    busy[worker] = 0
                    recorder.fail(error, now - planned, sent - planned)
                else:
                    now = perf_counter_ns()
                    busy[worker] = 0
                    keep(sent, now, reply, sent - planned)
                    # Held any longer, it would push the next answers out of the cache.
                    del reply
        except asyncio.CancelledError:
            now = perf_counter_ns()
            recorder.cancel_worker(worker, now)
            raise
        finally:
            recorder.end_worker(worker, now)

    async def _wait(self, pace: Pace, planned: int | None) -> int | None:
        """Sleep until a worker may send; when its request was planned, or None: leave."""
        now = 0
        while planned is not None and planned > now:
            woken = await self._sleep(planned)
            # A timer may come a little early, and would be asked to wait again.
            now = perf_counter_ns() if woken else max(perf_counter_ns(), planned)
            planned = pace(now)
        return planned

    async def _sleep(self, until_ns: int) -> bool:
        """Sleep until a moment, or until the turn has changed; whether it has."""
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
        for worker in self._at_work:
            worker.cancel()

    async def _close(self) -> None:
        for client in tuple(self._clients.open):
            self._clients.retire(client)
            await client.close()


def _drawing(send: AsyncSend) -> AsyncSend:
    """The same sending, given what draws the request instead of the request."""
    return lambda draw: send(draw())


def _settle(sleeper: asyncio.Future[bool], *, woken: bool) -> None:
    if not sleeper.done():
        sleeper.set_result(woken)


async def _sleep_until(moment_ns: int) -> None:
    await asyncio.sleep((moment_ns - perf_counter_ns()) / NS)
