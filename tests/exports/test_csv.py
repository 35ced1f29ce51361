from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measured_report import FAST, measured_report
from msgspec.structs import replace
from sample_report import AIOHTTP, contender, report

from httptui.report.exports import COLUMNS, harmless, to_csv
from httptui.results.report import Report
from httptui.results.snapshot import Latency
from httptui.safe_text import safe_text

DOCS = Path(__file__).parents[2] / "docs"


def rows(of: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(of), newline=""), strict=True))


def test_a_row_for_each_contender_best_first() -> None:
    best, second, missing = rows(report())
    assert [row["id"] for row in (best, second, missing)] == ["B", "A", "C"]
    assert {name: second[name] for name in COLUMNS if second[name]} == {
        "plan": "demo",
        "started": "2026-11-20T10:00:00Z",
        "complete": "true",
        "id": "A",
        "label": "httpx · shared",
        "engine": "httpx",
        "reuse": "shared",
        "http_requested": "1.1",
        "http_version": "1.1",
        "loop": "uvloop",
        "pool": "64",
        "concurrency": "64",
        "state": "finished",
        "rank_low": "2",
        "rank_high": "2",
        "req_per_s": "129.0",
        "ratio": "0.0083",
        "ratio_low": "0.008",
        "ratio_high": "0.0091",
        "latency_p50_ms": "313.0",
        "latency_p90_ms": "900.0",
        "latency_p99_ms": "1540.0",
        "latency_p99_9_ms": "1600.0",
        "latency_max_ms": "1700.0",
        "latency_mean_ms": "400.0",
        "latency_censored": "0",
        "cpu_us_per_request": "7837.0",
        "connections_opened": "64",
        "seconds": "10.0",
        "requests_planned": "1294",
        "requests_ok": "1290",
        "requests_error": "4",
        "requests_timeout": "0",
        "requests_dropped": "0",
        "requests_cancelled": "0",
        "warmup_requests": "100",
        "bytes": "1024",
        "limiter": "client CPU",
        "limiter_sentence": "client CPU: 7.8 ms of CPU per request, 100 % of a core",
        "processes": "1",
        "requests_retried": "0",
        "read": "bytes",
    }
    assert (missing["state"], missing["cause"]) == ("dnf", "requests is not installed")
    assert (missing["rank_low"], missing["latency_p50_ms"], missing["connections_opened"]) == ("", "", "")


def test_the_response_times_of_an_open_load_have_columns_of_their_own() -> None:
    slower = Latency(p50=5.0, p90=7.0, p99=9.0, p99_9=10.0, max=13.0, mean=5.1)
    (row,) = rows(measured_report(contenders=(replace(FAST, response_ms=slower, late_p99_ms=0.5),)))
    assert (row["response_p50_ms"], row["response_p99_9_ms"], row["late_p99_ms"]) == ("5.0", "10.0", "0.5")


def test_every_line_ends_as_rfc_4180_wants() -> None:
    text = to_csv(report())
    assert text.endswith("\r\n")
    assert text.count("\r\n") == text.count("\n") == 4


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", " =1", "＝1", "－1", "＠x"]
)
def test_what_looks_like_a_formula_is_made_harmless(text: str) -> None:
    (row,) = rows(report(contenders=(contender("A", text),)))
    assert row["label"] == f"'{text}"


def test_numbers_below_zero_and_other_text_are_left_alone() -> None:
    (row,) = rows(report(contenders=(replace(AIOHTTP, label="a-b=c", req_per_s=-1.0),)))
    assert (row["label"], row["req_per_s"]) == ("a-b=c", "-1.0")


@given(st.text(max_size=60))
def test_any_text_stays_one_cell(text: str) -> None:
    of = report(
        contenders=(contender("A", text, engine=text, cause=text),), plan={"name": text}, started=text
    )
    (row,) = rows(of)
    assert {row["label"], row["engine"], row["cause"], row["plan"], row["started"]} == {harmless(text)}
    assert harmless(text).removeprefix("'") == safe_text(text, 1_000).removeprefix("'")
    assert not harmless(text).lstrip().startswith(("=", "+", "-", "@"))


def test_every_column_is_documented() -> None:
    documented = "".join((DOCS / name).read_text("utf-8") for name in ("exports.md", "figures.md"))
    assert [name for name in COLUMNS if f"`{name}`" not in documented] == []
