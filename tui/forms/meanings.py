"""What each field of the plan form means, and what is allowed."""

from __future__ import annotations

from functools import cache

from httptui.plans.decode import allowed_at
from httptui.plans.field import fields_of_plan
from httptui.plans.plan import Plan

OWN_OF_THE_FORM = {
    "load.bound": "What says how long the load lasts.",
    "target.source": "Whether one URL is requested, or several in turn: those typed here, or those of a file.",
}
"""Fields that no plan has: they say which of three values counts."""


@cache
def meaning_of(path: str) -> str:
    """What is shown of a field, which for any contender is such as `contender.read`: what it means, and on a line
    below what is allowed.
    """
    if path in OWN_OF_THE_FORM:
        return OWN_OF_THE_FORM[path]
    meaning, allowed = fields_of_plan(Plan)[path].meaning, allowed_at(path)
    return f"{meaning}\nAllowed: {allowed}." if allowed else meaning
