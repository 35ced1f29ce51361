"""The thread that sends a lane's frames, so that a blocked loop or a busy worker cannot keep them back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from engines.lane.pipe import Pipe
from engines.lane.recorder import Recorder
from engines.lane.turn import NS

NO_BLOCK = -1


class Reporter:
    """Sends a turn's frames: every `frame_seconds`, and at every cut.

    Where the turn is trimmed, what lies before the trim or after the deadline belongs to no block (-1).
    """

    def __init__(
        self,
        pipe: Pipe,
        recorder: Recorder,
        connections: Callable[[], int | None],
        go: dict[str, Any],
        frame_seconds: float,
    ) -> None:
        self._pipe = pipe
        self._recorder = recorder
        self._connections = connections
        self._head = {"type": "frame", "turn": go["turn"], "warmup": go["warmup"]}
        self._block: int = go["block"]
        self._frame_ns = int(frame_seconds * NS)
        self._cut_ns = int(go["cut_seconds"] * NS)
        self._trim_ns = int(go["trim_seconds"] * NS)
        self._start_ns = recorder.turn.start_ns
        self._end_ns = recorder.turn.deadline_ns
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
        self._pipe.write({"type": "done", "turn": self._head["turn"]})

    def _report(self) -> None:
        now = max(perf_counter_ns(), self._start_ns)
        while True:
            following = self._next(now)
            if self._over.wait(max(following - perf_counter_ns(), 0) / NS):
                return
            now = max(perf_counter_ns(), following)
            self._send(now)

    def _next(self, now: int) -> int:
        """When the next frame is due: one frame from now, or at a cut or edge that comes before or just after."""
        due = now + self._frame_ns
        edges = [self._start_ns + self._trim_ns, self._end_ns]
        if self._cut_ns:
            edges.append(self._start_ns + ((now - self._start_ns) // self._cut_ns + 1) * self._cut_ns)
        return min((edge for edge in edges if now < edge < due + self._frame_ns // 4), default=due)

    def _block_of(self, frame: dict[str, Any]) -> int:
        """The block that a frame belongs to: where its middle lies."""
        middle = (frame["start_ns"] + frame["end_ns"]) // 2
        past = max(middle - self._start_ns, 0)
        if self._trim_ns and (past < self._trim_ns or middle > self._end_ns):
            return NO_BLOCK
        return self._block + (past // self._cut_ns if self._cut_ns else 0)

    def _send(self, now: int, *, last: bool = False) -> None:
        frame = self._recorder.drain(now, last=last)
        own = {"block": self._block_of(frame), "connections": self._connections()}
        self._pipe.write(self._head | own | frame)
