"""Text from outside, wherever a page of a run shows it: always text, never an element or an attribute."""

from __future__ import annotations

from typing import Any

import pytest
from html_page import Page
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_report import COSTS, FAST
from msgspec.structs import replace
from report_page import page
from sample_report import AIOHTTP, contender, report

from httptui.report.render_html import tag
from httptui.results.report import ExpectationResult, Report
from httptui.results.snapshot import Event, Flag, Limiter, Mark, Rank, Verdict
from httptui.safe_text import safe_text

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
