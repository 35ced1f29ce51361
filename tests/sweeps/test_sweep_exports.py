"""A sweep's report as text, Markdown, CSV and JSON, and read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from swept_plans import plan_of, points_by, report_of

from httptui.errors import PlanError
from httptui.plan.io import decode_plan
from httptui.report.formats import SAVED
from httptui.report.render_text import cells_of
from httptui.report.saved import SavedSweep, read_report, saved_reports
from httptui.results.snapshot import Event
from httptui.sweeps.document import SWEEP_FORMATS, to_bmf, to_csv
from httptui.sweeps.report import Measured, SweepContender, SweepReport, read_either
from httptui.sweeps.tables import curves_in_blocks
from tests.exports.written import to_markdown, to_text

CURVE = plan_of({"concurrency": (1.0, 8.0, 64.0)}, name="knees")
GRID = plan_of({"pool": (4.0, 16.0), "concurrency": (4.0, 16.0)}, "aiohttp", name="grid")
RATES = {"aiohttp": 1_000.0, "httpx": 100.0}


def curve(**changes: object) -> SweepReport:
    points = points_by(CURVE, lambda levels, engine: RATES[engine] * levels[0] ** 0.5)
    return report_of(CURVE, points, **changes)


def grid() -> SweepReport:
    points = points_by(
        GRID,
        lambda levels, _engine: 50 * min(levels),
        pool_wait_ms=lambda levels, _engine: max(levels[1] - levels[0], 0) / (50 * min(levels)) * 1e3,
    )
    return report_of(GRID, points)


HOSTILE = "\x1b[31mred\u202e|<b>`*"


def test_a_curve_in_text():
    lines = to_text(curve()).splitlines()
    assert lines[:10] == [
        "knees · GET embedded · sweep of concurrency 1 … 64 · 6 blocks",
        "",
        "A  ▅▆█  aiohttp · shared",
        "B  ▁▃▄  httpx · shared",
        "",
        "req/s",
        "  concurrency           A         B",
        "            1  1 000 ±0 %  100 ±0 %",
        "            8  2 828 ±0 %  283 ±0 %",
        "           64  8 000 ±0 %  800 ±0 %",
    ]
    assert "A aiohttp · shared has no knee up to 64 in flight" in " ".join(lines)


def test_a_grid_in_text_has_a_table_for_each_figure_and_contender():
    lines = to_text(grid()).splitlines()
    start = lines.index("A  aiohttp · shared · mean wait for a connection of the pool")
    assert lines[start + 1 : start + 4] == [
        "  pool ↓  concurrency →  4       16",
        "                      4  0  60.0 ms",
        "                     16  0        0",
    ]
    assert lines[-1] == "A aiohttp · shared is fastest at pool 16 and concurrency 16, with 800 req/s."


def test_no_line_is_wider_than_the_terminal_however_many_contenders():
    plan = plan_of({"concurrency": (1.0, 2.0)}, *(["aiohttp"] * 26))
    text = to_text(report_of(plan, points_by(plan, lambda _levels, _engine: 12_345.0)))
    assert max(map(cells_of, text.splitlines())) <= 80
    assert all(f" {letter}" in text for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_what_was_not_measured_is_a_dash_and_a_dot():
    points = tuple(
        replace(point, slices=(), req_per_s=None) if point.levels == (8.0,) else point
        for point in points_by(CURVE, lambda _levels, engine: RATES[engine])
    )
    report = report_of(CURVE, points, complete=False)
    assert curves_in_blocks(report) == {"A": "█·█", "B": "▁·▁"}
    text = to_text(report)
    assert "            8           –         –" in text
    assert "This sweep was not complete." in text


def test_what_a_reader_must_know_is_told():
    lost = (
        SweepContender(id="A", label="aiohttp", engine="aiohttp", reuse="shared", cause="killed"),
        SweepContender(id="B", label="httpx", engine="httpx", reuse="shared"),
    )
    events = (Event(1.0, "block 1 of 6 is done"), Event(2.0, "the target ended", "error"))
    report = curve(contenders=lost, warnings=("steal in 2 of 18 visits",), events=events)
    for form, lost, error in (
        (to_text, "Note: A did not finish everywhere: killed", "Error: the target ended"),
        (to_markdown, "- ⚠ **A did not finish everywhere:** killed", "- ⚠ **error:** the target ended"),
    ):
        written = form(report)
        assert lost in written
        assert "steal in 2 of 18 visits" in written
        assert error in written
        assert "is done" not in written


def test_markdown_has_verdict_tables_and_a_plan_that_runs():
    written = to_markdown(curve())
    assert "| A | aiohttp · shared | ▅▆█ |" in written
    assert "| concurrency | A | B |" in written
    assert "[sweep]\nconcurrency = [1, 8, 64]" in written


def test_foreign_text_stays_text():
    hostile = SweepContender(id="A", label=HOSTILE, engine="aiohttp", reuse="shared")
    report = curve(contenders=(hostile, replace(hostile, id="B")), warnings=(HOSTILE,))
    for written in (to_text(report), to_markdown(report), to_csv(report)):
        assert "\x1b" not in written
        assert "\u202e" not in written
    assert "<b>" not in to_markdown(report)


def test_csv_has_a_row_for_each_turn():
    rows = list(csv.DictReader(io.StringIO(to_csv(curve()))))
    assert len(rows) == 3 * 2 * 6
    assert (rows[0]["concurrency"], rows[0]["id"], rows[0]["block"]) == ("1.0", "A", "0")
    assert {float(row["req_per_s"]) for row in rows if row["id"] == "B" and row["concurrency"] == "1.0"} >= {
        100.0
    }


def test_bmf_has_a_benchmark_for_each_contender_and_level_with_the_interval_over_the_blocks():
    found = msgspec.json.decode(to_bmf(curve()))
    assert len(found) == 3 * 2
    point = next(one for one in curve().points if one.contender == "A" and one.levels == (8.0,))
    rate = point.req_per_s
    assert rate is not None
    assert found["aiohttp · shared · concurrency 8"] == {
        "throughput": {"value": rate.value, "lower_value": rate.low, "upper_value": rate.high},
        "latency-p50-ms": {"value": 1.0, "lower_value": 1.0, "upper_value": 1.0},
        "latency-p99-ms": {"value": 2.0, "lower_value": 2.0, "upper_value": 2.0},
        "cpu-us-per-request": {"value": 100.0, "lower_value": 100.0, "upper_value": 100.0},
    }
    assert list(msgspec.json.decode(to_bmf(grid())))[1] == "aiohttp · shared · pool 4 · concurrency 16"


def test_bmf_leaves_out_what_is_not_known_and_tells_equal_labels_apart():
    same = SweepContender(id="A", label=HOSTILE, engine="aiohttp", reuse="shared")
    few = tuple(
        replace(point, slices=(), req_per_s=None)
        if point.levels == (8.0,)
        else replace(point, cpu_us_per_request=None, p99_ms=None, req_per_s=Measured(5.0))
        for point in curve().points
    )
    report = report_of(CURVE, few, contenders=(same, replace(same, id="B")))
    found = msgspec.json.decode(to_bmf(report))
    assert [name.rpartition("(")[2] for name in found] == [
        f"{letter}) · concurrency {level}" for level in (1, 64) for letter in "AB"
    ]
    assert not [name for name in found if "\x1b" in name or "\u202e" in name]
    assert {tuple(measures) for measures in found.values()} == {("throughput", "latency-p50-ms")}
    assert {tuple(measures["throughput"].items()) for measures in found.values()} == {(("value", 5.0),)}


def test_json_is_read_back_as_it_was(tmp_path: Path):
    path = tmp_path / "20260102-030405-knees.json"
    path.write_bytes(SWEEP_FORMATS["json"](curve()))
    found = read_either(path)
    assert isinstance(found, SweepReport)
    assert replace(found, plan={}) == replace(curve(), plan={})
    assert decode_plan(found.plan) == CURVE
    assert msgspec.json.decode(path.read_bytes())["schema"] == "httptui.sweep/1"
    assert set(SAVED.values()) <= set(SWEEP_FORMATS)


def test_it_is_no_report_of_a_run_but_is_listed_with_these(tmp_path: Path):
    path = tmp_path / "20260102-030405-knees.json"
    path.write_bytes(SWEEP_FORMATS["json"](curve()))
    with pytest.raises(
        PlanError, match=r"knees\.json: the report of a sweep; only the report of a run can be"
    ):
        read_report(path)
    (listed,) = saved_reports(tmp_path)
    assert isinstance(listed, SavedSweep)
    assert (listed.axes, listed.complete) == ("concurrency 1 … 64", True)


def test_what_is_neither_is_told(tmp_path: Path):
    path = tmp_path / "other.json"
    path.write_text('{"schema": "httptui.sweep/1"}')
    with pytest.raises(PlanError, match="not a report of httptui"):
        read_either(path)


def test_points_of_no_contender_or_of_other_axes_hide_no_other():
    report = curve()
    first, second, *others = report.points
    odd = (
        replace(first, contender="Z"),
        replace(second, levels=(1.0, 2.0)),
        replace(first, levels=()),
        *others,
    )
    assert len(msgspec.json.decode(to_bmf(replace(report, points=odd)))) == len(others)
