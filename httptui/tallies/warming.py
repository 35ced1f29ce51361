"""What a lane's warm-up has shown."""

from __future__ import annotations

from collections import Counter

from httptui.histogram import merge, percentile_ns
from httptui.engines.protocol import Frame

NS = 1e9


class Warming:
    """What a lane's warm-up has shown: its pace by block, and how long requests take."""

    def __init__(self) -> None:
        self.histogram: dict[int, int] = {}
        self._credits = Counter[int]()
        self._spent_ns = Counter[int]()

    def add(self, frame: Frame) -> None:
        """Add a frame of the warm-up."""
        merge(self.histogram, frame.histogram)
        self._spent_ns[frame.block] += frame.end_ns - frame.start_ns
        self._credits.update(frame.credits)

    @property
    def typical_seconds(self) -> float | None:
        """The median time of a request, or None where none succeeded."""
        return percentile_ns(self.histogram, 50) / NS if self.histogram else None

    def rate(self, block: int) -> float:
        """Successful requests per second in a block of the warm-up."""
        spent = self._spent_ns[block]
        return self._credits[block] * NS / spent if spent else 0.0
