"""Runs a sync engine: one thread a worker."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from time import perf_counter_ns, sleep

from engines.base import SyncEngine
from engines.lane.clients import Clients, uses_of
from engines.lane.paces import NS, Pace
from engines.lane.recorder import Recorder
from engines.lane.retrying import Retries, SyncSend
from engines.lane.rotation import SyncRotation
from engines.lane.supply import Supply

Inbox = queue.SimpleQueue["Shift | None"]


class Shift:
    """One turn of all workers: who is still at work, until when they are waited for, and how they wait to send."""

    def __init__(self, recorder: Recorder, drain_seconds: float) -> None:
        self.recorder = recorder
        self.begin = threading.Event()
        self.at_work: set[int] = set()
        self.staff = 0
        self._drain_seconds = drain_seconds
        self._give_up_ns: int | None = None
        self._changed = threading.Condition()
        self._woken: list[threading.Event] = []

    def join(self) -> int:
        """One worker more is at work; its number."""
        with self._changed:
            worker, self.staff = self.staff, self.staff + 1
            self.at_work.add(worker)
            self._woken.append(threading.Event())
        if worker == len(self.recorder.busy):
            self.recorder.add_worker()
        return worker

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
            while self.at_work and ((left := self._seconds_left()) is None or left > 0):
                self._changed.wait(left)

    def wake(self) -> None:
        """Let workers who wait ask anew."""
        for woken in tuple(self._woken):
            woken.set()

    def wait_to_send(self, worker: int, pace: Pace) -> int | None:
        """Wait until a worker may send; when its request was planned, or None: leave.

        Each waits for an event of its own, since a lock that all share would make those late who are due.
        """
        woken = self._woken[worker]
        while True:
            woken.clear()
            now = perf_counter_ns()
            planned = pace(now)
            if planned is None or planned <= now:
                return planned
            woken.wait(min((planned - now) / NS, threading.TIMEOUT_MAX))

    def _seconds_left(self) -> float | None:
        if self._give_up_ns is not None:
            return (self._give_up_ns - perf_counter_ns()) / NS
        left = self.recorder.turn.seconds_left()
        return None if left is None else left + self._drain_seconds


class ThreadDriver:
    """The workers and clients of one lane, each worker a thread that lives as long as the lane.

    A thread cannot be cancelled: one that is still in a request when time is up is left behind and replaced, its
    request is counted as cancelled, and what it records later is read by nobody.
    """

    loop_name = None

    def __init__(
        self,
        make: Callable[[], SyncEngine],
        reuse: str,
        workers: int,
        supply: Supply,
        retries: Retries | None = None,
    ) -> None:
        self._clients = Clients(make)
        self._reuse = reuse
        self._supply = supply
        self._retries = retries
        self._planned_workers = workers
        self._hiring = threading.RLock()
        self._senders: list[SyncSend] = []
        self._inboxes: list[Inbox] = []
        self._shift: Shift | None = None

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
        self._hire(self._planned_workers)

    def run(self, recorder: Recorder, drain_seconds: float) -> None:
        """Put one turn under load; returns when every worker has left, or is left behind."""
        self._supply.begin(recorder.turn)
        self._shift = shift = Shift(recorder, drain_seconds)
        self._staff(shift)
        _sleep_until(recorder.turn.start_ns)
        shift.begin.set()
        shift.wait()
        self._shift = None
        recorder.leave_behind(perf_counter_ns())
        for worker in tuple(shift.at_work):
            self._inboxes[worker].put(None)
            self._inboxes[worker] = self._employ(worker)

    def adapt(self) -> None:
        """The turn has changed: hire whom it lacks, let those who wait ask anew; may be called from any thread."""
        if (shift := self._shift) is not None:
            self._staff(shift)
            shift.wake()

    def give_up_in(self, seconds: float) -> None:
        """Leave behind what is still in flight after so many seconds; may be called from any thread."""
        if (shift := self._shift) is not None:
            shift.give_up_in(seconds)

    def close(self) -> None:
        """Close every client."""
        for client in tuple(self._clients.open):
            self._clients.retire(client)
            client.close()

    def _hire(self, count: int) -> None:
        """Have at least so many workers, each with the client that the reuse strategy gives it."""
        uses = uses_of(self._reuse)
        while self.workers < count:
            if uses is not None:
                send: SyncSend = SyncRotation(self._clients, uses).send
            elif self._reuse == "shared" and self._clients.open:
                send = self._clients.open[0].send
            else:
                client = self._clients.make()
                client.open()
                self._clients.add(client)
                send = client.send
            self._inboxes.append(self._employ(self.workers))
            self._senders.append(send if self._retries is None else self._retries.of_threads(send))

    def _staff(self, shift: Shift) -> None:
        """Set to work as many as the turn needs."""
        with self._hiring:
            self._hire(shift.recorder.turn.workers)
            while shift.staff < self.workers:
                self._inboxes[shift.join()].put(shift)

    def _employ(self, worker: int) -> Inbox:
        inbox: Inbox = queue.SimpleQueue()
        threading.Thread(target=self._live, args=(worker, inbox), daemon=True).start()
        return inbox

    def _live(self, worker: int, inbox: Inbox) -> None:
        while (shift := inbox.get()) is not None:
            self._work(worker, shift)
            shift.leave(worker)

    def _work(self, worker: int, shift: Shift) -> None:
        recorder = shift.recorder
        send, keep, busy = self._senders[worker], recorder.answers.keep, recorder.busy
        pace, request, draw = self._supply.order(recorder.turn, worker)
        if draw is not None:
            send, request = _drawing(send), draw
        shift.begin.wait()
        now = perf_counter_ns()
        while (planned := pace(now)) is not None:
            sent = now
            if planned > now:
                planned = shift.wait_to_send(worker, pace)
                if planned is None:
                    break
                sent = perf_counter_ns()
            busy[worker] = planned
            try:
                reply = send(request)
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
        recorder.end_worker(worker, now)


def _drawing(send: SyncSend) -> SyncSend:
    """The same sending, given what draws the request instead of the request."""
    return lambda draw: send(draw())


def _sleep_until(moment_ns: int) -> None:
    sleep(max(moment_ns - perf_counter_ns(), 0) / NS)
