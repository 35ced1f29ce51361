"""The conformance run's table, letter for letter, and its JSON."""

from __future__ import annotations

import json
from pathlib import Path

from httptui.doctor.findings import CATALOGUE, NAMES, Examination, Finding, excused, met, missed, whole
from httptui.doctor.render import to_json, to_table
from httptui.plan.abilities import DOCUMENTED

WORDS = """\
FAIL ./mine.py:Mine, headers added: X-Mine: 1 – Only the plan's headers and Host arrive.
known http.client, ./mine.py:Mine, gzip: as it came
known http.client, pool size: http.client has no pool: each calling thread keeps one connection

1 of 2 do not conform: ./mine.py:Mine"""

TOP = """\
                     http.client  ./mine.py:Mine
start
  loads              pass         pass
  first request      pass         pass
sent
  request line       pass         pass
  URL escapes        pass         pass
  headers added      pass         FAIL
  headers kept       pass         pass"""


def examination(name: str, *changes: Finding) -> Examination:
    by_name = {finding.check: finding for finding in changes}
    found = whole(by_name.get(check, met(check, "fine")) for check in NAMES)
    return Examination(
        engine=name,
        package="",
        version="3.11",
        findings=tuple(excused(name, finding) for finding in found),
    )


GZIP = met("gzip", "not decoded", "as it came")
BOTH = (
    examination("http.client", missed("pool size", "6 connections"), GZIP),
    examination("./mine.py:Mine", missed("headers added", "X-Mine: 1"), GZIP, Finding("HTTP/2", None, "no")),
)


def test_the_table_has_a_row_a_check_and_a_column_an_engine() -> None:
    table, words = to_table(BOTH, 120).split("\n\n", 1)
    lines = table.splitlines()
    assert table.startswith(TOP + "\n")
    assert words == WORDS
    assert len(lines) == 1 + len(CATALOGUE) + len(NAMES)
    assert "  pool size          known        pass" in lines
    assert "  HTTP/2             pass         –" in lines


def test_a_narrow_window_gets_several_tables_and_no_line_too_long() -> None:
    tables = to_table(BOTH, 44).split("\n\n")
    assert [part.splitlines()[0].split() for part in tables[:2]] == [["http.client"], ["./mine.py:Mine"]]
    assert max(len(line) for part in tables for line in part.splitlines()) <= 44


def test_a_name_from_outside_cannot_control_the_terminal() -> None:
    assert "\x1b" not in to_table([examination("./\x1b]0;x\x07.py:Mine", missed("loads", "\x1b[2J"))], 100)


def test_one_that_conforms_is_told_in_one_word() -> None:
    assert to_table([examination("raw")], 100).endswith("\n\nit conforms")
    assert to_table([examination("raw"), examination("aiohttp")], 100).endswith("\n\nall 2 conform")


def test_the_json_has_every_finding_with_its_group() -> None:
    told = json.loads(to_json(BOTH))
    assert (told["schema"], told["passed"]) == ("httptui.doctor/1", False)
    assert [engine["passed"] for engine in told["engines"]] == [True, False]
    findings = {one["check"]: one for one in told["engines"][1]["findings"]}
    assert tuple(findings) == NAMES
    assert findings["headers added"] == {
        "group": "sent",
        "check": "headers added",
        "outcome": "FAIL",
        "said": "X-Mine: 1",
        "remark": "",
    }


def test_the_docs_list_every_check_and_every_exception(project: Path) -> None:
    lines = (project / "docs" / "doctor.md").read_text("utf-8").splitlines()
    rows = [
        f"| {group} | {name} | {text} |"
        for group, all_of in CATALOGUE.items()
        for name, text in all_of.items()
    ]
    rows += [f"| {engine} | {check} | {reason} |" for (engine, check), reason in DOCUMENTED.items()]
    assert [line for line in lines if line in rows] == rows
