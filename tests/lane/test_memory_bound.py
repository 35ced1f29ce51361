"""A lane whose engine takes more memory than it may ends by itself, and says why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from httptui.engines.body_limit import BodyLimit
from httptui.engines.lane.lane import Lane
from httptui.engines.lane.recorder import Recorder


def lane_of(most_bytes: int) -> Lane:
    unused: Any = SimpleNamespace(workers=1)
    setup: Any = SimpleNamespace(frame_seconds=0.25, timeout=30.0)
    return Lane(unused, unused, unused, lambda: None, setup, most_bytes=most_bytes)


def in_a_turn() -> Recorder:
    return cast("Recorder", SimpleNamespace(turn=SimpleNamespace(seconds_left=lambda: None), beat_ns=None))


def test_a_lane_over_its_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httptui.engines.lane.lane.resident_bytes", lambda: 3_000_000_001)
    assert (
        lane_of(3_000_000_000)._stuck(in_a_turn(), 1.0) == "the lane took over 3,000,000,000 bytes of memory"
    )


def test_a_lane_within_its_memory_goes_on() -> None:
    assert lane_of(2**50)._stuck(in_a_turn(), 1.0) == ""


def test_the_bound_lies_above_all_that_bodies_may_take() -> None:
    limit = BodyLimit(2**30, in_flight=64)
    assert limit.most_memory == 2 * limit.together + 2**30
