"""What one lane did in one block."""

from __future__ import annotations

from msgspec import Struct

from httptui.lanes.frames import Frame
from httptui.reports.report import Slice
from httptui.verdicts.blocks import BlockRecord

NS = 1e9


class BlockTally(Struct):
    """Counts of a slice, whose turn had this place in its block: what ended in it, and `credit` for its part in every
    success that touched it.
    """

    start_ns: int
    position: int
    epoch: int
    steal: float | None = None
    spent_ns: int = 0
    credit: float = 0.0
    ok: int = 0
    error: int = 0
    timeout: int = 0
    cpu_ns: int = 0

    def add(self, frame: Frame) -> None:
        """Add a frame of the slice; credit comes with later frames, too."""
        self.spent_ns += frame.end_ns - frame.start_ns
        self.ok += frame.ok
        self.error += frame.error
        self.timeout += frame.timeout
        self.cpu_ns += frame.cpu_ns

    def record(self, identity: str, number: int) -> BlockRecord:
        """The slice as the statistics know it; it must have lasted."""
        return BlockRecord(
            id=identity,
            block=number,
            position=self.position,
            epoch=self.epoch,
            ok=self.credit,
            seconds=self.spent_ns / NS,
            cpu_us=self.cpu_ns / 1e3,
            steal=self.steal,
        )

    def slice(self, number: int, origin_ns: int) -> Slice:
        """The slice as a report has it, with its start in seconds from `origin_ns`."""
        return Slice(
            block=number,
            start=(self.start_ns - origin_ns) / NS,
            seconds=self.spent_ns / NS,
            ok=self.ok,
            credit=self.credit,
            error=self.error,
            timeout=self.timeout,
            cpu_us=self.cpu_ns / 1e3,
            position=self.position,
            epoch=self.epoch,
            steal=self.steal,
        )
