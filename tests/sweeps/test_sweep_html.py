"""A sweep's report as one HTML page: curves with their intervals and what they mean, grids, and only text as text."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from swept_plans import plan_of, points_by, report_of

from httptui.report.render_html import DARK, LIGHT
from httptui.results.scaling_laws import modelled_rate
from httptui.results.snapshot import Event, Limiter
from httptui.safe_text import safe_text
from httptui.sweeps.report import (
    Axis,
    Measured,
    SweepAnalysis,
    SweepContender,
    SweepPoint,
    SweepReport,
    SweepVerdict,
)
from tests.exports.html_page import Element, Page, luminance
from tests.exports.written import to_html

GAMMA = {"aiohttp": 180.0, "httpx": 150.0}
COSTS = {"aiohttp": 100.0, "httpx": 620.0}
CURVE = plan_of({"concurrency": (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)}, name="knees")
FAR = plan_of({"latency_ms": (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 300.0)}, name="far")
GRID = plan_of({"pool": (4.0, 16.0), "concurrency": (4.0, 16.0)}, name="grid")

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "</text></svg><a href=javascript:alert(1)>x</a>",
    "<!-- <![CDATA[ ]]> --> <?php ?>",
    "&lt;b&gt; &#60;b&#62; &",
    "\x00\x1b[2J\u202e\u200b\ud800",
    "a\nb\r\n<b>",
]


def law(levels: tuple[float, ...], engine: str) -> float:
    beta = 0.0 if engine == "aiohttp" else 0.004
    n = levels[0]
    return GAMMA[engine] * n / (1 + 0.01 * (n - 1) + beta * n * (n - 1))


def curve(**changes: Any) -> SweepReport:
    return replace(report_of(CURVE, points_by(CURVE, law)), **changes)


def far() -> SweepReport:
    points = points_by(
        FAR,
        lambda levels, engine: modelled_rate(16, levels[0], COSTS[engine], 0.4),
        cpu_us_per_request=lambda _levels, engine: COSTS[engine],
    )
    return report_of(FAR, points)


def grid(**changes: Any) -> SweepReport:
    points = points_by(
        GRID,
        lambda levels, engine: min(levels) * (50.0 if engine == "aiohttp" else 5.0),
        pool_wait_ms=lambda levels, _engine: max(levels[1] - levels[0], 0) / (50 * min(levels)) * 1e3,
    )
    return replace(report_of(GRID, points), **changes)


def page(of: SweepReport) -> Page:
    return Page(to_html(of))


def chart(found: Page, title: str) -> list[Element]:
    """The elements of the chart whose name begins so."""
    at = next(
        at
        for at, element in enumerate(found.elements)
        if element.attributes.get("aria-label", "").startswith(title)
    )
    depth = len(found.elements[at].inside)
    inside = []
    for element in found.elements[at + 1 :]:
        if len(element.inside) <= depth:
            break
        inside.append(element)
    return inside


def of_class(elements: list[Element], name: str) -> list[Element]:
    return [element for element in elements if name in element.attributes.get("class", "").split()]


def titles(of: SweepReport) -> list[str]:
    return [element.text for element in page(of).named("h2")]


@pytest.mark.parametrize("report", [curve(), far(), grid()])
def test_nothing_is_loaded_nothing_runs_and_only_the_one_style_applies(report: SweepReport):
    found = page(report)
    first = next(element for element in found.elements if element.inside[-1:] == ("head",))
    digest = base64.b64encode(hashlib.sha256(found.named("style")[0].text.encode()).digest()).decode()
    assert first.attributes["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    names = {name for element in found.elements for name in element.attributes}
    assert not [
        name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "action")
    ]
    assert not {"script", "img", "link", "iframe", "object", "image", "use"} & {
        e.name for e in found.elements
    }
    assert {element.attributes["href"] for element in found.named("a")} <= {"#notes"}


def test_the_parts_of_a_curve_are_in_the_order_of_their_weight():
    assert titles(curve(warnings=("steal in 2 of 18 visits",))) == [
        "Before believing it",
        "Throughput, by requests in flight",
        "CPU per request, by requests in flight",
        "Latency, p99, by requests in flight",
        "Figures",
        "How they scale",
        "What limits each contender",
        "How to read it",
        "Plan",
        "Run it again",
        "Environment",
    ]


def test_each_contender_has_its_curve_with_an_interval_at_every_point_and_its_letter():
    drawn = chart(page(curve()), "Throughput")
    points = [element for element in of_class(drawn, "full") if element.name == "circle"]
    assert len(points) == 2 * 7
    assert len(of_class(drawn, "line")) == 2
    # An upright and its two ends.
    assert len(of_class(drawn, "whisker")) == 3 * 2 * 7
    assert sorted(element.text for element in of_class(drawn, "letter")) == ["A", "A", "B", "B"]


def test_levels_double_in_equal_steps_and_rates_lie_on_the_scale_of_the_ticks():
    drawn = chart(page(curve()), "Throughput")
    across = sorted({float(one.attributes["cx"]) for one in drawn if one.name == "circle"})
    steps = [after - before for before, after in pairwise(across)]
    assert steps == pytest.approx([steps[0]] * 6, abs=0.02)
    ticks = [element for element in of_class(drawn, "tick") if "end" in element.attributes["class"]]
    heights = {one.text: float(one.attributes["y"]) - 4 for one in ticks}
    highest = max(law((level,), "aiohttp") for level in CURVE.sweep["concurrency"])
    top = min(float(one.attributes["cy"]) for one in drawn if one.name == "circle")
    decade = heights["100"] - heights["1k"]
    assert heights["1k"] - heights["10k"] == pytest.approx(decade, abs=0.1)
    assert heights["1k"] - top == pytest.approx(decade * math.log10(highest / 1000), abs=0.5)


def test_zero_has_a_place_at_the_left_of_latencies():
    drawn = chart(page(far()), "Throughput")
    across = sorted({float(one.attributes["cx"]) for one in drawn if one.name == "circle"})
    assert len(across) == 8
    assert of_class(drawn, "law") == []


def test_letters_of_curves_that_end_together_stand_apart_and_inside_the_chart():
    plan = plan_of({"concurrency": (1.0, 2.0)}, *(["aiohttp"] * 9))
    drawn = chart(page(report_of(plan, points_by(plan, lambda _levels, _engine: 100.0))), "Throughput")
    heights = sorted(
        float(one.attributes["y"])
        for one in of_class(drawn, "letter")
        if "end" not in one.attributes["class"]
    )
    assert len(heights) == 9
    assert min(after - before for before, after in pairwise(heights)) >= 12.9
    assert heights[0] >= min(float(one.attributes["y1"]) for one in of_class(drawn, "grid"))


def test_without_intervals_none_are_drawn():
    points = tuple(
        replace(point, req_per_s=Measured(point.req_per_s.value)) if point.req_per_s else point
        for point in curve().points
    )
    found = page(curve(points=points))
    assert of_class(chart(found, "Throughput"), "whisker") == []
    assert "95 % intervals" not in found.named("figcaption")[0].text


def test_knees_and_the_tops_of_the_law_are_marked_and_told():
    report = curve()
    found = page(report)
    drawn = chart(found, "Throughput")
    assert len(of_class(drawn, "law")) == 2
    lanes = [element.text for element in of_class(drawn, "mark")]
    first, second = report.analysis.scaling
    assert lanes[0] == "no knee up to 64 · N* > 64"
    assert (first.knee, first.saturation) == (None, None)
    assert second.fit is not None
    assert second.fit.n_star == pytest.approx((0.99 / 0.004) ** 0.5, rel=0.02)
    assert lanes[1].endswith(f"N* {second.fit.n_star:.0f}")
    assert [one.name for one in of_class(drawn, "hollow")] == ["path"]
    assert "Ahttpx" not in found.named("main")[0].text
    assert "Bhttpx · shared16 [8–16]1616" in found.named("main")[0].text


def test_where_curves_meet_is_marked_with_its_interval_and_the_prediction():
    report = far()
    (pair,) = report.analysis.crossovers
    found = page(report)
    drawn = chart(found, "Throughput")
    assert of_class(drawn, "mark")[0].text.startswith("L* ")
    assert "predicted" in of_class(drawn, "mark")[0].text
    assert len(of_class(drawn, "band")) == 1
    assert len([one for one in of_class(drawn, "full") if one.name == "path"]) == 1
    assert pair.sentence.partition("; ")[0] in found.of_class("verdict")[0].text
    assert "Where they meet" in titles(report)


def test_sentences_of_further_pairs_stand_below_the_first():
    (pair,) = far().analysis.crossovers
    others = [replace(pair, sentence=f"Pair {number}.") for number in range(2, 12)]
    report = replace(far(), analysis=SweepAnalysis(crossovers=(pair, *others)))
    (told,) = page(report).of_class("sentences")
    assert told.text.startswith("Pair 2.Pair 3.")
    assert told.text.endswith("Pair 7.4 more pairs in the table below")


def test_a_grid_has_a_tile_for_each_pair_of_levels_with_the_value_in_it():
    found = page(grid())
    drawn = chart(found, "Throughput of A")
    assert [one.text for one in of_class(drawn, "value")] == ["200", "200", "200", "800"]
    assert [one.text for one in of_class(drawn, "wait")] == ["wait 60.0 ms"]
    shades = [re.findall(r"\bh(\d+)", one.attributes["class"])[0] for one in of_class(drawn, "tile")]
    other = [
        re.findall(r"\bh(\d+)", one.attributes["class"])[0]
        for one in of_class(chart(found, "Throughput of B"), "tile")
    ]
    assert (shades[3], other[0]) == ("12", "1")
    assert [one.text for one in of_class(drawn, "best")] == ["800"]
    assert len(of_class(drawn, "frame")) == 1
    assert of_class(chart(found, "Mean wait"), "frame") == []
    assert "Throughput, by connections in the pool and requests in flight" in titles(grid())


def test_what_was_not_measured_is_no_point_and_an_empty_tile():
    levels = CURVE.sweep["concurrency"]
    points = tuple(
        SweepPoint(levels=point.levels, contender=point.contender)
        if point.contender == "B" or point.levels == (4.0,)
        else point
        for point in curve().points
    )
    found = page(curve(points=points, complete=False))
    assert "This sweep was not complete" in found.of_class("verdict")[0].text
    drawn = chart(found, "Throughput")
    assert len([one for one in drawn if one.name == "circle"]) == len(levels) - 1
    empty = tuple(replace(point, slices=(), req_per_s=None) for point in grid().points[:1])
    tiles = chart(page(grid(points=empty + grid().points[1:])), "Throughput of A")
    assert len(of_class(tiles, "empty")) == 1


def test_a_sweep_without_any_answer_has_no_charts():
    for report in (curve(), grid()):
        points = tuple(SweepPoint(levels=one.levels, contender=one.contender) for one in report.points)
        found = page(replace(report, points=points, analysis=SweepAnalysis()))
        assert found.of_class("chart") == []
        assert "Plan" in [element.text for element in found.named("h2")]


@pytest.mark.parametrize("levels", [(), (-1.0, 2.0), (3.0,)])
def test_any_levels_are_borne(levels: tuple[float, ...]):
    axes = (Axis("concurrency", levels),)
    assert page(curve(axes=axes)).named("h1")[0].text == "knees"
    assert page(grid(axes=(*axes, *axes))).named("h1")[0].text == "grid"


def test_what_limits_each_contender_is_told_by_stretches_of_levels():
    limits = {1.0: "latency", 2.0: "latency", 4.0: "unknown", 64.0: "latency"}
    points = tuple(
        replace(point, limiter=Limiter(kind, f"{kind}: at {point.levels[0]:g}"))  # type: ignore[arg-type]
        if (kind := limits.get(point.levels[0]))
        else point
        for point in curve().points
    )
    (told,) = page(curve(points=points)).of_class("limiters")
    assert "latency1 … 2, 64at 64" in told.text
    assert "client CPU8 … 32it fills a core" in told.text
    assert "unknown" not in told.text


def test_what_a_reader_must_know_stands_before_the_charts():
    lost = replace(curve().contenders[0], cause="killed")
    found = page(
        curve(
            contenders=(lost, curve().contenders[1]),
            warnings=("steal in 2 of 18 visits",),
            events=(Event(2.0, "the target ended", "error"), Event(1.0, "block 1 of 6 is done")),
        )
    )
    assert "3 things to know before believing it" in found.of_class("verdict")[0].text
    notes = found.of_class("notes")[0].text
    assert notes == (
        "A did not finish everywhere killedwarning steal in 2 of 18 visitserror the target ended"
    )


def hostile(text: str) -> SweepReport:
    """A report with the text in every field that holds any, those included that a sound file could not hold."""
    contenders = tuple(
        SweepContender(
            id=f"{one.id}{text}",
            label=f"l{text}",
            engine=text,
            reuse=text,
            versions={f"p{text}": text},
            cause=f"c{text}",
        )
        for one in curve().contenders
    )
    points = tuple(
        replace(
            point,
            contender=f"{point.contender}{text}",
            limiter=Limiter(f"k{text}", f"s{text}"),  # type: ignore[arg-type]
        )
        for point in curve().points
    )
    scaling = tuple(replace(one, contender=f"{one.contender}{text}") for one in curve().analysis.scaling)
    return curve(
        started=f"2{text}",
        plan={"name": f"n{text}", "target": {"url": text, "method": text}, f"x{text}": [text]},
        environment={f"m{text}": {f"i{text}": [text, None]}},
        axes=(Axis(f"a{text}", CURVE.sweep["concurrency"]),),
        contenders=contenders,
        points=points,
        analysis=SweepAnalysis(scaling=scaling),
        verdict=SweepVerdict(text.replace("; ", ", ")),
        warnings=(text,),
        events=(Event(1.0, text, "error"),),
    )


SHAPE = page(hostile("harmless")).shape()


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_stays_text_wherever_it_stands(text: str):
    found = page(hostile(text))
    assert found.shape() == SHAPE
    shown = safe_text(text)
    for place in ("notes", "facts", "environment", "limiters", "legend"):
        assert shown in found.of_class(place)[0].text.replace("\n", ""), place
    assert safe_text(text.replace("; ", ", ")) in found.of_class("verdict")[0].text


@settings(max_examples=15)
@given(st.lists(st.sampled_from([*HOSTILE, "<", ">", '"', "'", "&", "="]), max_size=4).map("".join))
def test_no_text_makes_or_breaks_an_element(text: str):
    assert page(hostile(text)).shape() == SHAPE


def test_every_value_can_be_read_on_its_shade_in_light_and_in_dark():
    style = page(grid()).named("style")[0].text
    pairs = re.findall(r"\.h\d+\{--shade:(#\w{6});--on-shade:(#\w{6})\}", style)
    assert len(pairs) == 2 * 12
    for pair in pairs:
        dark, light = sorted(map(luminance, pair))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, pair
    for ground in (LIGHT, DARK):
        assert f"--ground: #{''.join(f'{part:02x}' for part in ground)};" in style
