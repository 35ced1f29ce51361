"""A comparison as a page: what it tells, what it may load, and that text stays text."""

from __future__ import annotations

import re

import pytest
from compared_reports import contender, report, scaled
from msgspec.structs import replace

from httptui.compare.compare import compare
from httptui.compare.comparison import Change, Comparison, Ratio
from httptui.compare.thresholds import judged, parse_threshold
from tests.exports.html_page import Page
from tests.exports.written import to_html


def made(label: str = "aiohttp · shared") -> Comparison:
    before = report(contender("A", "aiohttp", label=label), contender("B", "httpx"), contender("C", "raw"))
    after = report(
        contender("A", "aiohttp", scaled(0.8), cpu_us=125.0, p99=10.0, label=label),
        contender("B", "httpx", versions={"python": "3.11.1", "httpx": "2.0"}),
        started="2026-11-21T10:00:00Z",
    )
    found = compare(before, after)
    return replace(found, thresholds=judged(found, [parse_threshold("A.req_per_s > -5%")]))


def test_it_tells_thresholds_changes_and_what_else_changed() -> None:
    page = Page(to_html(made()))
    assert [heading.text for heading in page.named("h2")] == [
        "Thresholds",
        "Changes by contender",
        "Before believing it",
        "Verdict of each run",
        "Other changes",
    ]
    (outcome,) = page.of_class("expectations")
    assert outcome.text == (
        "missedA.req_per_s > -5%: aiohttp · shared has −20 % [−21, −19], "
        "−20 % [−20, −20] * relative to the others; between runs −25 to −14 %"
    )
    cells = [element.text for element in page.named("td")]
    assert cells[:7] == [
        "Aaiohttp · shared",
        "req/s",
        "1 000",
        "800",
        "−20 % [−21, −19]",
        "−20 % [−20, −20] *",
        "",
    ]
    assert "contender[httpx · shared].versions.httpx" in cells
    assert page.of_class("facts")[0].text == "2026-11-20 10:00:00 UTC → 2026-11-21 10:00:00 UTC"


def test_what_is_shown_to_be_worse_is_marked_as_such_and_drawn_to_its_side() -> None:
    marks = Page(to_html(made())).of_class("change-mark")
    assert [mark.attributes["class"].split()[1] for mark in marks] == [
        *("bad", "open", "open", "bad"),
        *("good", "open", "open", "good"),
    ]
    centres = [float(place) for place in re.findall(r'<circle cx="([0-9.]+)%"', to_html(made()))]
    assert centres[0] < 10 < 50 < centres[3]
    assert centres[1] == 50


def test_the_change_itself_is_drawn_where_nothing_is_held_against() -> None:
    found = made()
    figures = {"req_per_s": Change(before=100.0, after=0.0, ratio=Ratio(point=0.0))}
    alone = replace(found, contenders=(replace(found.contenders[0], figures=figures),), thresholds=())
    page = Page(to_html(alone))
    assert page.of_class("change-mark") == []
    assert [heading.text for heading in page.named("th")][:6] == [
        *("contender", "figure", "before", "after", "change", ""),
    ]


def test_it_loads_and_runs_nothing() -> None:
    page = Page(to_html(made()))
    (policy,) = [
        element.attributes["content"]
        for element in page.named("meta")
        if element.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert {element.name for element in page.elements} & {"script", "link", "img", "iframe", "form"} == set()
    assert not [element for element in page.elements if {"src", "href", "style"} & set(element.attributes)]


@pytest.mark.parametrize("label", ["<script>alert(1)</script>", '" onload="x', "\x1b[31mred", "a\nb"])
def test_whatever_a_label_holds_stays_text(label: str) -> None:
    hostile = to_html(made(label))
    assert Page(hostile).shape() == Page(to_html(made())).shape()
    assert "\x1b" not in hostile
