"""The HTML page of a run: what stands in it, in which order, and that it loads and runs nothing."""

from __future__ import annotations

import base64
import hashlib
import re

import msgspec
import pytest
from html_page import Page, luminance
from measured_report import measured_report
from msgspec.structs import replace
from report_page import cells, page
from sample_report import HTTPX, PLAN, report, slices
from written import to_html

from httptui.colours import ON_DARK, ON_LIGHT
from httptui.plan.io import plan_from_toml
from httptui.plan.model import Plan
from httptui.results.report import ExpectationResult
from httptui.results.snapshot import Event, Flag

GROUNDS = {"light": "#ffffff", "dark": "#121315"}
READABLE = 4.5


def test_the_policy_comes_first_and_lets_nothing_in_but_the_one_style() -> None:
    found = page(measured_report())
    assert found.declarations == ["doctype html"]
    first = next(element for element in found.elements if element.inside[-1:] == ("head",))
    assert first.attributes["http-equiv"] == "Content-Security-Policy"
    policy = first.attributes["content"]
    assert policy.startswith("default-src 'none'; ")
    (style,) = found.named("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_nothing_is_loaded_and_nothing_runs() -> None:
    found = page(measured_report())
    assert {element.name for element in found.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "article"),
        *(
            "h1",
            "h2",
            "h3",
            "p",
            "span",
            "b",
            "strong",
            "code",
            "pre",
            "a",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "div",
        ),
        *("table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption"),
        *("svg", "g", "path", "rect", "line", "text"),
    }
    names = {name for element in found.elements for name in element.attributes}
    assert not [
        name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "action")
    ]
    assert {element.attributes["href"] for element in found.named("a")} == {"#notes"}
    assert "notes" in {element.attributes.get("id") for element in found.elements}
    assert not re.search(r"url\(|@import|expression|://", found.named("style")[0].text)


def test_its_parts_are_in_the_order_of_their_weight() -> None:
    met = ExpectationResult(
        text="p99 < 9ms", id="B", met=True, actual=8.1, sentence="p99 < 9ms: B has 8.1 ms"
    )
    whole = measured_report(
        flags=(Flag("noise", "noise: against B, by 12 %"),),
        events=(Event(1.0, "warm-up over"),),
        expectations=(met,),
    )
    assert [element.text for element in page(whole).named("h2")] == [
        "Expectations",
        "Ranking by requests per second",
        "Ranking by CPU per request",
        "Results",
        "Errors",
        "Answers",
        "Throughput over time",
        "Latency",
        "Before believing it",
        "What limits each contender",
        "Events",
        "Contenders in detail",
        "Plan",
        "Run it again",
        "Environment",
    ]
    (verdict,) = page(whole).of_class("verdict")
    assert (
        verdict.text
        == "winnerB wins: 120 times [110–125] the req/s of AC did not finish.2 things to know before believing it"
    )


def test_the_cpu_ranking_leads_where_all_shared_a_full_machine() -> None:
    shared = measured_report(flags=(Flag("shared machine", "shared machine: all at once filled it"),))
    titles = [element.text for element in page(shared).named("h2") if element.text.startswith("Ranking")]
    assert titles == ["Ranking by CPU per request", "Ranking by requests per second"]


def test_the_tables() -> None:
    assert cells(report(), "ranking") == [
        ["rank", "contender", "", "of the leader", "req/s"],
        ["1", "Baiohttp · shared · uvloop", "", "100 %", "15 511"],
        ["2", "Ahttpx · shared", "", "0.8 % [0.8–0.9]", "129"],
    ]
    assert cells(report(), "results") == [
        ["", "latency", ""],
        [
            "contender",
            "req/s",
            "p50",
            "p90",
            "p99",
            "max",
            "CPU/req",
            "conns/req",
            "ok",
            "errors",
            "limited by",
        ],
        [
            *("Baiohttp · shared · uvloop", "15 511", "4.1 ms", "6.0 ms", "8.1 ms", "12.0 ms", "64 µs"),
            *("0.00", "155 110", "0", "client CPU"),
        ],
        [
            *("Ahttpx · shared", "129", "313 ms", "900 ms", "~1.54 s", "1.70 s", "7.8 ms"),
            *("0.05", "1 290", "4", "client CPU"),
        ],
        ["Crequests · shared", "0", "–", "–", "–", "–", "–", "–", "0", "0", "did not finish"],
    ]
    assert cells(report(), "environment")[:3] == [
        ["of", "what", "value"],
        ["run", "started", "2026-11-20T10:00:00Z"],
        ["run", "seconds", "11.2"],
    ]


def test_rounds_bounded_by_requests_are_listed() -> None:
    plan = {"load": {"kind": "closed", "requests": 512}, "schedule": {"rounds": 2}}
    html = to_html(report(plan=plan, contenders=(replace(HTTPX, slices=slices(1.5, 1.0)),), ranking=()))
    text = Page(html).named("main")[0].text
    assert "Roundsseconds of roundcontender12mean" in text
    assert "Ahttpx · shared1.5001.0001.250" in text


def test_the_plan_shown_can_be_run_and_the_commands_name_its_files() -> None:
    plan, saved, written = (element.text for element in page(report()).named("pre"))
    assert plan_from_toml(plan) == msgspec.convert(PLAN, Plan)
    assert (saved, written) == ("httptui run ./20261120-100000-demo.json", "httptui run ./plan.toml")
    masked = report(plan=PLAN | {"target": {"url": "http://127.0.0.1/", "headers": {"X-Key": "***"}}})
    assert "stands for a secret" in page(masked).named("main")[0].text
    assert "stands for a secret" not in page(report()).named("main")[0].text


def test_an_incomplete_run_and_missed_expectations_say_so() -> None:
    missed = ExpectationResult(
        text="p99 < 1ms", id="B", met=False, actual=8.1, sentence="p99 < 1ms: B has 8.1 ms"
    )
    found = page(report(complete=False, expectations=(missed,)))
    assert "This run was not complete" in found.of_class("verdict")[0].text
    assert found.of_class("expectations")[0].text == "missedp99 < 1ms: B has 8.1 ms"
    assert "not complete" not in page(report()).named("main")[0].text


@pytest.mark.parametrize(("ground", "colours"), [("light", ON_LIGHT), ("dark", ON_DARK)])
def test_every_letter_can_be_read_on_its_ground_and_the_ground_on_it(
    ground: str, colours: tuple[str, ...]
) -> None:
    style = page(report()).named("style")[0].text
    assert f"--ground: {GROUNDS[ground]}" in style
    assert f"--on-mark: {GROUNDS[ground]}" in style
    for colour in colours:
        dark, light = sorted((luminance(colour), luminance(GROUNDS[ground])))
        assert (light + 0.05) / (dark + 0.05) >= READABLE


def test_paper_is_always_light() -> None:
    style = page(report()).named("style")[0].text
    assert (
        style.count("prefers-color-scheme: dark")
        == style.count("@media screen and (prefers-color-scheme: dark)")
        == 2
    )
