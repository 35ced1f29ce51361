"""A run or a sweep repeated from its report: the plan and its seed as they were, but without any secrets."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

import msgspec

from httptui.errors import PlanError
from httptui.plan.model import Plan
from httptui.plan.requests import shown
from httptui.plan.secrets import MASK
from httptui.report.saved import SWEEP_SCHEMA
from httptui.results.report import SCHEMA
from httptui.safe_text import safe_text

FAMILY = SCHEMA.rpartition("/")[0] + "/"


class _Recorded(msgspec.Struct):
    """What is needed of a report; a plan of its own in JSON has none of these fields."""

    schema: str = ""
    plan: Any = None


def recorded_plan(raw: bytes) -> Any:
    """The plan in a report's JSON, not yet decoded, or None where it is no report.

    PlanError where it is a report of another version.
    """
    try:
        recorded = msgspec.json.decode(raw, type=_Recorded)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    if recorded.schema == SWEEP_SCHEMA:
        return recorded.plan if recorded.plan is not None else {}
    if not recorded.schema.startswith(FAMILY):
        return None
    if recorded.schema != SCHEMA:
        raise PlanError(f"schema: {shown(recorded.schema)} cannot be repeated here; {SCHEMA}")
    return recorded.plan if recorded.plan is not None else {}


def refuse_masks(plan: Plan, replaced: Container[str] = frozenset()) -> None:
    """PlanError names every field, other than those to be `replaced`, that has a mask where a secret was."""
    problems = [
        f"{path}: holds {MASK} in place of a secret, which no report keeps; give it anew with {how}"
        for path, how in masked_fields(plan)
        if path.lower() not in replaced
    ]
    if problems:
        raise PlanError(*problems)


def masked_fields(plan: Plan) -> Iterator[tuple[str, str]]:
    """The path of every field that has a mask where a secret was, and the flag that gives it anew."""
    if MASK in plan.target.url:
        yield "target.url", "--url"
    if any(MASK in url for url in plan.target.urls):
        yield "target.urls", "--urls"
    for name, value in plan.target.headers.items():
        if MASK in value:
            yield f"target.headers.{safe_text(name, 60)}", f"-H '{safe_text(name, 60)}: …'"
    if MASK in plan.target.body:
        yield "target.body", "--data"
    if MASK in plan.target.body_base64:
        yield "target.body_base64", "--data-binary"
