"""The CPU time that a lane takes by itself, whatever it sends: its heartbeat, its frames, its workers' timers."""

from __future__ import annotations

from httptui.engines.protocol import Frame


class OwnCpu:
    """Measured in an idle turn, from when its workers have begun to wait until before they leave."""

    def __init__(self) -> None:
        self._cpu_ns = 0
        self._spent_ns = 0

    def add(self, frame: Frame) -> None:
        """Add a frame of an idle turn; what comes before its trim or after its time belongs to no block."""
        if frame.block >= 0:
            self._cpu_ns += frame.cpu_ns
            self._spent_ns += frame.end_ns - frame.start_ns

    @property
    def share(self) -> float:
        """CPU seconds in each second; 0 before anything was measured."""
        return self._cpu_ns / self._spent_ns if self._spent_ns else 0.0
