"""The name and description of a plan that was made by editing another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs, to_builtins

from httptui.plan.model import Plan
from httptui.plan.secrets import MASK

EDITED = ", edited"
MOST_LETTERS = 200
OWN = ("name", "description")
"""Fields that describe a plan and do not change what it does."""


def titled_plan(plan: Plan, origin: Plan) -> Plan:
    """Return a plan that flags made of another one, marked as edited and without its description, unless both are the
    same.  A plan without a name gets none.
    """
    if is_same(to_builtins(plan), to_builtins(origin)):
        return plan
    name = edited_name(origin.name) if origin.name else ""
    return structs.replace(plan, name=name, description="")


def is_same(mine: Mapping[str, Any], its: Mapping[str, Any]) -> bool:
    """Return whether a plan in plain values does the same as its origin, whatever their names; any text matches a
    secret that is masked there.
    """
    ours, theirs = ({name: plan[name] for name in plan if name not in OWN} for plan in (mine, its))
    return _same(ours, theirs)


def edited_name(name: str) -> str:
    """Return the name of a plan after an edit."""
    return f"{original_name(name)[: MOST_LETTERS - len(EDITED)]}{EDITED}"


def original_name(name: str) -> str:
    """Return the name of a plan before it was edited."""
    return name.removesuffix(EDITED)


def _same(mine: Any, its: Any) -> bool:
    if isinstance(mine, str) and isinstance(its, str):
        return _fits(mine, its.split(MASK))
    if isinstance(its, dict) and isinstance(mine, dict):
        return mine.keys() == its.keys() and all(_same(mine[name], value) for name, value in its.items())
    if isinstance(its, (list, tuple)) and isinstance(mine, (list, tuple)):
        return len(mine) == len(its) and all(map(_same, mine, its))
    return bool(mine == its)


def _fits(text: str, parts: list[str]) -> bool:
    """Return whether a text consists of these parts, in order, with anything between them."""
    if len(parts) == 1:
        return text == parts[0]
    first, *between, last = parts
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in between:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
