"""Counts and latencies of one lane in one block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from httptui.engines.protocol import Frame
from httptui.results.histogram import Split, add_pairs, count_above
from httptui.results.judge.blocks import BlockRecord
from httptui.results.report import Slice, SliceLatency

NS = 1e9


class BlockLatencies(Struct):
    """Latencies of a slice in coarse buckets (`httptui.results.histogram.coarsened`)."""

    counts: dict[int, int] = field(default_factory=dict)
    sum_ns: int = 0

    def add(self, coarse: Mapping[int, int], sum_ns: int) -> None:
        """Add a frame's latencies."""
        add_pairs(self.counts, coarse.items())
        self.sum_ns += sum_ns

    def against(self, splits: Sequence[Split]) -> SliceLatency | None:
        """Compare the slice with the percentiles of the whole run; None if either has no latencies."""
        count = sum(self.counts.values())
        if not count or not splits:
            return None
        p50, p90, p99, p99_9 = (round(count_above(self.counts, split), 2) for split in splits)
        return SliceLatency(count=count, mean_ms=self.sum_ns / count / 1e6, above=(p50, p90, p99, p99_9))


class BlockTally(Struct):
    """Counts of a slice: outcomes that ended in it, and `credit`, its shares of the successes that touched it.

    `position` is the place of the lane's turn in the block.
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
    latencies: BlockLatencies = field(default_factory=BlockLatencies)
    response: BlockLatencies = field(default_factory=BlockLatencies)

    def add(self, frame: Frame, service: Mapping[int, int], response: Mapping[int, int]) -> None:
        """Add a frame of the slice and its latencies in coarse buckets; later frames add to the credit too."""
        self.latencies.add(service, frame.latency_sum_ns)
        self.response.add(response, frame.response_sum_ns)
        self.spent_ns += frame.end_ns - frame.start_ns
        self.ok += frame.ok
        self.error += frame.error
        self.timeout += frame.timeout
        self.cpu_ns += frame.cpu_ns

    def record(self, identity: str, number: int) -> BlockRecord:
        """Return the slice as the statistics use it; it must have lasted."""
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

    def slice(
        self, number: int, origin_ns: int, service: Sequence[Split], response: Sequence[Split]
    ) -> Slice:
        """Return the slice for the report, with its start in seconds from `origin_ns`.

        `service` and `response` are the positions of the whole run's percentiles.
        """
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
            latency=self.latencies.against(service),
            response=self.response.against(response),
        )
