"""Runs an async engine: one event loop, and one task a worker unless the engine calls back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from time import perf_counter_ns
from typing import Any

from engines.base import AsyncEngine, CallbackEngine, Cancellable, Reply
from engines.lane.callback_worker import CallbackWorker
from engines.lane.clients import Clients, uses_of
from engines.lane.recorder import Recorder
from engines.lane.turn import NS

HEARTBEAT_SECONDS = 0.05
Send = Callable[[Any], Coroutine[Any, Any, Reply]]


class AsyncDriver:
    """The workers and clients of one lane, inside its event loop."""

    def __init__(
        self,
        make: Callable[[], AsyncEngine],
        reuse: str,
        workers: int,
        request: Any,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._clients = Clients(make)
        self._reuse = reuse
        self._request = request
        self.workers = workers
        self._senders: list[Send] = []
        self._calling_back: list[CallbackEngine] = []
        self._at_work: Sequence[Cancellable] = ()
        self._overdue: asyncio.TimerHandle | None = None
        self._loop = loop

    @property
    def loop_name(self) -> str:
        """The library whose loop this is."""
        return type(self._loop).__module__.partition(".")[0]

    def connections_opened(self) -> int | None:
        """Connections opened since the lane began, or None where the library cannot tell."""
        return self._clients.connections_opened()

    def open(self) -> None:
        """Make the clients that outlive a request."""
        self._loop.run_until_complete(self._open())

    def run(self, recorder: Recorder, drain_seconds: float) -> None:
        """Put one turn under load; returns when every worker has left."""
        self._loop.run_until_complete(self._run(recorder, drain_seconds))

    def give_up_in(self, seconds: float) -> None:
        """Cancel what is still in flight after so many seconds; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._cancel)

    def close(self) -> None:
        """Close every client and the loop."""
        self._loop.run_until_complete(self._close())
        self._loop.close()

    async def _open(self) -> None:
        uses = uses_of(self._reuse)
        if uses is not None:
            self._senders = [_Rotation(self._clients, uses).send for _ in range(self.workers)]
            return
        count = 1 if self._reuse == "shared" else self.workers
        for _ in range(count):
            await self._clients.add().open()
        of_each_worker = self._clients.open * (self.workers // count)
        self._senders = [client.send for client in of_each_worker]
        self._calling_back = [client for client in of_each_worker if isinstance(client, CallbackEngine)]

    async def _run(self, recorder: Recorder, drain_seconds: float) -> None:
        await _sleep_until(recorder.turn.start_ns)
        beat = asyncio.create_task(_heartbeat(recorder))
        workers = self._begin(recorder)
        if (left := recorder.turn.seconds_left()) is not None:
            self._overdue = self._loop.call_later(left + drain_seconds, self._cancel)
        await asyncio.wait(workers)
        if self._overdue is not None:
            self._overdue.cancel()
        beat.cancel()
        for worker in workers:
            if not worker.cancelled():
                worker.result()

    def _begin(self, recorder: Recorder) -> Sequence[asyncio.Future[None]]:
        """Set every worker to work; the futures are done when they have left."""
        if self._calling_back:
            workers = [
                CallbackWorker(engine, self._request, recorder, worker)
                for worker, engine in enumerate(self._calling_back)
            ]
            self._at_work = workers
            return [worker.left for worker in workers]
        tasks = [asyncio.create_task(self._work(worker, recorder)) for worker in range(self.workers)]
        self._at_work = tasks
        return tasks

    async def _work(self, worker: int, recorder: Recorder) -> None:
        send, request, records, busy = self._senders[worker], self._request, recorder.records, recorder.busy
        pace = recorder.turn.pace(worker)
        now = perf_counter_ns()
        try:
            while (planned := pace(now)) is not None:
                sent = now
                if planned > now:
                    await _sleep_until(planned)
                    sent = perf_counter_ns()
                busy[worker] = planned
                try:
                    status, body, version = await send(request)
                except Exception as error:  # noqa: BLE001 - a client may raise anything, and each is counted
                    now = perf_counter_ns()
                    busy[worker] = 0
                    recorder.fail(error, now - planned)
                else:
                    now = perf_counter_ns()
                    busy[worker] = 0
                    records.append((now - sent, status, len(body), version, sent - planned))
                    # Held any longer, it would push the next answers out of the cache.
                    del body
        except asyncio.CancelledError:
            now = perf_counter_ns()
            recorder.cancel_worker(worker, now)
            raise
        finally:
            recorder.end_worker(worker, now)

    def _cancel(self) -> None:
        for worker in self._at_work:
            worker.cancel()

    async def _close(self) -> None:
        for client in tuple(self._clients.open):
            self._clients.retire(client)
            await client.close()


class _Rotation:
    """One worker's client, closed after every so many requests and made anew."""

    def __init__(self, clients: Clients[AsyncEngine], uses: int) -> None:
        self._clients = clients
        self._uses = uses
        self._left = 0
        self._client: AsyncEngine | None = None

    async def send(self, request: Any) -> Reply:
        if self._client is None:
            await self._renew()
        client = self._client
        assert client is not None
        self._left -= 1
        try:
            return await client.send(request)
        finally:
            if not self._left:
                self._client = None
                self._clients.retire(client)
                await client.close()

    async def _renew(self) -> None:
        client = self._clients.add()
        try:
            await client.open()
        except BaseException:
            self._clients.retire(client)
            raise
        self._client, self._left = client, self._uses


async def _heartbeat(recorder: Recorder) -> None:
    """Measure how late the loop wakes a timer."""
    while True:
        due = perf_counter_ns() + int(HEARTBEAT_SECONDS * NS)
        await asyncio.sleep(HEARTBEAT_SECONDS)
        recorder.lag_max_ns = max(recorder.lag_max_ns or 0, perf_counter_ns() - due)


async def _sleep_until(moment_ns: int) -> None:
    await asyncio.sleep((moment_ns - perf_counter_ns()) / NS)
