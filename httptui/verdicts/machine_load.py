"""How busy machine and target were while a contender was under load."""

from __future__ import annotations

from msgspec import Struct

MACHINE_FULL = 0.95
TARGET_FULL = 0.90


class MachineLoad(Struct, frozen=True, kw_only=True):
    """How busy things were while a contender was under load; None where it is not known.

    `cpu_busy`: of all `cores`, 0 … 1.  `target_busy`: of the one core that the embedded target's worker can use.
    `foreign`: what programs that are not part of the run used, of all cores.
    """

    cpu_busy: float | None = None
    target_busy: float | None = None
    foreign: float | None = None
    cores: int = 1

    @property
    def full(self) -> bool:
        """Whether the machine has no CPU time left."""
        return self.cpu_busy is not None and self.cpu_busy >= MACHINE_FULL

    @property
    def target_full(self) -> bool:
        """Whether the target can hardly serve more."""
        return self.target_busy is not None and self.target_busy >= TARGET_FULL
