"""What a lane's warm-up has shown."""

from __future__ import annotations

from httptui.histogram import merge, percentile_ns
from httptui.lanes.frames import Frame

NS = 1e9


class Warming:
    """What a lane's warm-up has shown: its pace by block, and how long requests take."""

    def __init__(self) -> None:
        self.histogram: dict[int, int] = {}
        self._blocks: dict[int, tuple[int, int]] = {}

    def add(self, frame: Frame) -> None:
        """Add a frame of the warm-up."""
        merge(self.histogram, frame.histogram)
        ok, spent = self._blocks.get(frame.block, (0, 0))
        self._blocks[frame.block] = ok + frame.ok, spent + frame.end_ns - frame.start_ns

    @property
    def typical_seconds(self) -> float | None:
        """The median time of a request, or None where none succeeded."""
        return percentile_ns(self.histogram, 50) / NS if self.histogram else None

    def rate(self, block: int) -> float:
        """Successful requests per second in a block of the warm-up."""
        ok, spent = self._blocks.get(block, (0, 0))
        return ok * NS / spent if spent else 0.0
