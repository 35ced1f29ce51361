"""What the client inside an app does, added up from the frames that tell of it."""

from __future__ import annotations

from httptui.engines.protocol import Frame
from httptui.snapshot import Latency, Upstream


class UpstreamTally:
    """Calls of all frames, and the time of those that were answered under load."""

    def __init__(self) -> None:
        self._calls = 0
        self._answered = 0
        self._ns = 0

    def add(self, frame: Frame) -> None:
        """Add a frame; what a warm-up took is no figure of the load."""
        self._calls += frame.upstream_answered + frame.upstream_failed
        if not frame.warmup:
            self._answered += frame.upstream_answered
            self._ns += frame.upstream_ns

    def view(self, latency: Latency | None, connections: int | None, requests: int | None) -> Upstream:
        """All so far, held against the route's latency and our own target's counts."""
        mean = self._ns / self._answered / 1e6 if self._answered else None
        return Upstream(
            calls=self._calls,
            connections=connections,
            requests=requests,
            mean_ms=mean,
            lost_ms=None if latency is None else latency.mean - (mean or 0.0),
        )
