"""What clients inside an app did upstream is told in every written form, and nothing of it where there are none."""

from __future__ import annotations

import csv
import io

from sample_report import contender, report
from written import to_html, to_markdown, to_text

from httptui.report.cells import HEADINGS, upstream_rows
from httptui.report.exports import to_csv
from httptui.results.snapshot import Rank, Upstream

BLOCKING = contender(
    "A",
    "requests blocks",
    inside="fastapi-async-blocking",
    upstream=Upstream(calls=1_160, connections=1, requests=1_160, mean_ms=11.67, lost_ms=530.9),
)
ELSEWHERE = contender(
    "B",
    "ping",
    inside="fastapi-ping",
    upstream=Upstream(calls=0, connections=None, requests=None, mean_ms=None, lost_ms=8.0),
)
PLAIN = contender("C", "aiohttp")
RANKING = tuple(Rank(id=key, rank_low=1, rank_high=3, req_per_s=1.0, ratio=1.0) for key in "BAC")
REPORT = report(contenders=(BLOCKING, ELSEWHERE, PLAIN), ranking=RANKING)


def test_the_rows_are_those_inside_an_app_best_first() -> None:
    assert [(one.id, cells) for one, cells in upstream_rows(REPORT)] == [
        ("B", ("0", "–", "–", "–", "8.0 ms")),
        ("A", ("1 160", "1 160", "1", "11.7 ms", "531 ms")),
    ]
    assert upstream_rows(report()) == []


def test_text_and_markdown_and_the_page_have_the_table() -> None:
    text = to_text(REPORT)
    assert all(len(line) <= 80 for line in text.splitlines())
    (line,) = [line for line in text.splitlines() if line.endswith("531 ms")]
    assert line.split()[:3] == ["A", "requests", "blocks"]
    assert "| A requests blocks | 1 160 | 1 160 | 1 | 11.7 ms | 531 ms |" in to_markdown(REPORT)
    page = to_html(REPORT)
    assert all(heading in page for heading in ("Inside an app", *HEADINGS))
    for form in (to_text, to_markdown, to_html):
        assert "lost in the app" not in form(report())


def test_a_spreadsheet_has_the_figures_unrounded() -> None:
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(to_csv(REPORT)))}
    assert (rows["A"]["inside"], rows["A"]["upstream_calls"]) == ("fastapi-async-blocking", "1160")
    assert (rows["A"]["upstream_mean_ms"], rows["A"]["upstream_lost_ms"]) == ("11.67", "530.9")
    assert rows["B"]["upstream_requests"] == rows["C"]["inside"] == rows["C"]["upstream_calls"] == ""
