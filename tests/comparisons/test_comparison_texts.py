"""A comparison as text and as Markdown: golden, within its width, and safe whatever labels hold."""

from __future__ import annotations

import re

import pytest
from compared_reports import contender, report, scaled
from msgspec.structs import replace

from httptui.compare.compare import compare
from httptui.compare.comparison import Comparison, Ratio
from httptui.compare.thresholds import judged, parse_threshold
from httptui.compare.words import format_change
from httptui.report.render_text import cells_of
from tests.exports.written import to_markdown, to_text


def made(label: str = "aiohttp · shared") -> Comparison:
    before = report(contender("A", "aiohttp", label=label), contender("B", "httpx"), contender("C", "raw"))
    after = report(
        contender("A", "aiohttp", scaled(0.8), cpu_us=125.0, p99=10.0, label=label),
        contender("B", "httpx", versions={"python": "3.11.1", "httpx": "2.0"}),
        started="2026-11-21T10:00:00Z",
    )
    found = compare(before, after)
    clauses = [parse_threshold("req_per_s > -5%"), parse_threshold("A.p99 < 10%")]
    return replace(found, thresholds=judged(found, clauses))


def test_text_on_eighty_columns() -> None:
    assert to_text(made()).splitlines() == [
        "demo · 2026-11-20T10:00:00Z → demo · 2026-11-21T10:00:00Z",
        "",
        "aiohttp · shared is slower (req/s −20 % [−21, −19]) and costlier (CPU/req +25 %",
        "  [+25, +25]), also relative to the others.",
        "",
        "           before    after  change              vs the others",
        "aiohttp · shared",
        "  req/s     1 000      800  −20 % [−21, −19]    −20 % [−20, −20] *",
        "  p50      4.0 ms   4.0 ms  0.0 %               0.0 %",
        "  p99      8.0 ms  10.0 ms  +25 %               +25 %",
        "  CPU/req  100 µs   125 µs  +25 % [+25, +25]    +25 % [+25, +25] *",
        "httpx · shared",
        "  req/s     1 000    1 000  0.0 % [−0.7, +0.7]  +25 % [+25, +25] *",
        "  p50      4.0 ms   4.0 ms  0.0 %               0.0 %",
        "  p99      8.0 ms   8.0 ms  0.0 %               −20 %",
        "  CPU/req  100 µs   100 µs  0.0 % [0.0, 0.0]    −20 % [−20, −20] *",
        "",
        "only in the earlier run: raw · shared",
        "",
        "other changes",
        "  contender[httpx · shared].versions.httpx: 1.0 → 2.0",
        "",
        "✗ missed: req_per_s > -5%: aiohttp · shared has −20 % [−21, −19], −20 % [−20,",
        "  −20] * relative to the others; between runs −25 to −14 %",
        "✓ met: req_per_s > -5%: httpx · shared has 0.0 % [−0.7, +0.7], +25 % [+25, +25]",
        "  * relative to the others; between runs +17 to +34 %",
        "~ not decided: A.p99 < 10%: aiohttp · shared has +25 %, +25 % relative to the",
        "  others; no interval to judge it by",
        "1 of 3 results is NOT DECIDED: these runs neither show nor rule out a change",
        "  beyond the limit. This fails only with --strict. To decide it, compare longer",
        "  interleaved runs with several epochs, and name a contender that did not change",
        "  as --control.",
        "",
        "[Intervals] are 95 % confidence intervals of the median change from the earlier",
        "  blocks to the later ones (Hodges–Lehmann, exact rank-sum), which may differ",
        "  from the quotient of the totals. They describe these two runs; variation from",
        "  run to run is not included.",
        "* larger than the usual difference between two runs of the same build.",
        "Relative to other contenders of the same runs, effects of the machine cancel",
        "  out; changes in those others do not.",
    ]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    wide = made("a label with more words than any table has room for, and some more of them " * 2)
    assert max(map(cells_of, to_text(wide, width).splitlines())) <= width


@pytest.mark.parametrize("label", ["a|b", "`x`\n# y", "<b>bold</b>", "[x](http://y)", "\x1b[31mred"])
def test_whatever_a_label_holds_stays_text(label: str) -> None:
    usual, hostile = to_markdown(made()), to_markdown(made(label))
    unescaped = re.compile(r"(?<!\\)\|")
    assert [len(unescaped.findall(line)) for line in hostile.splitlines()] == [
        len(unescaped.findall(line)) for line in usual.splitlines()
    ]
    assert "\x1b" not in hostile + to_text(made(label))
    assert "<b>" not in hostile


def test_markdown_tells_thresholds_first_and_what_changed_last() -> None:
    head, _, rest = to_markdown(made()).partition("[Intervals]")
    assert head.splitlines() == [
        "# httptui: two runs compared",
        "",
        "demo · 2026-11-20T10:00:00Z → demo · 2026-11-21T10:00:00Z",
        "",
        "- ✗ missed: req\\_per\\_s &gt; -5%: aiohttp · shared has −20 % [−21, −19], −20 % [−20, −20] \\* relative to "
        "the others; between runs −25 to −14 %",
        "- ✓ met: req\\_per\\_s &gt; -5%: httpx · shared has 0.0 % [−0.7, +0.7], +25 % [+25, +25] \\* relative to "
        "the others; between runs +17 to +34 %",
        "- \\~ not decided: A.p99 &lt; 10%: aiohttp · shared has +25 %, +25 % relative to the others; no interval to "
        "judge it by",
        "- 1 of 3 results is NOT DECIDED: these runs neither show nor rule out a change beyond the limit. This "
        "fails only with --strict. To decide it, compare longer interleaved runs with several epochs, and name a "
        "contender that did not change as --control.",
        "",
        "**aiohttp · shared is slower (req/s −20 % [−21, −19]) and costlier (CPU/req +25 % [+25, +25]), "
        "also relative to the others.**",
        "",
        "| contender | figure | before | after | change | vs the others |",
        "| --- | --- | --: | --: | --- | --- |",
        "| aiohttp · shared | req/s | 1 000 | 800 | −20 % [−21, −19] | −20 % [−20, −20] \\* |",
        "| aiohttp · shared | p50 | 4.0 ms | 4.0 ms | 0.0 % | 0.0 % |",
        "| aiohttp · shared | p99 | 8.0 ms | 10.0 ms | +25 % | +25 % |",
        "| aiohttp · shared | CPU/req | 100 µs | 125 µs | +25 % [+25, +25] | +25 % [+25, +25] \\* |",
        "| httpx · shared | req/s | 1 000 | 1 000 | 0.0 % [−0.7, +0.7] | +25 % [+25, +25] \\* |",
        "| httpx · shared | p50 | 4.0 ms | 4.0 ms | 0.0 % | 0.0 % |",
        "| httpx · shared | p99 | 8.0 ms | 8.0 ms | 0.0 % | −20 % |",
        "| httpx · shared | CPU/req | 100 µs | 100 µs | 0.0 % [0.0, 0.0] | −20 % [−20, −20] \\* |",
        "",
        "- ⚠ only in the earlier run: raw · shared",
        "",
    ]
    assert rest.partition("## Other changes")[2].splitlines() == [
        "",
        "",
        "| what | before | after |",
        "| --- | --- | --- |",
        "| contender[httpx · shared].versions.httpx | 1.0 | 2.0 |",
    ]


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        (None, "–"),
        (Ratio(point=1.0), "0.0 %"),
        (Ratio(point=1.00049), "0.0 %"),
        (Ratio(point=0.9996), "0.0 %"),
        (Ratio(point=0.995), "−0.5 %"),
        (Ratio(point=1.123), "+12 %"),
        (Ratio(point=0.0), "−100 %"),
        (Ratio(point=25.0), "+2 400 %"),
        (Ratio(point=0.9, low=0.85, high=0.96, margin=0.05), "−10 % [−15, −4]"),
        (Ratio(point=0.9, low=0.85, high=0.95, margin=0.05), "−10 % [−15, −5] *"),
        (Ratio(point=1.02, low=0.98, high=1.061), "+2.0 % [−2.0, +6.1]"),
    ],
)
def test_a_change_is_told_in_per_cent_with_its_interval(ratio: Ratio | None, told: str) -> None:
    assert format_change(ratio) == told
