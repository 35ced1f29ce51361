"""The last line of the form: what a plan comes to, or what stands in its way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from httptui.plans.plan import letter_of
from httptui.plans.sweep import plan_at
from httptui.safe_text import safe_text
from httptui.units import format_count, plural
from httptui.tui.forms.connections import crowd_of
from httptui.tui.forms.estimate import estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httptui.plans.plan import Plan
    from httptui.tui.forms.connections import FileLimits
    from httptui.tui.forms.mapping import Checked, Problem

CONTENDER = re.compile(r"contender\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Status:
    """The line and how it is meant: `good`, `warning` or `problem`."""

    words: str
    kind: str


def status_of(checked: Checked, limits: FileLimits | None) -> Status:
    """The problems of a form, or its estimate and whether its connections fit."""
    if checked.plan is None:
        return Status(problem_line(checked.problems), "problem")
    crowd = crowd_of(_at_most(checked.plan), limits)
    foreseen = estimate(checked.plan)
    if crowd.obstacle:
        return Status(f"▲ {crowd.obstacle} · {foreseen}", "warning")
    fits = "" if limits is None else ", fits the fd limit"
    if crowd.raised:
        fits = f", raises its fd limit to {format_count(crowd.raised)}"
    return Status(f"{foreseen} · {plural(crowd.connections, 'connection')}{fits}", "good")


def _at_most(plan: Plan) -> Plan:
    """The plan itself, or that of a sweep's highest levels."""
    return plan_at(plan, [max(levels) for levels in plan.sweep.values()]) if plan.sweep else plan


def problem_line(problems: Sequence[Problem]) -> str:
    """The first problem, where it is, and how many there are; of contenders by their letter."""
    first = problems[0]
    count = f"{len(problems)} problems · " if len(problems) > 1 else ""
    where = safe_text(first.path)
    if match := CONTENDER.match(first.path):
        where = f"contender {letter_of(int(match[1]))}{first.path[match.end() :]}"
    return f"▲ {count}{where}: {first.message}" if where else f"▲ {count}{first.message}"


def words_of_contender(problems: Sequence[Problem], index: int) -> dict[str, str]:
    """What of a contender is wrong, by the name of the value."""
    own = [problem for problem in problems if problem.field == f"contender[{index}]"]
    return {
        name: "; ".join(problem.words for problem in own if problem.attribute == name)
        for name in dict.fromkeys(problem.attribute for problem in own)
    }


def words_for(problems: Sequence[Problem], field: str) -> str:
    """What one field says of all that is wrong with it."""
    return "; ".join(problem.words for problem in problems if problem.field == field)
