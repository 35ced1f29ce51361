"""The clock of a run's load: it stands still while the run is on hold."""

from __future__ import annotations

from time import perf_counter_ns

FOREVER_NS = 2**63


class LoadClock:
    """The system-wide monotonic clock less all time on hold, in nanoseconds.

    `held_ns` is the time of all holds that are over, `hold_ns` when the one that is on began.
    """

    def __init__(self) -> None:
        self.held_ns = 0
        self.hold_ns = FOREVER_NS

    @property
    def on_hold(self) -> bool:
        """Whether it stands still, or soon will."""
        return self.hold_ns < FOREVER_NS

    def now(self) -> int:
        """The time now."""
        return self.at(perf_counter_ns())

    def at(self, moment_ns: int) -> int:
        """The time at a moment of the system-wide clock that is not long past."""
        return min(moment_ns, self.hold_ns) - self.held_ns

    def hold(self, at_ns: int) -> None:
        """Stand still from a moment on."""
        self.hold_ns = at_ns

    def resume(self, at_ns: int) -> int:
        """Go on where the hold began; for how many nanoseconds it has lasted."""
        gap = at_ns - self.hold_ns
        self.held_ns += gap
        self.hold_ns = FOREVER_NS
        return gap
