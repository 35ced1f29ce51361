"""A comparison of two sweeps as text, Markdown and HTML: golden, within its width, and text stays text."""

from __future__ import annotations

import pytest
from compared_sweeps import GRID, LATER, at_most_half, swept
from msgspec.structs import replace
from swept_plans import plan_of

from httptui.compare.comparison import SweepComparison
from httptui.compare.sweeps import compare_sweeps
from httptui.compare.thresholds import judged, parse_sweep_threshold
from httptui.report.render_text import cells_of
from tests.exports.html_page import Page
from tests.exports.written import to_html, to_markdown, to_text

CLAUSES = [parse_sweep_threshold("req_per_s > -5%"), parse_sweep_threshold("A.p99 < 10%")]


def made(label: str = "httpx · shared") -> SweepComparison:
    after = swept(at_most_half, started=LATER)
    contenders = (after.contenders[0], replace(after.contenders[1], label=label))
    before = swept()
    found = compare_sweeps(
        replace(before, contenders=(before.contenders[0], replace(before.contenders[1], label=label))),
        replace(after, contenders=contenders),
    )
    return replace(found, thresholds=judged(found, CLAUSES))


def test_text_on_eighty_columns() -> None:
    assert to_text(made()).splitlines() == [
        "knees · 2026-11-20T10:00:00Z → knees · 2026-11-21T10:00:00Z",
        "",
        "aiohttp · shared is shown to be faster or slower at none of 4 levels; relative",
        "  to the others faster at 2 of 4 levels and slower at none.",
        "httpx · shared is slower at 2 of 4 levels and faster at none; relative to the",
        "  others, too.",
        "",
        "A  aiohttp · shared · req/s",
        "  concurrency  before  after  change              vs the others",
        "            1   1 000  1 000  0.0 % [−0.3, +0.3]  0.0 % [0.0, 0.0]",
        "            2   1 414  1 414  0.0 % [−0.3, +0.3]  0.0 % [0.0, 0.0]",
        "            4   2 000  2 000  0.0 % [−0.3, +0.3]  +25 % [+25, +25] *",
        "            8   2 828  2 828  0.0 % [−0.3, +0.3]  +25 % [+25, +25] *",
        "          all                 0.0 % [−0.2, +0.2]  +12 % [+12, +12] *",
        "",
        "B  httpx · shared · req/s",
        "  concurrency  before  after  change              vs the others",
        "            1   1 000  1 000  0.0 % [−0.3, +0.3]  0.0 % [0.0, 0.0]",
        "            2   1 414  1 414  0.0 % [−0.3, +0.3]  0.0 % [0.0, 0.0]",
        "            4   2 000  1 600  −20 % [−20, −20]    −20 % [−20, −20] *",
        "            8   2 828  2 263  −20 % [−20, −20]    −20 % [−20, −20] *",
        "          all                 −11 % [−11, −10]    −11 % [−11, −11] *",
        "",
        "change of p50",
        "  concurrency                 A                 B",
        "            1  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "            2  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "            4  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "            8  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "          all  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "",
        "change of p99",
        "  concurrency                 A                 B",
        "            1  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "            2  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "            4  0.0 % [0.0, 0.0]  +25 % [+25, +25]",
        "            8  0.0 % [0.0, 0.0]  +25 % [+25, +25]",
        "          all  0.0 % [0.0, 0.0]  +12 % [+12, +12]",
        "",
        "change of CPU/req",
        "  concurrency                 A                 B",
        "            1  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "            2  0.0 % [0.0, 0.0]  0.0 % [0.0, 0.0]",
        "            4  0.0 % [0.0, 0.0]  +25 % [+25, +25]",
        "            8  0.0 % [0.0, 0.0]  +25 % [+25, +25]",
        "          all  0.0 % [0.0, 0.0]  +12 % [+12, +12]",
        "",
        "✗ missed: req_per_s > -5%: httpx · shared at concurrency 4 has −20 % [−20, −20],",
        "  −20 % [−20, −20] * relative to the others; between runs −22 to −18 %",
        "✗ missed: req_per_s > -5%: httpx · shared at concurrency 8 has −20 % [−20, −20],",
        "  −20 % [−20, −20] * relative to the others; between runs −22 to −18 %",
        "✓ met: req_per_s > -5%: 6 of 8, each contender at each level",
        "✓ met: A.p99 < 10%: 4 of 4, each contender at each level",
        "",
        "[Intervals] are of the median change from the earlier blocks to the later",
        "  (Hodges–Lehmann, exact rank-sum): those of a contender's levels hold together",
        "  in 95 of 100 comparisons (Bonferroni), that of the geometric mean over all",
        "  levels by itself. Variation from sweep to sweep is not included.",
        "* larger than the usual difference between two sweeps of the same build.",
        "Relative to other contenders of the same sweeps, effects of the machine cancel",
        "  out; changes in those others do not.",
    ]


def test_markdown_tells_thresholds_first_and_folds_the_other_figures() -> None:
    assert to_markdown(made()).splitlines()[:33] == [
        "# httptui: two sweeps compared",
        "",
        "knees · 2026-11-20T10:00:00Z → knees · 2026-11-21T10:00:00Z",
        "",
        "- ✗ missed: req\\_per\\_s &gt; -5%: httpx · shared at concurrency 4 has −20 % [−20, −20], −20 % [−20, −20] "
        "\\* relative to the others; between runs −22 to −18 %",
        "- ✗ missed: req\\_per\\_s &gt; -5%: httpx · shared at concurrency 8 has −20 % [−20, −20], −20 % [−20, −20] "
        "\\* relative to the others; between runs −22 to −18 %",
        "- ✓ met: req\\_per\\_s &gt; -5%: 6 of 8, each contender at each level",
        "- ✓ met: A.p99 &lt; 10%: 4 of 4, each contender at each level",
        "",
        "- aiohttp · shared is shown to be faster or slower at none of 4 levels; relative to the others faster at 2 "
        "of 4 levels and slower at none.",
        "- httpx · shared is slower at 2 of 4 levels and faster at none; relative to the others, too.",
        "",
        "**A  aiohttp · shared · req/s**",
        "",
        "| concurrency | before | after | change | vs the others |",
        "| --: | --: | --: | --- | --- |",
        "| 1 | 1 000 | 1 000 | 0.0 % [−0.3, +0.3] | 0.0 % [0.0, 0.0] |",
        "| 2 | 1 414 | 1 414 | 0.0 % [−0.3, +0.3] | 0.0 % [0.0, 0.0] |",
        "| 4 | 2 000 | 2 000 | 0.0 % [−0.3, +0.3] | +25 % [+25, +25] \\* |",
        "| 8 | 2 828 | 2 828 | 0.0 % [−0.3, +0.3] | +25 % [+25, +25] \\* |",
        "| all |  |  | 0.0 % [−0.2, +0.2] | +12 % [+12, +12] \\* |",
        "",
        "**B  httpx · shared · req/s**",
        "",
        "| concurrency | before | after | change | vs the others |",
        "| --: | --: | --: | --- | --- |",
        "| 1 | 1 000 | 1 000 | 0.0 % [−0.3, +0.3] | 0.0 % [0.0, 0.0] |",
        "| 2 | 1 414 | 1 414 | 0.0 % [−0.3, +0.3] | 0.0 % [0.0, 0.0] |",
        "| 4 | 2 000 | 1 600 | −20 % [−20, −20] | −20 % [−20, −20] \\* |",
        "| 8 | 2 828 | 2 263 | −20 % [−20, −20] | −20 % [−20, −20] \\* |",
        "| all |  |  | −11 % [−11, −10] | −11 % [−11, −11] \\* |",
        "",
        "<details><summary>Changes of the other figures</summary>",
    ]


@pytest.mark.parametrize("width", [80, 100, 160])
@pytest.mark.parametrize("engines", [2, 4])
def test_no_line_is_wider_than_asked_for(width: int, engines: int) -> None:
    plan = plan_of({"pool": (4.0, 16.0), "concurrency": (8.0, 32.0)}, *["httpx"] * engines)
    before, after = swept(plan=plan), swept(lambda *_: 0.8, plan=plan)
    named = tuple(
        replace(one, label=f"{one.id} with a label " + "of many words " * 6) for one in after.contenders
    )
    found = compare_sweeps(replace(before, contenders=named), replace(after, contenders=named), "A")
    assert max(map(cells_of, to_text(found, width).splitlines())) <= width


@pytest.mark.parametrize(
    "label", ["<script>alert(1)</script>", '" onload="x', "\x1b[31mred", "a|b\n# y", "[x](http://y)"]
)
def test_whatever_a_label_holds_stays_text(label: str) -> None:
    assert Page(to_html(made(label))).shape() == Page(to_html(made())).shape()
    told = (to_html(made(label)), to_markdown(made(label)), to_text(made(label)))
    assert "\x1b" not in "".join(told)
    assert "<script>" not in told[0] + told[1]
    assert len(told[1].splitlines()) == len(to_markdown(made()).splitlines())


def test_a_page_tells_what_is_shown_first_and_draws_both_curves_of_each_contender() -> None:
    page = Page(to_html(made()))
    assert [heading.text for heading in page.named("h2")] == [
        "Thresholds",
        "Throughput, by requests in flight",
        "A  aiohttp · shared · req/s",
        "B  httpx · shared · req/s",
        "Other figures",
        "Verdict of each sweep",
    ]
    assert page.of_class("verdict")[0].text.startswith(
        "aiohttp · shared is shown to be faster or slower at none"
    )
    assert [one.attributes["aria-label"] for one in page.of_class("chart")] == [
        f"Throughput of {letter} by requests in flight, before and after" for letter in "AB"
    ]
    assert len(page.of_class("line")) == 4
    assert len([one for one in page.of_class("before") if one.name == "g"]) == 2
    marks = [mark.attributes["class"].split()[1] for mark in page.of_class("change-mark")]
    assert marks == ["open", "open", "good", "good", "good", "open", "open", "bad", "bad", "bad"]


def test_a_page_of_grids_has_tables_and_no_chart() -> None:
    page = Page(to_html(compare_sweeps(swept(plan=GRID), swept(plan=GRID))))
    assert page.of_class("chart") == []
    assert len(page.of_class("levels")) == 2 + 3


def test_a_page_loads_and_runs_nothing() -> None:
    page = Page(to_html(made()))
    assert {element.name for element in page.elements} & {"script", "link", "img", "iframe", "form"} == set()
    assert not [element for element in page.elements if {"src", "href", "style"} & set(element.attributes)]
