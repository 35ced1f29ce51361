"""The plan of a form: typed texts to a checked plan, every problem by path, and its title once it was edited."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from httptui.errors import PlanError
from httptui.plan.field import fields_of_plan
from httptui.plan.io import plan_from_mapping
from httptui.plan.model import Plan
from httptui.plan.secrets import MASK
from httptui.plan.titles import OWN, edited_name, is_same, original_name
from httptui.plan.typed import contender_values, values_of
from httptui.presets.loader import masked_fields
from httptui.safe_text import safe_text
from httptui.tui.forms.state import with_values
from httptui.tui.forms.words import with_letters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httptui.tui.forms.state import FormState


_PATH = re.compile(r"(?P<path>[a-z_]+(?:\[\d+\])?(?:\.[^\s:]+)*): (?P<message>.+)", re.DOTALL)
_FIELD = re.compile(r"contender\[\d+\]|[a-z_]+(?:\.[a-z_]+)?")
_ONE_OF_MANY = re.compile(r"(?P<list>[a-z_]+(?:\.[a-z_]+)?)\[(?P<index>\d+)\]")
_SWEPT = re.compile(r"sweep\.(?P<axis>.+?)(?:\[(?P<level>\d+)\])?")
MASKED = f"holds {MASK} in place of a secret, which is not saved; enter it again"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `path` is empty where no value can be named."""

    path: str
    message: str

    @property
    def field(self) -> str:
        """The field that shows it: `target.headers` for any header, `contender[2]` for all of a contender."""
        match = _FIELD.match(self.path)
        named = match[0] if match else ""
        return "sweep" if named.startswith("sweep.") else named

    @property
    def attribute(self) -> str:
        """The field of a contender that is wrong: `requires` for any package."""
        return self.path.rpartition(".")[2].partition("[")[0]

    @property
    def words(self) -> str:
        """The text for its field: the message, and the stage, line or level."""
        match = _ONE_OF_MANY.match(self.path)
        if match and (field := fields_of_plan(Plan).get(match["list"])) and field.item:
            return f"{field.item} {int(match['index']) + 1}: {self.message}"
        if match := _SWEPT.fullmatch(self.path):
            level = f", level {int(match['level']) + 1}" if match["level"] else ""
            return f"{match['axis']}{level}: {self.message}"
        return self.message


@dataclass(frozen=True, slots=True)
class Checked:
    """A form's plan, or None and why not."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()


def check(state: FormState) -> Checked:
    """Build the plan of a form through the one validation of plans."""
    mapping, problems = mapping_of(state)
    if state["target.source"] == "urls_file":
        problems += tuple(_file_problems(mapping["target"]))
    plan: Plan | None = None
    try:
        plan = plan_from_mapping(mapping)
    except PlanError as error:
        named = {problem.path for problem in problems}
        found = (_at_source(problem_of(line), state) for line in error.problems)
        problems += tuple(problem for problem in found if problem.path not in named)
    else:
        problems += tuple(_at_source(Problem(path, MASKED), state) for path, _ in masked_fields(plan))
    told = (replace(one, message=with_letters(one.message, state.contenders)) for one in problems)
    return Checked(None if problems else plan, tuple(told))


def problem_of(line: str) -> Problem:
    """A line such as `load.seconds: must be …` taken apart."""
    match = _PATH.fullmatch(line)
    return Problem(match["path"], match["message"]) if match else Problem("", line)


def _file_problems(target: dict[str, Any]) -> Iterator[Problem]:
    """Refuse a file of URLs that is not a regular file, as reading it might never end."""
    path = target.get("urls_file", "")
    try:
        endless = bool(path) and Path(path).exists() and not Path(path).is_file()
    except (OSError, ValueError):
        return
    if endless:
        del target["urls_file"]
        yield Problem("target.urls_file", f"“{safe_text(path, 40)}” is not a file")


def _at_source(problem: Problem, state: FormState) -> Problem:
    """A problem of a URL that was read from a file is the file's."""
    if state["target.source"] == "urls_file" and problem.field == "target.urls":
        return Problem("target.urls_file", problem.words)
    return problem


def mapping_of(state: FormState) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A plan as plain dicts and lists, and the texts that could not be read; those values are left out."""
    mapping, wrong = values_of(state.texts, state.words)
    mapping["contender"] = []
    for index, contender in enumerate(state.contenders):
        values, wrong_here = contender_values(contender.texts)
        mapping["contender"].append(values)
        wrong += [(f"contender[{index}].{name}", words) for name, words in wrong_here]
    return mapping, tuple(Problem(path, words) for path, words in wrong)


def titled(before: FormState, after: FormState, origin: FormState) -> FormState:
    """The state after a change, under a name that is not its origin's where it has become another plan, and without
    the description of that; under both again where it was changed back.

    A name or a description that was typed stays, and so do those of an origin that is an edited plan itself.
    """
    name = origin["name"]
    if not name or name != original_name(name):
        return after
    was, is_now = is_another(before, origin), is_another(after, origin)
    if was == is_now:
        return after
    edited = {"name": edited_name(name), "description": ""}
    given = {path: origin[path] for path in OWN}
    left, taken = (given, edited) if is_now else (edited, given)
    return with_values(after, {path: taken[path] for path in OWN if after[path] == left[path]})


def is_another(state: FormState, origin: FormState) -> bool:
    """Check that a form makes another plan than its origin, whatever either is called."""
    mine, its = (mapping_of(one)[0] for one in (state, origin))
    return not is_same(mine, its)


def untold(state: FormState, origin: FormState) -> str:
    """The note on a description that was left out, or the empty text."""
    left_out = (
        origin["description"] and not state["description"] and state["name"] == edited_name(origin["name"])
    )
    return "Description cleared: the plan changed." if left_out else ""
