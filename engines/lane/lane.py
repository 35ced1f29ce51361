"""Life of a lane: it runs one turn after another, while a second thread listens to the parent and a third reports.

Frames come from a thread of their own, so that a blocked loop or a busy worker cannot delay them.
"""

from __future__ import annotations

import math
import os
import queue
import threading
from collections.abc import Callable
from functools import partial
from time import perf_counter_ns

from httptui.engines.files import make_room_for
from httptui.engines.lane.async_driver import AsyncDriver
from httptui.engines.lane.overdue import HangingError
from httptui.engines.lane.parent import Parent, Pipe, failure, give_up
from httptui.engines.lane.recorder import NO_BLOCK, Recorder
from httptui.engines.lane.thread_driver import ThreadDriver
from httptui.engines.lane.turn import NS, Turn
from httptui.engines.memory_watch import resident_bytes
from httptui.engines.protocol import Change, Done, Failed, Frame, Go, Hold, Quit, Resume, Setup, Stop, ToLane

Driver = AsyncDriver | ThreadDriver

LEAVING_SECONDS, LONGEST_LEAVING = 3.0, 15.0
"""Seconds beyond its drain after which an unfinished turn ends its lane: the first if the event loop is blocked, the
second if it is only slow.
"""
STANDSTILL_SECONDS = 10.0
"""Seconds beyond the time-out for which an event loop may stand still."""
LARGEST_COUNT = 2**63


class Reporter:
    """Sends a turn's frames: every `frame_seconds`, and at every cut.

    Frames before the turn's trim, in its tail or after its end belong to no block (-1). Times are those of the load
    clock; while it stands still, empty frames show that the lane is alive. A figure that a library cannot give is
    None. If `stuck` returns a reason twice in a row, the turn cannot end by itself, and the lane exits.
    """

    def __init__(
        self,
        pipe: Pipe,
        recorder: Recorder,
        driver: Driver,
        lookups: Callable[[], int | None],
        go: Go,
        frame_seconds: float,
        stuck: Callable[[], str],
    ) -> None:
        self._pipe = pipe
        self._recorder = recorder
        self._driver = driver
        self._retried_before = self._retried()
        self._lookups = lookups
        self._turn_number, self._warmup = go.turn, go.warmup
        self._block: int = go.block
        self._frame_ns = int(frame_seconds * NS)
        self._cut_ns = int(go.cut_seconds * NS)
        self._trim_ns = int(go.trim_seconds * NS)
        self._turn = recorder.turn
        self._start_ns = recorder.turn.begin_ns
        self._tail_ns = int(go.tail_seconds * NS)
        self._stuck = stuck
        self._stuck_before = ""
        self._over = False
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._report, name="reporter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Recompute when the next frame is due."""
        self._woken.set()

    def finish(self, failed: Failed | None = None) -> None:
        """Send the last frame, then that the turn is done or that the contender has failed."""
        self._over = True
        self._woken.set()
        self._thread.join()
        self._send(self._now(), last=True)
        self._pipe.write(failed or Done(turn=self._turn_number))

    def _report(self) -> None:
        try:
            self._send_frames()
        except BaseException as error:  # noqa: BLE001 - a lane without frames would be reported as silent
            give_up(self._pipe, "report", error)

    def _send_frames(self) -> None:
        now = max(self._now(), self._start_ns)
        while not self._over:
            following = self._next(now)
            left = self._frame_ns if self._turn.on_hold else max(following - self._now(), 0)
            if self._woken.wait(left / NS):
                self._woken.clear()
                continue
            now = self._now() if self._turn.on_hold else max(self._now(), following)
            self._send(now)
            self._leave_if_stuck()

    def _leave_if_stuck(self) -> None:
        stuck = self._stuck()
        if stuck and self._stuck_before:
            self._recorder.leave_behind(perf_counter_ns())
            self._send(self._now(), last=True)
            give_up(self._pipe, "run", HangingError(stuck))
        self._stuck_before = stuck

    def _retried(self) -> int:
        return 0 if self._driver.retries is None else self._driver.retries.count

    def _now(self) -> int:
        return self._turn.load_ns(perf_counter_ns())

    def _next(self, now: int) -> int:
        """Return when the next frame is due: after the interval, or at a cut or edge before or just after that."""
        due = now + self._frame_ns
        edges = [self._start_ns + self._trim_ns, self._turn.end_ns - self._tail_ns, self._turn.end_ns]
        if self._cut_ns:
            edges.append(self._start_ns + ((now - self._start_ns) // self._cut_ns + 1) * self._cut_ns)
        return min((edge for edge in edges if now < edge < due + self._frame_ns // 4), default=due)

    def _block_of(self, start_ns: int, end_ns: int) -> int:
        """Return the block that contains the middle of a frame."""
        middle = (start_ns + end_ns) // 2
        past = max(middle - self._start_ns, 0)
        if past < self._trim_ns or middle > self._turn.end_ns - self._tail_ns:
            return NO_BLOCK
        return self._block + (past // self._cut_ns if self._cut_ns else 0)

    def _send(self, now: int, *, last: bool = False) -> None:
        frame = self._recorder.drain(now, self._block_of, last=last)
        retried = self._retried()
        self._retried_before, before = retried, self._retried_before
        self._pipe.write(
            Frame(
                turn=self._turn_number,
                warmup=self._warmup,
                connections=known(self._driver.clients.connections_opened),
                retried=retried - before,
                lookups=known(self._lookups),
                **frame,
            )
        )


def known(figure: Callable[[], int | None]) -> int | None:
    """Return a count, or None if the library gives none: its value may be anything, and reading it may fail."""
    try:
        count = figure()
        return int(count) if count is not None and 0 <= count < LARGEST_COUNT else None
    except Exception:  # noqa: BLE001 - a frame must not be lost for one of its figures
        return None


class Lane:
    """One contender, ready for load."""

    def __init__(
        self,
        pipe: Pipe,
        parent: Parent[ToLane],
        driver: Driver,
        lookups: Callable[[], int | None],
        setup: Setup,
        *,
        most_bytes: int,
    ) -> None:
        self._pipe = pipe
        self._parent = parent
        self._driver = driver
        self._planned_workers = driver.workers
        self._lookups = lookups
        self._frame_seconds: float = setup.frame_seconds
        self._standstill: float = setup.timeout + STANDSTILL_SECONDS
        self._most_bytes = most_bytes
        self._turns: queue.SimpleQueue[tuple[Go, Turn] | None] = queue.SimpleQueue()
        self._turn: Turn | None = None

    def serve(self) -> None:
        """Run the requested turns until told to quit."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        try:
            while (next_one := self._turns.get()) is not None:
                self._run(*next_one)
            self._driver.close()
        except BaseException as error:  # noqa: BLE001 - whatever ends a lane is reported to the parent
            give_up(self._pipe, "run", error)
        os._exit(0)

    def _run(self, go: Go, turn: Turn) -> None:
        driver = self._driver
        recorder = Recorder(turn, driver.workers, driver.limit_ns)
        reporter = Reporter(
            self._pipe,
            recorder,
            driver,
            self._lookups,
            go,
            self._frame_seconds,
            partial(self._stuck, recorder, go.drain_seconds),
        )
        turn.listeners += [self._driver.adapt, reporter.wake]
        reporter.start()
        try:
            driver.run(recorder, go.drain_seconds)
        except BaseException as error:  # noqa: BLE001 - the counts up to here are still reported
            reporter.finish(failure("run", error))
            os._exit(1)
        reporter.finish()

    def _stuck(self, recorder: Recorder, drain_seconds: float) -> str:
        """Return why a turn cannot end by itself or must be ended, or ""."""
        if resident_bytes() > self._most_bytes:
            return f"the lane took over {self._most_bytes:,} bytes of memory"
        left, beat_ns = recorder.turn.seconds_left(), recorder.beat_ns
        late = 0.0 if left is None else -(left + drain_seconds)
        still = 0.0 if beat_ns is None else (perf_counter_ns() - beat_ns) / NS
        if late > LONGEST_LEAVING or min(late, still) > LEAVING_SECONDS:
            return f"its turn went on {late:.0f} s after its end: send does not come back"
        if still > self._standstill:
            return f"its event loop stood still for {still:.0f} s: send must not block it"
        return ""

    def _listen(self) -> None:
        while True:
            message = self._parent.next()
            match message:
                case Go():
                    self._turn = Turn(message)
                    self._turns.put((message, self._turn))
                case Quit():
                    self._turns.put(None)
                case _ if self._turn is not None:
                    try:
                        self._obey(self._turn, message)
                    except Exception as error:  # noqa: BLE001 - whatever it is, the parent waits for a message
                        give_up(self._pipe, "run", error)

    def _obey(self, turn: Turn, message: ToLane) -> None:
        """Apply a message to the current turn."""
        match message:
            case Stop(drain_seconds=seconds):
                turn.stop()
                self._driver.give_up_in(seconds)
            case Hold(at_ns=at_ns):
                turn.hold(at_ns)
            case Resume(at_ns=at_ns):
                turn.resume(at_ns)
            case Change(at_ns=at_ns, scale=scale):
                make_room_for(math.ceil(self._planned_workers * scale))
                turn.change(scale, max(at_ns, perf_counter_ns()))
