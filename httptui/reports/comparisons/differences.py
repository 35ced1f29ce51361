"""What is not the same in the plans and environments of two reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from httptui.reports.comparisons.comparison import Difference
from httptui.reports.comparisons.ratios import Pair
from httptui.reports.report import Report, ReportContender
from httptui.safe_text import safe_text

_UNTOLD = (
    "plan.contender",
    "plan.description",
    "environment.target.",
    "environment.watching.",
    "environment.cpu.load_average",
)
"""Contenders are compared by name, not by place; counts and loads differ from run to run."""


def differences_of(before: Report, after: Report, pairs: Sequence[Pair]) -> tuple[Difference, ...]:
    """Every value that differs, by path: of the plan, of the environment, and of contenders that both have.

    A version that changed for the whole environment is not told again for each contender.
    """
    found = [*_between(*(_leaves_told(report.plan, "plan") for report in (before, after)))]
    found += _between(*(_leaves_told(report.environment, "environment") for report in (before, after)))
    known = {(_name(one.path), one.before, one.after) for one in found}
    for pair in pairs:
        own = _between(*(dict(_of_contender(contender, pair[1].label)) for contender in pair))
        found += [one for one in own if (_name(one.path), one.before, one.after) not in known]
    return tuple(found)


def _between(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield Difference(path=path, before=before.get(path), after=after.get(path))


def _leaves_told(values: Mapping[str, Any], name: str) -> dict[str, str]:
    return {path: text for path, text in _leaves(values, name) if not path.startswith(_UNTOLD)}


def _of_contender(contender: ReportContender, label: str) -> Iterator[tuple[str, str]]:
    values = {
        "label": contender.label,
        "loop": contender.loop,
        "http_requested": contender.http_requested,
        "http_version": contender.http_version,
        "pool": contender.pool,
        "concurrency": contender.concurrency,
        "processes": contender.processes,
        "versions": contender.versions,
    }
    return _leaves(values, f"contender[{safe_text(label)}]")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every value inside tables and lists by its path, as text; None is no value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{safe_text(str(key), 60)}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]")
    elif value is not None:
        yield path, safe_text(str(value))


def _name(path: str) -> str:
    """What a value is called among a contender's own."""
    return "python" if path == "environment.python.version" else path.rpartition(".")[2]
