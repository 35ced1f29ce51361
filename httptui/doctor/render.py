"""Examinations as a table for people and as JSON for programs; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from httptui.doctor.findings import CATALOGUE, Examination
from httptui.report.document import Column
from httptui.report.render_text import GAP, cells_of, table_lines, wrapped
from httptui.safe_text import safe_text

INDENT = "  "
WIDEST_NAME = 40
DESCRIPTIONS = {name: text for checks in CATALOGUE.values() for name, text in checks.items()}
CHECK_WIDTH = max(map(len, DESCRIPTIONS)) + len(INDENT)


class FoundJson(Struct, frozen=True):
    """One finding: `outcome` is pass, known (a documented exception, by `remark`), FAIL or – (does not apply)."""

    group: str
    check: str
    outcome: str
    said: str
    remark: str


class EngineJson(Struct, frozen=True):
    """One engine's findings."""

    engine: str
    package: str
    version: str | None
    passed: bool
    findings: tuple[FoundJson, ...]


class DoctorJson(Struct, frozen=True):
    """The whole conformance run."""

    schema: Literal["httptui.doctor/1"]
    passed: bool
    engines: tuple[EngineJson, ...]


def to_table(examinations: Sequence[Examination], width: int) -> str:
    """A row a check and a column an engine, in as many tables as the width needs; then what needs words."""
    tables = [_table(part) for part in _parts(examinations, width)]
    words = [line for text in _words(examinations) for line in wrapped(text, width, INDENT)]
    return "\n\n".join("\n".join(lines) for lines in (*tables, words, [_summary(examinations)]) if lines)


def to_json(examinations: Sequence[Examination]) -> bytes:
    """The same as JSON of schema `httptui.doctor/1`."""
    engines = tuple(_engine_json(examination) for examination in examinations)
    whole = DoctorJson("httptui.doctor/1", all(engine.passed for engine in engines), engines)
    return msgspec.json.format(msgspec.json.encode(whole), indent=2)


def _parts(examinations: Sequence[Examination], width: int) -> Iterator[list[Examination]]:
    """As many engines at a time as fit beside each other."""
    part: list[Examination] = []
    taken = CHECK_WIDTH
    for examination in examinations:
        needed = len(GAP) + max(cells_of(_name(examination)), len("known"))
        if part and taken + needed > width:
            yield part
            part, taken = [], CHECK_WIDTH
        part.append(examination)
        taken += needed
    if part:
        yield part


def _table(examinations: Sequence[Examination]) -> list[str]:
    rows = [
        row
        for group, checks in CATALOGUE.items()
        for row in ((group, ""), *((INDENT + name, name) for name in checks))
    ]
    first = Column("", [label for label, _ in rows], "left")
    others = [
        Column(
            _name(examination),
            [examination.finding(check).outcome if check else "" for _, check in rows],
            "left",
        )
        for examination in examinations
    ]
    return table_lines([first, *others], 10_000)


def _words(examinations: Sequence[Examination]) -> Iterator[str]:
    """A sentence for each failure, with what should hold, and one for each kind of exception."""
    remarks: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for examination in examinations:
        for finding in examination.findings:
            if finding.outcome == "FAIL":
                wanted = DESCRIPTIONS[finding.check]
                yield f"FAIL {_name(examination)}, {finding.check}: {safe_text(finding.said, 500)} – {wanted}"
            elif finding.remark:
                checks, engines = remarks.setdefault(finding.remark, ({}, {}))
                checks[finding.check] = engines[_name(examination)] = None
    for remark, (checks, engines) in remarks.items():
        yield f"known {', '.join(engines)}, {', '.join(checks)}: {remark}"


def _summary(examinations: Sequence[Examination]) -> str:
    failed = [_name(examination) for examination in examinations if not examination.passed]
    if failed:
        return f"{len(failed)} of {len(examinations)} do not conform: {', '.join(failed)}"
    return f"all {len(examinations)} conform" if len(examinations) > 1 else "it conforms"


def _name(examination: Examination) -> str:
    return safe_text(examination.engine, WIDEST_NAME)


def _engine_json(examination: Examination) -> EngineJson:
    groups = {name: group for group, checks in CATALOGUE.items() for name in checks}
    return EngineJson(
        examination.engine,
        examination.package,
        examination.version,
        examination.passed,
        tuple(
            FoundJson(groups[finding.check], finding.check, finding.outcome, finding.said, finding.remark)
            for finding in examination.findings
        ),
    )
