"""The thread that sends a lane's frames, so that a blocked loop or a busy worker cannot keep them back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from engines.lane.pipe import Pipe
from engines.lane.recorder import Recorder


class Reporter:
    """Sends a turn's frames: every `frame_ns`, and at every cut."""

    def __init__(
        self,
        pipe: Pipe,
        recorder: Recorder,
        connections: Callable[[], int | None],
        *,
        turn: int,
        block: int,
        warmup: bool,
        frame_seconds: float,
        cut_seconds: float,
    ) -> None:
        self._pipe = pipe
        self._recorder = recorder
        self._connections = connections
        self._turn = turn
        self._block = block
        self._warmup = warmup
        self._frame_ns = int(frame_seconds * 1e9)
        self._cut_ns = int(cut_seconds * 1e9)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._report, name="reporter", daemon=True)

    def start(self) -> None:
        """Begin to send frames."""
        self._thread.start()

    def finish(self) -> None:
        """Send the last frame and say that the turn is done."""
        self._over.set()
        self._thread.join()
        self._send(perf_counter_ns(), last=True)
        self._pipe.write({"type": "done", "turn": self._turn})

    def _report(self) -> None:
        now = max(perf_counter_ns(), self._recorder.start_ns)
        while True:
            following = self._next(now)
            if self._over.wait(max(following - perf_counter_ns(), 0) / 1e9):
                return
            now = max(perf_counter_ns(), following)
            self._send(now)

    def _next(self, now: int) -> int:
        """When the next frame is due: one frame from now, or at a cut where that comes first."""
        due = now + self._frame_ns
        if not self._cut_ns:
            return due
        past = now - self._recorder.start_ns
        cut = self._recorder.start_ns + (past // self._cut_ns + 1) * self._cut_ns
        return cut if cut < due + self._frame_ns // 4 else due

    def _block_of(self, frame: dict[str, Any]) -> int:
        """The block that a frame belongs to: where its middle lies."""
        if not self._cut_ns:
            return self._block
        middle = (frame["start_ns"] + frame["end_ns"]) // 2
        return self._block + int(max(middle - self._recorder.start_ns, 0) // self._cut_ns)

    def _send(self, now: int, *, last: bool = False) -> None:
        frame = self._recorder.drain(now, last=last)
        head = {"type": "frame", "turn": self._turn, "block": self._block_of(frame), "warmup": self._warmup}
        self._pipe.write(head | frame | {"connections": self._connections()})
