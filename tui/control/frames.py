"""The rate at which pictures are drawn: at most so many a second, however many snapshots come."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

LEAST_WAIT = 0.001


class Frames:
    """Tells when the next picture is due; `clock` gives seconds."""

    def __init__(self, a_second: int, clock: Callable[[], float] = monotonic) -> None:
        self.seconds = 1 / a_second
        self.count = 0
        """Pictures drawn since it was last set to 0."""
        self._clock = clock
        self._drawn_at = -self.seconds

    @property
    def wait(self) -> float:
        """Seconds until the next picture is due."""
        return max(self._drawn_at + self.seconds - self._clock(), LEAST_WAIT)

    def drawn(self) -> None:
        """Note that a picture was drawn just now."""
        self._drawn_at = self._clock()
        self.count += 1
