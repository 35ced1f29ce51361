"""Figures are declared once: names that never clash, readings of any contender, and the columns of every table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace
from sample_report import AIOHTTP, HTTPX, MISSING, SLOW, report

from docs import figures as docs
from httptui.figures import BY_NAME, FIGURES, Figure, arranged
from httptui.report.cells import columns_of
from httptui.results.report import Report
from httptui.results.snapshot import ContenderView, Requests

LATE = replace(
    HTTPX,
    offered_per_s=90.0,
    response_ms=replace(SLOW, p50=500.0, at_most={"p99": None}, never=("max",), censored=40),
    late_p99_ms=2.5,
    requests=Requests(planned=900, ok=200, timeout=40, dropped=660, retried=3),
    dns_lookups=31,
)
OPEN = report(contenders=(LATE, MISSING), ranking=())


@pytest.mark.parametrize("of", ["name", "csv", "bmf", "swept"])
def test_no_two_figures_have_the_same_name_anywhere(of: str) -> None:
    names = Counter(name for figure in FIGURES if (name := getattr(figure, of)))
    assert [name for name, count in names.items() if count > 1] == []


def test_no_two_columns_have_the_same_heading() -> None:
    headings = Counter(figure.heading for figure in FIGURES if figure.column)
    assert set(headings.values()) == {1}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_can_be_read_of_any_contender(figure: Figure) -> None:
    fresh = ContenderView(id="A", label="a", engine="a", reuse="shared", concurrency=1)
    for one in (AIOHTTP, LATE, MISSING, fresh):
        value = figure.of(one)
        assert value is None or value >= 0
        assert figure.text(one)
    assert figure.marked(fresh, figure.now(fresh)) in ("–", "0")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("req_per_s", "129"),
        ("p50", "313 ms"),
        ("p99", "~1.54 s"),
        ("p99.9", "~1.60 s"),
        ("max", "1.70 s"),
        ("response_p50", "500 ms"),
        ("response_p99", "> 1.54 s"),
        ("response_max", "∞"),
        ("offered_per_s", "90.0"),
        ("served_per_s", "129"),
        ("cpu", "7.8 ms"),
        ("errors", "700"),
        ("failures", "40"),
        ("error_rate", "78 %"),
        ("retried", "3"),
        ("late_p99", "2.5 ms"),
        ("connections_per_request", "0.19"),
        ("lookups", "31"),
        ("lookups_per_request", "0.09"),
        ("bytes_per_s", "102.4"),
        ("ratio", "–"),
        ("loop_lag", "–"),
    ],
)
def test_a_figure_is_told_in_its_unit_with_the_mark_of_its_doubt(name: str, text: str) -> None:
    assert BY_NAME[name].text(LATE) == text


def test_a_cpu_time_beside_which_much_was_the_tools_own_is_rough_and_compared_with_no_other() -> None:
    shared = replace(AIOHTTP, own_cpu_us_per_request=16.0)
    assert BY_NAME["cpu"].text(shared) == "~64 µs"
    assert BY_NAME["cpu"].comparable(shared) is None
    assert BY_NAME["cpu"].comparable(AIOHTTP) == 64.0


def test_a_lower_bound_is_compared_with_no_other() -> None:
    assert BY_NAME["response_p99"].comparable(LATE) is None
    assert BY_NAME["response_p50"].comparable(LATE) == 500.0


def titles(of: Report, detail: int) -> list[str]:
    """Those that a table with so much room has."""
    return [column.title for column in columns_of(of) if column.place.detail <= detail]


def test_a_closed_load_has_the_figures_that_a_table_has_room_for() -> None:
    brief = ["req/s", "p50", "p99", "CPU/req", "conns/req", "errors"]
    assert titles(report(), 1) == titles(report(), 2) == brief
    times = ["p50", "p90", "p99", "max"]
    assert titles(report(), 3) == ["req/s", *times, "CPU/req", "conns/req", "ok", "errors"]


def test_an_open_load_tells_response_from_service_and_served_from_offered() -> None:
    rates, response, service = ["offered/s", "served/s"], ["response p50", "response p99"], ["service p50"]
    rest = ["CPU/req", "conns/req", "lookups/req", "dropped", "errors", "retried"]
    assert titles(OPEN, 1) == [*rates, *response, *rest]
    assert titles(OPEN, 2) == [*rates, *response, *service, "service p99", *rest]
    times = [(column.group, column.heading) for column in columns_of(OPEN) if column.group]
    assert times == [
        ("response time", "p50"),
        ("response time", "p99"),
        ("response time", "max"),
        ("service time", "p50"),
        ("service time", "p99"),
    ]


def test_cells_are_those_of_the_contenders_in_their_order() -> None:
    (rates,) = [column.cells for column in columns_of(report()) if column.title == "req/s"]
    assert rates == ("15 511", "129", "0")


def test_figures_are_arranged_with_those_named_first_and_the_others_as_they_were() -> None:
    some = [BY_NAME[name] for name in ("p50", "cpu", "ok", "req_per_s")]
    assert [figure.name for figure in arranged(some, ("req_per_s", "gone", "cpu"))] == [
        "req_per_s",
        "cpu",
        "p50",
        "ok",
    ]


def test_the_page_of_figures_is_current() -> None:
    assert Path(docs.FILE).read_text("utf-8") == docs.page(), "run `make schemas`"
