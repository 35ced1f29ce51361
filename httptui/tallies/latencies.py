"""One contender's latencies: counted finely for figures, and coarsely, in a tenth as many buckets, for pictures."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.histogram import flat_of, latency_of, merge, merge_coarsely, pairs_of
from httptui.snapshot import Latency


class Latencies:
    """Running totals, in bounded memory."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._coarse: dict[int, int] = {}
        self._sum_ns = 0
        self._max_ns = 0

    def add(self, flat: Sequence[int], sum_ns: int, max_ns: int) -> Sequence[int]:
        """Add what a frame has: its flat histogram, and sum and maximum of the latencies in it; the histogram in
        coarse buckets.
        """
        fresh: dict[int, int] = {}
        merge_coarsely(fresh, flat)
        coarse = flat_of(fresh)
        merge(self._counts, flat)
        merge(self._coarse, coarse)
        self._sum_ns += sum_ns
        self._max_ns = max(self._max_ns, max_ns)
        return coarse

    def figures(self) -> Latency | None:
        """Percentiles, maximum and mean, or None where nothing was counted."""
        return latency_of(self._counts, self._coarse, self._sum_ns, self._max_ns)

    def fine(self) -> tuple[tuple[int, int], ...]:
        """All that was counted, as (bucket index, count) by rising index."""
        return pairs_of(self._counts)

    def coarse(self) -> tuple[tuple[int, int], ...]:
        """The same in coarse buckets (`httptui.histogram.merge_coarsely`)."""
        return pairs_of(self._coarse)
