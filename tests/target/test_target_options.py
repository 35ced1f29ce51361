from __future__ import annotations

import pytest

from httptui.errors import TargetError
from httptui.target.options import Pacing, TargetOptions, changed_pacing, checked_options


def test_options_are_taken_as_given() -> None:
    options = checked_options({"port": 8099, "latency_ms": 5, "http2": True})
    assert options == TargetOptions(port=8099, latency_ms=5.0, http2=True)
    assert options.encrypted
    assert options.pacing == Pacing(latency_ms=5.0)
    assert not options.pacing.calm


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"port": 65_536}, "$.port"),
        ({"listeners": 0}, "$.listeners"),
        ({"latency_ms": -1}, "$.latency_ms"),
        ({"error_rate": 2}, "$.error_rate"),
        ({"jitter_ms": float("nan")}, "jitter_ms must be a finite number"),
        ({"color": "red"}, "color"),
    ],
)
def test_a_bad_option_is_named_in_one_line(values: dict[str, object], word: str) -> None:
    with pytest.raises(TargetError) as caught:
        checked_options(values)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_pacing_changes_one_value_at_a_time() -> None:
    pacing = Pacing(latency_ms=5, error_rate=0.5)
    assert changed_pacing(pacing, {"latency_ms": 0}) == Pacing(error_rate=0.5)


@pytest.mark.parametrize("changes", [{"latency_ms": 1e9}, {"port": 1}, {"error_rate": "often"}])
def test_pacing_refuses_what_it_does_not_know(changes: dict[str, object]) -> None:
    with pytest.raises(TargetError):
        changed_pacing(Pacing(), changes)
