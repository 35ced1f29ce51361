from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sample_report import AIOHTTP, HTTPX, MISSING, SLOW, contender, report, slices
from written import to_text

from httptui.report.document import Column
from httptui.report.render_text import (
    cells_of,
    fitted,
    padded,
    table_lines,
    wrapped,
)
from httptui.results.snapshot import CpuRank, Flag, Rank, Requests, Verdict

ROUNDS = {
    "plan": {"load": {"kind": "burst", "concurrency": 512}, "schedule": {"kind": "sequential", "rounds": 3}},
    "contenders": (
        replace(HTTPX, slices=slices(1.0, 2.0, 1.5)),
        replace(AIOHTTP, slices=slices(0.4, 0.5, 0.6)),
    ),
}


def test_a_timed_run_on_eighty_columns() -> None:
    assert to_text(report()).splitlines() == [
        "demo · GET http://127.0.0.1:8099/ · closed · 64 in flight · 10 s · interleaved",
        "",
        "   contender                  req/s     p50      p99  CPU/req  conns/req  errors",
        "B  aiohttp · shared · uvlo…  15 511  4.1 ms   8.1 ms    64 µs       0.00       0",
        "A  httpx · shared               129  313 ms  ~1.54 s   7.8 ms       0.05       4",
        "C  requests · shared              0       –        –        –          –       0",
        "~ fewer than 30 requests were slower, so this percentile is rough",
        "C did not finish: requests is not installed",
        "",
        "A was answered 200 × 1 290, 503 × 3",
        "",
        "1  B  aiohttp · shared · uvloop  100 %            client CPU",
        "2  A  httpx · shared             0.8 % [0.8–0.9]  client CPU",
        "",
        "B wins: 120 times [110–125] the req/s of A; C did not finish.",
        "",
        "Warning: TLS certificates are not verified",
    ]


def test_rounds_bounded_by_requests_show_their_mean_seconds() -> None:
    assert to_text(report(**ROUNDS)).splitlines()[:5] == [
        "run · GET · burst · 512 at once · sequential",
        "",
        "   contender                   req/s     p50      p99  CPU/req  errors  s/round",
        "B  aiohttp · shared · uvloop  15 511  4.1 ms   8.1 ms    64 µs       0     0.50",
        "A  httpx · shared                129  313 ms  ~1.54 s   7.8 ms       4     1.50",
    ]


def test_ratios_of_the_ranking_stand_below_one_another() -> None:
    ranking = (
        Rank(id="B", rank_low=1, rank_high=2, req_per_s=10.0, ratio=1.0),
        Rank(id="A", rank_low=1, rank_high=2, req_per_s=9.0, ratio=0.9, ratio_low=0.85, ratio_high=1.02),
    )
    lines = to_text(report(ranking=ranking)).splitlines()
    at = lines.index("1–2  B  aiohttp · shared · uvloop  100 %           client CPU")
    assert lines[at + 1] == "1–2  A  httpx · shared              90 % [85–102]  client CPU"
    assert "client CPU" not in to_text(report(ranking=()))


COSTS = (
    CpuRank(id="B", rank_low=1, rank_high=1, cpu_us_per_request=64.0, ratio=1.0),
    CpuRank(
        id="A",
        rank_low=2,
        rank_high=2,
        cpu_us_per_request=7_837.0,
        ratio=122.4,
        ratio_low=119.0,
        ratio_high=125.0,
    ),
)


def test_the_ranking_by_cpu_and_the_flags_are_told() -> None:
    flags = (Flag("drift", "drift: against B, A lost 12 %"),)
    lines = to_text(report(cpu_ranking=COSTS, flags=flags)).splitlines()
    at = lines.index("by CPU per request")
    assert lines[at - 1 : at + 4] == [
        "",
        "by CPU per request",
        "1  B  aiohttp · shared · uvloop   64 µs",
        "2  A  httpx · shared             7.8 ms  122 times [119–125]",
        "",
    ]
    assert lines[-3:] == [
        "",
        "Note: drift: against B, A lost 12 %",
        "Warning: TLS certificates are not verified",
    ]


def test_one_known_cost_is_no_ranking() -> None:
    assert "by CPU" not in to_text(report(cpu_ranking=COSTS[:1]))


def test_an_incomplete_run_says_so() -> None:
    assert "This run was not complete." in to_text(report(complete=False))
    assert "not complete" not in to_text(report())


def test_a_plan_of_another_kind_still_gives_a_text() -> None:
    assert to_text(report(plan={"load": {"kind": 7}, "target": "x", "name": None})).startswith("run · GET\n")


LABELS = st.text(st.characters(codec="utf-8"), max_size=60)


@given(LABELS, LABELS, LABELS, st.integers(80, 140))
def test_whatever_it_holds_no_line_is_wider_than_asked_and_none_can_steer_a_terminal(
    label: str, cause: str, sentence: str, width: int
) -> None:
    hostile = contender("A", label, state="dnf", cause=cause or None)
    text = to_text(
        report(
            contenders=(hostile, AIOHTTP, MISSING),
            verdict=Verdict("winner", sentence),
            warnings=(sentence, cause),
            plan={"name": label, "target": {"url": cause}},
        ),
        width,
    )
    assert all(cells_of(line) <= width for line in text.split("\n"))
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) is None


def test_wide_characters_take_two_cells_and_combining_ones_none() -> None:
    assert [cells_of(text) for text in ("Ｆ", "漢", "e\u0301", "µ", "")] == [2, 2, 1, 1, 0]
    assert fitted("漢漢漢", 4) == "漢…"


@given(LABELS, st.integers(1, 30))
def test_fitted_and_padded_texts_take_just_the_cells_they_may(text: str, width: int) -> None:
    assert cells_of(fitted(text, width)) <= width
    assert cells_of(padded(fitted(text, width), width)) == width
    assert fitted(text, cells_of(text)) == text


@given(st.lists(st.text("abc 漢", max_size=30), max_size=10).map(" ".join), st.integers(4, 40))
def test_wrapping_keeps_every_word_and_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width, "  ")
    assert all(cells_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("width", "headings"),
    [(60, ["a", "label", "b", "c"]), (32, ["a", "label", "c"]), (12, ["a", "label", "c"])],
)
def test_a_narrow_table_leaves_out_the_least_important_column(width: int, headings: list[str]) -> None:
    columns = [
        Column("a", ["1"]),
        Column("label", ["x" * 40], "left", label=True),
        Column("b", ["2222"], keep=1),
        Column("c", ["3"]),
    ]
    lines = table_lines(columns, width)
    assert lines[0].split() == headings
    assert all(cells_of(line) <= width for line in lines)


def test_tries_beyond_the_first_have_a_column_where_there_are_any() -> None:
    tried = replace(HTTPX, requests=replace(HTTPX.requests, retried=31))
    told = to_text(report(contenders=(tried, AIOHTTP)), width=100).splitlines()
    heading, *rows = [line.split() for line in told if "req/s" in line or line.startswith(("A  ", "B  "))][:3]
    assert heading[-1] == "retried"
    assert {row[0]: row[-1] for row in rows} == {"A": "31", "B": "0"}


def test_an_open_load_tells_what_its_users_waited_and_what_was_dropped() -> None:
    late = replace(
        HTTPX,
        offered_per_s=580.0,
        response_ms=replace(SLOW, at_most={"p90": None}, never=("p99", "p99.9", "max", "mean"), censored=700),
        requests=Requests(planned=900, ok=200, dropped=700),
    )
    lines = to_text(report(contenders=(late,), ranking=()), width=120).splitlines()
    assert lines[2].split() == [
        *("contender", "offered/s", "served/s", "response", "p50", "response", "p99", "CPU/req", "conns/req"),
        *("dropped", "errors"),
    ]
    assert " ".join(lines[3].split()) == "A httpx · shared 580 129 313 ms ∞ 7.8 ms 0.21 700 0"
    assert lines[4:7] == [
        "~ fewer than 30 requests were slower, so this percentile is rough",
        "> a lower bound: requests timed out or were cut off, and would have taken longer",
        "∞ lies among dropped requests, which were never sent",
    ]
    narrow = to_text(report(contenders=(late,), ranking=())).splitlines()
    assert narrow[2].split() == [
        *("contender", "offered/s", "served/s", "response", "p99", "dropped", "errors")
    ]
