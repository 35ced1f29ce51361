"""Driver of sync engines: one thread per worker.

If load is added by hand, the driver adds workers; clients keep the pool sizes of the plan.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import partial
from time import perf_counter_ns, sleep
from typing import Any

from httptui.engines.base import Reply, SyncEngine
from httptui.engines.lane.clients import Clients, SyncRotation, uses_of
from httptui.engines.lane.overdue import (
    MOST_LEFT_BEHIND,
    Cancellations,
    HangingError,
    OverdueError,
    break_connection,
    limit_ns_of,
    overdue_among,
)
from httptui.engines.lane.recorder import Recorder
from httptui.engines.lane.retrying import Retries, SyncSend
from httptui.engines.lane.supply import Supply
from httptui.engines.lane.turn import FOREVER_NS, NS, Pace

Inbox = queue.SimpleQueue["RunningTurn | None"]


class RunningTurn:
    """One turn of all workers: who is active, until when the turn waits for them, and how they wait to send."""

    def __init__(self, recorder: Recorder, drain_seconds: float) -> None:
        self.recorder = recorder
        self.begin = threading.Event()
        self.over = threading.Event()
        self.at_work: set[int] = set()
        self.started = 0
        self.error: BaseException | None = None
        self._drain_seconds = drain_seconds
        self._give_up_ns: int | None = None
        self._changed = threading.Condition()
        self._woken: list[threading.Event] = []

    def join(self) -> int:
        """Register one more active worker, and return its number."""
        with self._changed:
            worker, self.started = self.started, self.started + 1
            self.at_work.add(worker)
            self._woken.append(threading.Event())
        if worker == len(self.recorder.busy):
            self.recorder.add_worker()
        return worker

    def leave(self, worker: int) -> None:
        """Record that a worker has finished."""
        with self._changed:
            self.at_work.discard(worker)
            self._changed.notify()

    def break_off(self, error: BaseException) -> None:
        """Stop waiting for any worker: this contender has failed."""
        with self._changed:
            self.error = self.error or error
            self._changed.notify()

    def give_up_in(self, seconds: float) -> None:
        """Wait for at most so many seconds more."""
        with self._changed:
            self._give_up_ns = perf_counter_ns() + int(seconds * NS)
            self._changed.notify()

    def wait(self) -> None:
        """Wait until every worker has finished, or time is up."""
        with self._changed:
            while self.at_work and not self.error and ((left := self._seconds_left()) is None or left > 0):
                self._changed.wait(left)

    def wake(self) -> None:
        """Let waiting workers ask their pace again."""
        for woken in tuple(self._woken):
            woken.set()

    def wait_to_send(self, worker: int, pace: Pace) -> int | None:
        """Wait until a worker may send; return the planned time of its request, or None to stop.

        Each worker has its own event, because contention on a shared lock would make due workers late.
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
    """The workers and clients of one lane; a worker is a thread that lives as long as the lane.

    A thread cannot be cancelled. One that is still in a request when time is up is left behind and replaced; its
    request is counted as cancelled, and its later records are discarded. A request that exceeds `limit_seconds` has
    its connection shut down, which ends the call. If the thread still hangs, it is left behind too, and its request
    is a time-out.
    """

    loop_name = None

    def __init__(
        self,
        make: Callable[[], SyncEngine],
        reuse: str,
        workers: int,
        supply: Supply,
        retries: Retries | None = None,
        limit_seconds: float | None = None,
    ) -> None:
        self._limit_ns = limit_ns_of(limit_seconds)
        self._since: list[int] = []
        self._threads: list[int] = []
        self._left_behind: set[threading.Thread] = set()
        self.clients = Clients(make)
        self._reuse = reuse
        self._supply = supply
        self.retries = retries
        self._planned_workers = workers
        self._adding = threading.RLock()
        self._senders: list[SyncSend] = []
        self._inboxes: list[Inbox] = []
        self._running: RunningTurn | None = None

    @property
    def workers(self) -> int:
        return len(self._senders)

    @property
    def limit_ns(self) -> int:
        """Time limit of a request for the recorder, in nanoseconds; with retries, each try has its own instead."""
        return self._limit_ns if self.retries is None else FOREVER_NS

    def open(self) -> None:
        """Create the clients that are kept across requests."""
        self._add_workers(self._planned_workers)

    def run(self, recorder: Recorder, drain_seconds: float) -> None:
        """Put one turn under load; returns when every worker has finished or is left behind."""
        self._supply.begin(recorder.turn)
        self._running = running = RunningTurn(recorder, drain_seconds)
        self._start_workers(running)
        _sleep_until(recorder.turn.start_ns)
        if self._limit_ns < FOREVER_NS:
            threading.Thread(target=self._watch, args=(running,), name="watch", daemon=True).start()
        running.begin.set()
        running.wait()
        running.over.set()
        self._running = None
        recorder.leave_behind(perf_counter_ns())
        if running.error is not None:
            raise running.error
        for worker in tuple(running.at_work):
            self._replace(worker)

    def adapt(self) -> None:
        """React to a changed turn: add missing workers, and wake the waiting ones.

        Callable from any thread; it does not wait for new clients to open.
        """
        if (running := self._running) is not None:
            if running.recorder.turn.workers > self.workers:
                threading.Thread(
                    target=self._start_workers_later, args=(running,), name="adding workers", daemon=True
                ).start()
            running.wake()

    def give_up_in(self, seconds: float) -> None:
        """Leave behind all requests in flight after so many seconds. Callable from any thread."""
        if (running := self._running) is not None:
            running.give_up_in(seconds)

    def close(self) -> None:
        for client in tuple(self.clients.open):
            self.clients.retire(client)
            client.close()

    def _add_workers(self, count: int) -> None:
        """Create workers up to `count`, each with the client that the reuse strategy assigns."""
        uses = uses_of(self._reuse)
        while self.workers < count:
            if uses is not None:
                send = self._rotating(uses, self.workers)
            elif self._reuse == "shared" and self.clients.open:
                send = self._with_retries(self.clients.open[0].send, self.workers)
            else:
                client = self.clients.make()
                client.open()
                self.clients.add(client)
                send = self._with_retries(client.send, self.workers)
            self._since.append(FOREVER_NS)
            self._threads.append(0)
            self._inboxes.append(self._start_thread(self.workers))
            self._senders.append(send)

    def _rotating(self, uses: int, worker: int) -> SyncSend:
        return self._with_retries(SyncRotation(self.clients, uses).send, worker)

    def _with_retries(self, send: SyncSend, worker: int) -> SyncSend:
        return send if self.retries is None else self.retries.wrap_sync(partial(self._try, send, worker))

    def _try(self, send: SyncSend, worker: int, request: Any) -> Reply:
        """Send a request once; the time limit applies to each try."""
        self._since[worker] = began = perf_counter_ns()
        error: Exception | None = None
        try:
            reply = send(request)
        except Exception as raised:
            if perf_counter_ns() - began < self._limit_ns:
                raise
            error = raised
        finally:
            # Another thread may have taken the worker's place; its request must stay registered.
            if self._since[worker] == began:
                self._since[worker] = FOREVER_NS
        if error is not None or perf_counter_ns() - began > self._limit_ns:
            raise OverdueError(self._limit_ns) from error
        return reply

    def _watch(self, running: RunningTurn) -> None:
        """Break off overdue requests until the turn is over."""
        try:
            self._break_off_overdue(running)
        except Exception as error:  # noqa: BLE001 - without a watch, nobody would end what hangs
            running.break_off(error)

    def _break_off_overdue(self, running: RunningTurn) -> None:
        cancellations, busy, since = Cancellations(), running.recorder.busy, self._since
        seconds = self._limit_ns / NS
        while not running.over.wait(min(seconds, threading.TIMEOUT_MAX)):
            now = perf_counter_ns()
            late, seconds = overdue_among(busy, since, self._limit_ns, now)
            for worker in late:
                sent, planned = since[worker], busy[worker]
                if not planned:
                    continue
                if not cancellations.note(worker, sent, now):
                    break_connection(self._threads[worker])
                elif not self._leave_behind(running, worker, planned, sent):
                    return

    def _leave_behind(self, running: RunningTurn, worker: int, planned: int, sent: int) -> bool:
        """Count a request as timed out although its call has not returned, and start another thread in its place.

        Returns False if too many threads hang already.
        """
        now = perf_counter_ns()
        running.recorder.busy[worker] = 0
        running.recorder.fail(OverdueError(self._limit_ns), now - planned, max(sent - planned, 0))
        self._left_behind = {thread for thread in self._left_behind if thread.is_alive()}
        if len(self._left_behind) >= MOST_LEFT_BEHIND:
            running.break_off(HangingError())
            return False
        self._replace(worker)
        self._inboxes[worker].put(running)
        return True

    def _replace(self, worker: int) -> None:
        """Start a new thread in place of a hanging one, with a new client if the reuse strategy replaces clients."""
        hanging = next((one for one in threading.enumerate() if one.ident == self._threads[worker]), None)
        if hanging is not None:
            self._left_behind.add(hanging)
        if (uses := uses_of(self._reuse)) is not None:
            self._senders[worker] = self._rotating(uses, worker)
        self._inboxes[worker].put(None)
        self._inboxes[worker] = self._start_thread(worker)

    def _start_workers_later(self, running: RunningTurn) -> None:
        try:
            self._start_workers(running)
        except BaseException as error:  # noqa: BLE001 - new workers have new clients, which may raise anything
            running.break_off(error)

    def _start_workers(self, running: RunningTurn) -> None:
        """Start as many workers as the turn needs."""
        with self._adding:
            self._add_workers(running.recorder.turn.workers)
            while running.started < self.workers:
                self._inboxes[running.join()].put(running)

    def _start_thread(self, worker: int) -> Inbox:
        inbox: Inbox = queue.SimpleQueue()
        threading.Thread(target=self._serve, args=(worker, inbox), daemon=True).start()
        return inbox

    def _serve(self, worker: int, inbox: Inbox) -> None:
        while (running := inbox.get()) is not None:
            self._threads[worker] = threading.get_ident()
            try:
                if not self._work(worker, running):
                    return
            except BaseException as error:  # noqa: BLE001 - whatever it is, nobody must wait for this worker
                running.break_off(error)
            running.leave(worker)

    def _work(self, worker: int, running: RunningTurn) -> bool:
        """Send requests until the turn ends; return False if another thread has taken the worker's place."""
        recorder = running.recorder
        keep, busy, since = recorder.answers.keep, recorder.busy, self._since
        each_try = self.retries is not None
        order = self._supply.order(recorder.turn, worker)
        pace, (send, request) = order.pace, order.filled(self._senders[worker])
        running.begin.wait()
        now = perf_counter_ns()
        while (planned := pace(now)) is not None:
            sent = now
            if planned > now:
                planned = running.wait_to_send(worker, pace)
                if planned is None:
                    break
                sent = perf_counter_ns()
            since[worker] = FOREVER_NS if each_try else sent
            busy[worker] = planned
            try:
                reply = send(request)
            except BaseException as error:  # noqa: BLE001 - a client may raise anything, and each is counted
                now = perf_counter_ns()
                if busy[worker] != planned:
                    return False
                busy[worker] = 0
                recorder.fail(error, now - planned, sent - planned)
            else:
                now = perf_counter_ns()
                if busy[worker] != planned:
                    return False
                busy[worker] = 0
                keep(sent, now, reply, sent - planned)
                # Keeping it longer would push the next answers out of the cache.
                del reply
        recorder.end_worker(worker, now)
        return True


def _sleep_until(moment_ns: int) -> None:
    sleep(max(moment_ns - perf_counter_ns(), 0) / NS)
