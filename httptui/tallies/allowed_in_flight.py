"""How many requests of a contender were let be in flight: as planned, or as its user changed it on the way."""

from __future__ import annotations


class AllowedInFlight:
    """The number over time, by the monotonic clock in nanoseconds, and its mean over the time under load."""

    def __init__(self, planned: int) -> None:
        self._planned = planned
        self._changes: list[tuple[int, float]] = []
        self._weighed = 0.0
        self._spent_ns = 0

    def change(self, at_ns: int, number: float) -> None:
        """Another number from a moment on, later than those before."""
        self._changes.append((at_ns, number))

    def add(self, start_ns: int, spent_ns: int) -> None:
        """Count a stretch under load, by the number that held when it began."""
        held = (number for at_ns, number in reversed(self._changes) if at_ns <= start_ns)
        self._weighed += next(held, self._planned) * spent_ns
        self._spent_ns += spent_ns

    @property
    def mean(self) -> int:
        """The mean over the time under load, rounded; as planned where nothing was changed, or none has passed."""
        if not self._changes or not self._spent_ns:
            return self._planned
        return max(round(self._weighed / self._spent_ns), 1)
