"""Names looked up and ways of reading, where a report has any to tell of."""

from __future__ import annotations

import csv
import io

from msgspec.structs import replace
from sample_report import AIOHTTP, HTTPX, MISSING, report
from written import to_html, to_markdown, to_text

from httptui.report.exports import to_csv

NAMED = report(
    contenders=(
        replace(HTTPX, dns_lookups=1_394),
        replace(AIOHTTP, dns_lookups=0, read="text"),
        replace(MISSING, dns_lookups=None),
    )
)
WITHOUT = report(contenders=(replace(HTTPX, dns_lookups=0), AIOHTTP, MISSING))


def column(lines: list[str], heading: str) -> list[str]:
    """The cells below a heading, as they stand flush right with it."""
    at = next(number for number, line in enumerate(lines) if heading in line)
    end = lines[at].index(heading) + len(heading)
    return [line[:end].rsplit(maxsplit=1)[-1] for line in lines[at + 1 : at + 4]]


def test_a_wide_table_has_lookups_for_each_request_where_there_are_any() -> None:
    assert column(to_text(NAMED, width=160).split("\n"), "lookups/req") == ["0.00", "1.00", "–"]
    assert "lookups" not in to_text(WITHOUT, width=160)
    assert "lookups/req" not in to_text(NAMED, width=80)


def test_markdown_has_the_column_beside_that_of_connections() -> None:
    rows = [line for line in to_markdown(NAMED).split("\n") if line.startswith("|")]
    titles = [cell.strip() for cell in rows[0].split("|")]
    assert titles.index("lookups/req") == titles.index("conns/req") + 1
    shown = [row.split("|")[titles.index("lookups/req")].strip() for row in rows[2:5]]
    assert shown == ["0.00", "1.00", "–"]
    assert "lookups" not in to_markdown(WITHOUT)


def test_the_page_tells_them_in_the_details() -> None:
    assert "1 394, 1.00 a request" in to_html(NAMED).replace("\u202f", " ").replace("\u00a0", " ")
    assert "lookups" not in to_html(WITHOUT)


def test_csv_has_both() -> None:
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(to_csv(NAMED)))}
    assert [(rows[key]["dns_lookups"], rows[key]["read"]) for key in sorted(rows)] == [
        ("1394", "bytes"),
        ("0", "text"),
        ("", "bytes"),
    ]
