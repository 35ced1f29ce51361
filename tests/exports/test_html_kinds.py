"""The HTML page of other kinds of run: open loads, one contender, very many, a plan that asks something."""

from __future__ import annotations

from measured_report import FAST, SLOW, measured_report
from msgspec.structs import replace
from report_page import cells, page
from sample_report import PLAN, contender, report

from httptui.results.snapshot import Latency, Requests, Verdict


def test_an_open_load_shows_service_and_response_times_apart() -> None:
    slower = Latency(p50=5.0, p90=7.0, p99=9.0, p99_9=10.0, max=13.0, mean=5.1)
    late = replace(
        FAST,
        offered_per_s=90.0,
        response_ms=slower,
        response_histogram=SLOW.histogram,
        requests=Requests(planned=900, ok=200, dropped=700),
    )
    rows = cells(measured_report(contenders=(late, SLOW)), "results")
    assert rows[0] == ["", "response time", "service time", ""]
    assert rows[1][1:3] == ["offered/s", "served/s"]
    assert rows[1][10:13] == ["ok", "dropped", "errors"]
    assert rows[2][1] == "90.0"
    assert rows[2][3:6] == ["5.0 ms", "~9.0 ms", "13.0 ms"]
    assert rows[2][11:13] == ["700", "0"]
    found = page(measured_report(contenders=(late, SLOW)))
    titles = [element.text for element in found.named("h2")]
    assert titles[titles.index("Throughput over time") + 1 :][:2] == ["Response time", "Service time"]
    charts = [e.text for e in found.of_class("chart") if "latency" in e.attributes["aria-label"]]
    assert ["p50 5.0 ms" in chart for chart in charts] == [True, False]
    assert ["httpx" in chart for chart in charts] == [False, True]


def test_one_contender_has_neither_a_ranking_nor_a_verdict_s_badge() -> None:
    found = page(
        measured_report(contenders=(FAST,), warnings=(), verdict=Verdict("undecided", "B serves 1 req/s."))
    )
    assert found.of_class("verdict")[0].text == "B serves 1 req/s."
    assert [element.text for element in found.named("h2")][:2] == ["Results", "Throughput over time"]


def test_what_a_plan_asks_stands_below_its_name() -> None:
    asks = report(plan=PLAN | {"description": "\nIs <it> fast?\nMore of it.\n"})
    assert page(asks).of_class("question")[0].text == "Is <it> fast?"
    assert page(report()).of_class("question") == []


def test_a_colour_that_comes_again_is_marked() -> None:
    letters = "ABCDEFGHIJ"
    many = tuple(replace(FAST, id=letter, label=letter) for letter in letters)
    found = page(measured_report(contenders=many, ranking=(), cpu_ranking=()))
    lines = [element.attributes["class"] for element in found.elements if element.name == "g"]
    assert lines == ["c1 again", "c0 again", *(f"c{at}" for at in reversed(range(8)))]
    assert ".again .line" in found.named("style")[0].text


def test_headings_of_groups_name_their_columns_and_empty_cells_are_no_headings() -> None:
    found = page(report())
    assert [e.text for e in found.named("th") if e.attributes["scope"] == "colgroup"] == ["latency"]
    results = next(e for e in found.of_class("results"))
    assert "latency" in results.text
    assert {e.attributes["scope"] for e in found.named("th")} == {"col", "colgroup"}


def test_paper_says_what_it_leaves_to_the_screen_where_there_are_many_contenders() -> None:
    few = [contender(letter, "aiohttp · shared") for letter in "ABCD"]
    assert page(report(contenders=tuple(few))).of_class("on-paper") == []
    many = page(report(contenders=(*few, contender("E", "httpx · shared"))))
    (told,) = many.of_class("on-paper")
    assert told.text.startswith("On screen, this page also shows the plan, the events, ")
    left = {element.text.partition("\n")[0] for element in many.of_class("on-screen")}
    assert any(text.startswith("Contenders in detail") for text in left)
    assert any(text.startswith("Plan") for text in left)
    assert len(many.of_class("many")) == 1
