from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import msgspec
import pytest
from html_page import Page, luminance
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_report import COSTS, FAST, SLOW, measured_report
from msgspec.structs import replace
from sample_report import AIOHTTP, HTTPX, MISSING, PLAN, contender, report, slices

from httptui.colours import ON_DARK, ON_LIGHT
from httptui.plans.file import plan_from_toml
from httptui.plans.plan import Plan
from httptui.reports.exports.html.markup import tag
from httptui.reports.exports.html.page import to_html
from httptui.reports.report import ExpectationResult, Report
from httptui.safe_text import safe_text
from httptui.snapshot import Event, Flag, Limiter, Mark, Rank, Verdict
from httptui.units import format_ms

GROUNDS = {"light": "#ffffff", "dark": "#121315"}
READABLE = 4.5

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "</pre></svg><a href=javascript:alert(1)>x</a>",
    "<!-- <![CDATA[ ]]> --> <?php ?>",
    "&lt;b&gt; &#60;b&#62; &",
    "\x00\x1b[2J\u202e\u200b\ud800",
    "{}</code>`${x}`",
    "a\nb\r\n<b>",
]


def page(of: Report) -> Page:
    return Page(to_html(of))


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
        "Throughput over time",
        "Latency",
        "Before believing it",
        "What limits each contender",
        "What happened",
        "Contenders in detail",
        "Plan",
        "Run it once more",
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


def cells(of: Report, table: str) -> list[list[str]]:
    (html,) = re.findall(f'<table class="{table}">.*?</table>', to_html(of))[:1]
    rows: list[list[str]] = []
    for element in Page(html).elements:
        if element.name == "tr":
            rows.append([])
        elif element.name in ("td", "th"):
            rows[-1].append(element.text)
    return rows


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


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


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


def test_the_plan_shown_can_be_run_and_the_commands_name_its_files() -> None:
    plan, saved, written = (element.text for element in page(report()).named("pre"))
    assert plan_from_toml(plan) == msgspec.convert(PLAN, Plan)
    assert (saved, written) == ("httptui run ./20261120-100000-demo.json", "httptui run ./plan.toml")
    masked = report(plan=PLAN | {"target": {"url": "http://127.0.0.1/", "headers": {"X-Key": "***"}}})
    assert "a secret was" in page(masked).named("main")[0].text
    assert "a secret was" not in page(report()).named("main")[0].text


def test_an_incomplete_run_and_missed_expectations_say_so() -> None:
    missed = ExpectationResult(
        text="p99 < 1ms", id="B", met=False, actual=8.1, sentence="p99 < 1ms: B has 8.1 ms"
    )
    found = page(report(complete=False, expectations=(missed,)))
    assert "This run was not complete" in found.of_class("verdict")[0].text
    assert found.of_class("expectations")[0].text == "missedp99 < 1ms: B has 8.1 ms"
    assert "not complete" not in page(report()).named("main")[0].text


def hostile_report(text: str) -> Report:
    """A report with the text in every field that holds any, those included that a sound file could not hold."""
    one: Any = contender(
        f"A{text}",
        f"l{text}",
        engine=f"e{text}",
        reuse=text,
        loop=f"o{text}",
        http_version=f"v{text}",
        http_requested=text,
        status={f"2{text}": 1},
        errors={f"k{text}": 1},
        first_messages={f"k{text}": text},
        limiter=Limiter(text, text),  # type: ignore[arg-type]
        state=f"s{text}",
        cause=f"c{text}",
        versions={f"p{text}": text},
    )
    one = replace(one, slices=FAST.slices, histogram=FAST.histogram)
    return report(
        started=f"2{text}",
        plan={"name": f"n{text}", "target": {"url": text, "method": text}, f"x{text}": [text]},
        environment={f"m{text}": {f"i{text}": [text, None, {f"d{text}": text}]}},
        contenders=(one, AIOHTTP),
        ranking=(
            Rank(id="B", rank_low=1, rank_high=1, req_per_s=2.0, ratio=1.0),
            Rank(id=f"A{text}", rank_low=2, rank_high=2, req_per_s=1.0, ratio=0.5),
        ),
        cpu_ranking=tuple(replace(place, id=f"A{text}" if place.id == "A" else place.id) for place in COSTS),
        flags=(Flag(text, text),),  # type: ignore[arg-type]
        verdict=Verdict(text, text.replace("; ", ", ")),  # type: ignore[arg-type]
        expectations=(ExpectationResult(text=text, id=text, met=True, actual=None, sentence=text),),
        warnings=(text,),
        events=(Event(1.0, text, text),),  # type: ignore[arg-type]
        changes=(Mark(1.0, text),),
    )


SHAPE = page(hostile_report("harmless")).shape()


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_stays_text_wherever_it_stands(text: str) -> None:
    found = page(hostile_report(text))
    assert found.shape() == SHAPE
    shown = safe_text(text)
    for name in ("title", "h1"):
        assert shown in found.named(name)[0].text
    for place in ("notes", "expectations", "events", "limits", "facts", "verdict", "environment", "change"):
        assert shown in found.of_class(place)[0].text.replace("\n", ""), place


@settings(max_examples=25)
@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from([*HOSTILE, "<", ">", '"', "'", "&", "="]), max_size=4).map("".join)
)
def test_no_text_makes_or_breaks_an_element(text: str) -> None:
    found = page(hostile_report(text.replace("***", "")))
    assert found.shape() == SHAPE
    assert not [name for element in found.elements for name in element.attributes if name.startswith("on")]


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_attributes_hold_any_text(text: str) -> None:
    (element,) = Page(tag("p", "x", title=text)).elements
    assert element.attributes == {"title": safe_text(text)}


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
