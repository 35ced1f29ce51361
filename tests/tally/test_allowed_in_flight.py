"""What was let be in flight, over a load that was changed on the way."""

from __future__ import annotations

from httptui.runs.lane_tally import AllowedInFlight


def test_it_is_as_planned_where_nothing_was_changed() -> None:
    allowed = AllowedInFlight(64)
    assert allowed.mean == 64
    allowed.add(0, 100)
    assert allowed.mean == 64


def test_it_is_the_mean_over_the_time_under_load() -> None:
    allowed = AllowedInFlight(64)
    allowed.add(0, 100)
    allowed.change(90, 96.0)
    allowed.add(100, 100)
    assert allowed.mean == 80
    allowed.change(200, 32.0)
    allowed.add(200, 200)
    assert allowed.mean == 56


def test_a_change_before_any_load_counts_alone() -> None:
    allowed = AllowedInFlight(64)
    allowed.change(10, 8.0)
    assert allowed.mean == 64
    allowed.add(20, 5)
    assert allowed.mean == 8
