"""Reporter thread of a lane: it sends the frames, so that a blocked loop or a busy worker cannot delay them."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter_ns
from typing import NoReturn

from httptui.engines.lane.overdue import HangingError
from httptui.engines.lane.parent import Pipe
from httptui.engines.lane.recorder import NO_BLOCK, Recorder, described_error
from httptui.engines.lane.turn import NS
from httptui.engines.protocol import Done, Failed, Frame, Go

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
        connections: Callable[[], int | None],
        retried: Callable[[], int],
        lookups: Callable[[], int | None],
        go: Go,
        frame_seconds: float,
        stuck: Callable[[], str] = str,
    ) -> None:
        self._pipe = pipe
        self._recorder = recorder
        self._connections = connections
        self._retried = retried
        self._retried_before = retried()
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
        """Start sending frames."""
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
                connections=known(self._connections),
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


def failure(stage: str, error: BaseException) -> Failed:
    """Build the lane's last message: the stage at which it failed, and the error."""
    name = type(error).__name__
    return Failed(stage=stage, message=f"{name}: {described_error(error)[1].removeprefix(f'{name}: ')}")


def give_up(pipe: Pipe, stage: str, error: BaseException) -> NoReturn:
    """Report the failure to the parent and exit, even if other threads hang. The traceback goes to standard error,
    which the parent logs if asked to.
    """
    with suppress(Exception):
        traceback.print_exception(error)
        sys.stderr.flush()
    pipe.write(failure(stage, error))
    os._exit(1)
