"""The charts of a run's page: bars from zero, rates on one scale, latencies on one logarithmic axis."""

from __future__ import annotations

import re

import pytest
from measured_report import COSTS, FAST, SLOW, measured_report
from msgspec.structs import replace
from report_page import page
from sample_report import MISSING, report

from httptui.results.snapshot import Mark
from httptui.units import format_ms


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


def test_bars_begin_at_zero_and_intervals_lie_on_the_same_scale() -> None:
    found = page(report())
    bars = [element.attributes for element in found.of_class("bar")]
    assert [(bar["x"], bar["width"]) for bar in bars] == [("0", "100.00%"), ("0", "0.83%")]
    ends = [(line.attributes["x1"], line.attributes["x2"]) for line in found.of_class("interval")]
    assert ends == [("0.80%", "0.91%"), ("0.80%", "0.80%"), ("0.91%", "0.91%")]


def test_an_interval_beyond_the_longest_bar_stays_on_the_page() -> None:
    wide = replace(COSTS[1], ratio=64.0, ratio_low=25.0, ratio_high=160.0)
    found = page(measured_report(ranking=(), cpu_ranking=(COSTS[0], wide)))
    assert [bar.attributes["width"] for bar in found.of_class("bar")] == ["0.62%", "40.00%"]
    assert found.of_class("interval")[0].attributes["x2"] == "100.00%"


def test_throughput_is_drawn_on_one_scale_from_zero() -> None:
    found = page(measured_report())
    chart = next(e for e in found.of_class("chart") if "requests per second" in e.attributes["aria-label"])
    assert "20k" in chart.text
    lines = {
        element.attributes["d"]: found.elements[at - 1].attributes["class"]
        for at, element in enumerate(found.elements)
        if element.attributes.get("class") == "line"
    }
    assert list(lines.values()) == ["c1", "c0"]
    fast, slow = (points(path) for path in lines)
    zero = next(e for e in found.of_class("axis") if e.inside[-1] == "svg").attributes["y1"]
    top = min(
        float(e.attributes["y1"]) for e in found.of_class("grid") if e.attributes["y1"] == e.attributes["y2"]
    )
    for drawn, one in ((fast, FAST), (slow, SLOW)):
        rates = [piece.ok / piece.seconds for piece in one.slices]
        heights = [(float(zero) - y) / (float(zero) - top) * 20_000 for _, y in drawn[::2]]
        assert heights == pytest.approx(rates, abs=20_000 / 256 * 0.06)
    assert [x for x, _ in fast] == sorted(x for x, _ in fast)


def test_a_pause_between_slices_is_no_level() -> None:
    apart = tuple(replace(piece, start=piece.start * 3) for piece in FAST.slices)
    found = page(measured_report(contenders=(replace(FAST, slices=apart),)))
    (line,) = found.of_class("line")
    (pause,) = found.of_class("pause")
    assert line.attributes["d"].count("M") == 8
    assert pause.attributes["d"].count("M") == 7


def test_changes_by_hand_are_marked_where_they_were_made() -> None:
    found = page(measured_report(changes=(Mark(4.0, "concurrency 64 → <b>128</b>"), Mark(99.0, "too late"))))
    (line,) = found.of_class("change")
    assert line.text == "concurrency 64 → <b>128</b>"
    assert (
        "Changed by hand: at 4.0 s concurrency 64 → <b>128</b>, at 99.0 s too late."
        in found.named("main")[0].text
    )
    # 52 and 966 are the chart's ends: eight seconds from left to right.
    assert float(line.attributes["x1"]) == pytest.approx((52 + 966) / 2)


def test_latencies_stand_on_one_logarithmic_axis_with_their_marks() -> None:
    found = page(measured_report())
    ticks = {
        element.text: float(element.attributes["x"])
        for element in found.of_class("tick")
        if element.text.endswith(" ms") or element.text == "1 s"
    }
    decade = ticks["10 ms"] - ticks["1 ms"]
    assert ticks["100 ms"] - ticks["10 ms"] == pytest.approx(decade, abs=0.02)
    first, second = (float(mark.attributes["x1"]) for mark in found.of_class("p50") if mark.name == "line")
    assert first - second == pytest.approx(decade * 1.875, rel=0.02)
    latencies = [one.latency_ms for one in (SLOW, FAST) if one.latency_ms]
    told = [
        f"{name} {format_ms(value)}"
        for one in latencies
        for name, value in (("p50", one.p50), ("p99", one.p99))
    ]
    assert [mark.text for mark in found.of_class("mark")] == told


def test_a_run_without_any_answer_has_no_charts() -> None:
    found = page(report(contenders=(MISSING,), ranking=()))
    assert found.of_class("chart") == []
    assert [element.text for element in found.named("h2")][:2] == ["Results", "Errors"]
