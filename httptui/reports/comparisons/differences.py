"""What is not the same in the plans and environments of two reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from httptui.reports.comparisons.comparison import Difference
from httptui.reports.exports.results import Recorded
from httptui.safe_text import safe_text

SAME_WORK = ("plan.target.", "plan.policy.", "plan.load.", "plan.schedule.")
SAME_MACHINE = ("environment.system.", "environment.cpu.", "environment.memory_bytes")
_UNTOLD = (
    "plan.contender",
    "plan.description",
    "plan.sweep",
    "environment.target.",
    "environment.watching.",
    "environment.cpu.load_average",
    "environment.load_average_after",
)
"""Contenders and levels are compared by themselves, not by place; counts and loads differ from run to run."""

Own = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""A contender's label, and what it is set to before and after."""


def differences_of(before: Recorded, after: Recorded, own: Sequence[Own]) -> tuple[Difference, ...]:
    """Every value that differs, by path: of the plan, of the environment, and of contenders that both have.

    A version that changed for the whole environment is not told again for each contender.
    """
    found = [*_between(*(_leaves_told(report.plan, "plan") for report in (before, after)))]
    found += _between(*(_leaves_told(report.environment, "environment") for report in (before, after)))
    known = {(_name(one.path), one.before, one.after) for one in found}
    for label, *sides in own:
        path = f"contender[{safe_text(label)}]"
        changed = _between(*(dict(_leaves(values, path)) for values in sides))
        found += [one for one in changed if (_name(one.path), one.before, one.after) not in known]
    return tuple(found)


def doubts_of(changed: Sequence[Difference], kind: str) -> Iterator[str]:
    """What differences mean for how far to believe the changes; `kind` is "run" or "sweep"."""
    paths = [one.path for one in changed]
    if any(path.startswith(SAME_WORK) and path != "plan.schedule.seed" for path in paths):
        yield f"the two {kind}s did not do the same, see what changed in the plan"
    if any(path.startswith(SAME_MACHINE) for path in paths):
        yield (
            f"the two {kind}s were not on the same machine, so only what is held against a control tells anything"
        )


def _between(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield Difference(path=path, before=before.get(path), after=after.get(path))


def _leaves_told(values: Mapping[str, Any], name: str) -> dict[str, str]:
    return {path: text for path, text in _leaves(values, name) if not path.startswith(_UNTOLD)}


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
