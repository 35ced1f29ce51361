"""How long one answer waits, and whether it fails: drawn from the route, the server-wide pacing and a seeded RNG."""

from __future__ import annotations

from random import Random

from httptui.target.options import Pacing
from httptui.target.routes import Route

_CALM = Pacing()


def draw(route: Route, pacing: Pacing, rng: Random) -> tuple[float, bool]:
    """(seconds to wait, whether to answer 503) of one request; the query beats the server-wide pacing."""
    if route.kind == "stats":
        pacing = _CALM
    latency = pacing.latency_ms if route.latency_ms is None else route.latency_ms
    jitter = pacing.jitter_ms if route.jitter_ms is None else route.jitter_ms
    errors = pacing.error_rate if route.error_rate is None else route.error_rate
    if jitter:
        latency = max(0.0, latency + rng.uniform(-jitter, jitter))
    return (route.delay_ms + latency) / 1000, bool(errors) and rng.random() < errors
