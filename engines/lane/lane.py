"""Life of a lane: it runs one turn after another, while a second thread listens to the parent."""

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
from httptui.engines.lane.parent import Parent, Pipe
from httptui.engines.lane.recorder import Recorder
from httptui.engines.lane.reporter import Reporter, failure, give_up
from httptui.engines.lane.thread_driver import ThreadDriver
from httptui.engines.lane.turn import NS, Turn
from httptui.engines.memory_watch import resident_bytes
from httptui.engines.protocol import Change, Go, Hold, Quit, Resume, Setup, Stop, ToLane

Driver = AsyncDriver | ThreadDriver

LEAVING_SECONDS, LONGEST_LEAVING = 3.0, 15.0
"""Seconds beyond its drain after which an unfinished turn ends its lane: the first if the event loop is blocked, the
second if it is only slow.
"""
STANDSTILL_SECONDS = 10.0
"""Seconds beyond the time-out for which an event loop may stand still."""


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
            driver.connections_opened,
            driver.retried,
            self._lookups,
            go,
            self._frame_seconds,
            partial(self._stuck, recorder, go.drain_seconds),
        )
        turn.told += [self._driver.adapt, reporter.wake]
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
        """Pass on the parent's messages."""
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
