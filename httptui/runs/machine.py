"""How busy the machine and the embedded target are while a contender is under load."""

from __future__ import annotations

import psutil
from msgspec import Struct

from httptui.verdicts.machine_load import MachineLoad


class Reading(Struct, frozen=True):
    """CPU seconds so far: the machine's, busy and in all, those that others took from it (None where the system does
    not tell), and the embedded target's; `at_ns` in nanoseconds of the clock.
    """

    at_ns: int
    busy: float
    total: float
    stolen: float | None
    target: float | None


def read_machine(at_ns: int, target: float | None) -> Reading:
    """Read the machine's CPU times; waiting for disks counts as idle, what others took as busy."""
    times = psutil.cpu_times()
    guest = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    total = sum(times) - guest
    idle = times.idle + getattr(times, "iowait", 0.0)
    return Reading(at_ns, total - idle, total, getattr(times, "steal", None), target)


def steal_between(before: Reading, after: Reading) -> float | None:
    """The share of the machine's time, 0 … 1, that others took between two readings."""
    if before.stolen is None or after.stolen is None or after.total <= before.total:
        return None
    return (after.stolen - before.stolen) / (after.total - before.total)


class LoadMeter:
    """Adds up stretches between two readings, and says how busy things were in all of them together."""

    def __init__(self) -> None:
        self._spent_ns = 0
        self._busy = 0.0
        self._total = 0.0
        self._target: float | None = None

    def add(self, before: Reading, after: Reading) -> None:
        """Add the stretch between two readings."""
        self._spent_ns += after.at_ns - before.at_ns
        self._busy += after.busy - before.busy
        self._total += after.total - before.total
        if after.target is not None and before.target is not None:
            self._target = (self._target or 0.0) + after.target - before.target

    def load(self) -> MachineLoad:
        """How busy things were; unknown where no time has passed."""
        if not self._spent_ns or self._total <= 0:
            return MachineLoad(cores=psutil.cpu_count() or 1)
        return MachineLoad(
            cpu_busy=self._busy / self._total,
            target_busy=None if self._target is None else self._target * 1e9 / self._spent_ns,
            cores=psutil.cpu_count() or 1,
        )
