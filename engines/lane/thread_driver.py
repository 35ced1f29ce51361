"""Runs a sync engine: one thread a worker."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from time import perf_counter_ns, sleep
from typing import Any

from engines.base import Reply, SyncEngine
from engines.lane.clients import Clients, uses_of
from engines.lane.recorder import Recorder
from engines.lane.turn import FOREVER_NS, NS

Send = Callable[[Any], Reply]
Inbox = queue.SimpleQueue["Shift | None"]


class Shift:
    """One turn of all workers: who is still at work, and until when they are waited for."""

    def __init__(self, recorder: Recorder, workers: int, drain_seconds: float) -> None:
        self.recorder = recorder
        self.begin = threading.Event()
        self.at_work = set(range(workers))
        self._changed = threading.Condition()
        self._give_up_ns = min(recorder.turn.deadline_ns + int(drain_seconds * NS), FOREVER_NS)

    def leave(self, worker: int) -> None:
        """A worker has done its last request."""
        with self._changed:
            self.at_work.discard(worker)
            self._changed.notify()

    def give_up_in(self, seconds: float) -> None:
        """Wait for so many seconds more at the most."""
        with self._changed:
            self._give_up_ns = perf_counter_ns() + int(seconds * NS)
            self._changed.notify()

    def wait(self) -> None:
        """Return when every worker has left, or time is up."""
        with self._changed:
            while self.at_work and (left := self._give_up_ns - perf_counter_ns()) > 0:
                self._changed.wait(left / NS)


class ThreadDriver:
    """The workers and clients of one lane, each worker a thread that lives as long as the lane.

    A thread cannot be cancelled: one that is still in a request when time is up is left behind and replaced, its
    request is counted as cancelled, and what it records later is read by nobody.
    """

    loop_name = None

    def __init__(self, make: Callable[[], SyncEngine], reuse: str, workers: int, request: Any) -> None:
        self._clients = Clients(make)
        self._reuse = reuse
        self._request = request
        self.workers = workers
        self._senders: list[Send] = []
        self._inboxes = [self._hire(worker) for worker in range(workers)]
        self._shift: Shift | None = None

    def connections_opened(self) -> int | None:
        """Connections opened since the lane began, or None where the library cannot tell."""
        return self._clients.connections_opened()

    def open(self) -> None:
        """Make the clients that outlive a request."""
        uses = uses_of(self._reuse)
        if uses is not None:
            self._senders = [_Rotation(self._clients, uses).send for _ in range(self.workers)]
            return
        count = 1 if self._reuse == "shared" else self.workers
        for _ in range(count):
            self._clients.add().open()
        opened: list[Send] = [client.send for client in self._clients.open]
        self._senders = opened * (self.workers // count)

    def run(self, recorder: Recorder, drain_seconds: float) -> None:
        """Put one turn under load; returns when every worker has left, or is left behind."""
        self._shift = shift = Shift(recorder, self.workers, drain_seconds)
        for inbox in self._inboxes:
            inbox.put(shift)
        _sleep_until(recorder.turn.start_ns)
        shift.begin.set()
        shift.wait()
        recorder.leave_behind(perf_counter_ns())
        for worker in tuple(shift.at_work):
            self._inboxes[worker].put(None)
            self._inboxes[worker] = self._hire(worker)

    def give_up_in(self, seconds: float) -> None:
        """Leave behind what is still in flight after so many seconds; may be called from any thread."""
        if self._shift is not None:
            self._shift.give_up_in(seconds)

    def close(self) -> None:
        """Close every client."""
        for client in tuple(self._clients.open):
            self._clients.retire(client)
            client.close()

    def _hire(self, worker: int) -> Inbox:
        inbox: Inbox = queue.SimpleQueue()
        threading.Thread(target=self._live, args=(worker, inbox), daemon=True).start()
        return inbox

    def _live(self, worker: int, inbox: Inbox) -> None:
        while (shift := inbox.get()) is not None:
            self._work(worker, shift)
            shift.leave(worker)

    def _work(self, worker: int, shift: Shift) -> None:
        recorder = shift.recorder
        send, request, records, busy = self._senders[worker], self._request, recorder.records, recorder.busy
        pace = recorder.turn.pace(worker)
        shift.begin.wait()
        now = perf_counter_ns()
        while (planned := pace(now)) is not None:
            sent = now
            if planned > now:
                _sleep_until(planned)
                sent = perf_counter_ns()
            busy[worker] = planned
            try:
                status, body, version = send(request)
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
        recorder.end_worker(worker, now)


class _Rotation:
    """One worker's client, closed after every so many requests and made anew."""

    def __init__(self, clients: Clients[SyncEngine], uses: int) -> None:
        self._clients = clients
        self._uses = uses
        self._left = 0
        self._client: SyncEngine | None = None

    def send(self, request: Any) -> Reply:
        if self._client is None:
            self._renew()
        client = self._client
        assert client is not None
        self._left -= 1
        try:
            return client.send(request)
        finally:
            if not self._left:
                self._client = None
                self._clients.retire(client)
                client.close()

    def _renew(self) -> None:
        client = self._clients.add()
        try:
            client.open()
        except BaseException:
            self._clients.retire(client)
            raise
        self._client, self._left = client, self._uses


def _sleep_until(moment_ns: int) -> None:
    sleep(max(moment_ns - perf_counter_ns(), 0) / NS)
