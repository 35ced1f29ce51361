"""What a run was made on, in rows that people read."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.reports.exports.results import Recorded, id_of
from httptui.units import UNKNOWN, format_bytes

BYTES = "_bytes"


def environment_of(report: Recorded) -> Iterator[tuple[str, str, str]]:
    """Rows: of the run, the machine or a contender; what; its value."""
    yield "run", "started", report.started
    yield "run", "seconds", f"{report.seconds:.1f}"
    for key, value in report.environment.items():
        if key.endswith(BYTES) and isinstance(value, int):
            yield "machine", _name(key.removesuffix(BYTES)), format_bytes(value)
        else:
            yield "machine", _name(key), _told(value)
    for contender in report.contenders:
        if contender.versions:
            yield id_of(contender), "versions", _told(dict(sorted(contender.versions.items())))


def _told(value: object) -> str:
    """A value in words: a table as "name value" pairs, a list as its items, nothing as not known."""
    if isinstance(value, dict):
        return " · ".join(f"{_name(name)} {_told(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_item, value)) if value else UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return UNKNOWN if value is None else str(value)


def _item(value: object) -> str:
    """One of several; a table among them in brackets, for it has several values itself."""
    return f"({_told(value)})" if isinstance(value, dict) else _told(value)


def _name(key: object) -> str:
    return str(key).replace("_", " ")
