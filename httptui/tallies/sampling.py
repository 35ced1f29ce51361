"""Adds up the frames of requests that only show what limits a contender, and are counted nowhere else."""

from __future__ import annotations

from collections import Counter

from httptui.histogram import merge
from httptui.engines.protocol import Frame
from httptui.verdicts.probed import Sample


class Sampling:
    """Frames of one turn or several; `connections` are those their lane had opened at the last one."""

    def __init__(self) -> None:
        self.connections: int | None = None
        self._ok = self._cancelled = 0
        self._failed: Counter[str] = Counter()
        self._histogram: dict[int, int] = {}
        self._lags: list[int] = []

    def add(self, frame: Frame) -> None:
        """Add a frame."""
        self.connections = frame.connections
        self._ok += frame.ok
        self._cancelled += frame.cancelled
        self._failed.update(frame.errors)
        merge(self._histogram, frame.histogram)
        if frame.lag_max_ns is not None and frame.ok:
            self._lags.append(frame.lag_max_ns)

    def sample(self) -> Sample:
        """All so far."""
        return Sample(
            ok=self._ok,
            failed=dict(self._failed),
            unanswered=self._cancelled,
            histogram=tuple(sorted(self._histogram.items())),
            lag_ms=max(self._lags) / 1e6 if self._lags else None,
        )
