"""What a plan is called once it is another than the one that the form began with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import structs

from httptui.plan.secrets import MASK
from httptui.presets.saving import suggested_name
from httptui.tui.forms.mapping import mapping_of
from httptui.tui.forms.state import state_of

if TYPE_CHECKING:
    from httptui.plan.model import Plan
    from httptui.tui.forms.state import ContenderState, FormState

EDITED = ", edited"
MOST_LETTERS = 200
OWN = ("name", "description")
"""What is said of a plan and is no part of it."""


def titled(before: FormState, after: FormState, origin: FormState) -> FormState:
    """The state after a change, under a name that is not its origin's where it has become another plan, and without
    the description of that; under both again where it was changed back.

    A name or a description that was typed stays, and so do those of an origin that is an edited plan itself.
    """
    if not origin.name or origin.name != original_name(origin.name):
        return after
    was, is_now = is_another(before, origin), is_another(after, origin)
    if was == is_now:
        return after
    edited = replace(origin, name=edited_name(origin.name), description="")
    left, taken = (origin, edited) if is_now else (edited, origin)
    changes: dict[str, Any] = {
        name: getattr(taken, name) for name in OWN if getattr(after, name) == getattr(left, name)
    }
    return replace(after, **changes)


def titled_plan(plan: Plan, origin: Plan) -> Plan:
    """A plan that was made of another at one go, as by flags: under another name and without its description, unless
    it is the same plan still.  What has no name gets none.
    """
    if not is_another(state_of(plan), state_of(origin)):
        return plan
    name = edited_name(origin.name) if origin.name else ""
    return structs.replace(plan, name=name, description="")


def is_another(state: FormState, origin: FormState) -> bool:
    """Whether a form makes another plan than its origin, whatever either is called; a secret that was masked there
    may be given anew.
    """
    mine, its = (mapping_of(one)[0] for one in (state, origin))
    return not all(_same(value, its[name]) for name, value in mine.items() if name not in OWN)


def untold(state: FormState, origin: FormState) -> str:
    """What is to be known of a description that was left out, or the empty text."""
    left_out = origin.description and not state.description and state.name == edited_name(origin.name)
    return f"Left out what was said of {origin.name}, as this is another plan." if left_out else ""


def edited_name(name: str) -> str:
    """What an edited plan is called."""
    return f"{original_name(name)[: MOST_LETTERS - len(EDITED)]}{EDITED}"


def original_name(name: str) -> str:
    """What a plan was called before it was edited."""
    return name.removesuffix(EDITED)


def name_saved_as(name: str, preset: str) -> str:
    """What a plan is called that is saved as a preset: its own name where the preset was given that, else the
    preset's.
    """
    return name if suggested_name(name) == preset and name == original_name(name) else preset


def _same(mine: Any, its: Any) -> bool:
    if isinstance(mine, str) and isinstance(its, str):
        return _fits(mine, its.split(MASK))
    if isinstance(its, dict) and isinstance(mine, dict):
        return mine.keys() == its.keys() and all(_same(mine[name], value) for name, value in its.items())
    if isinstance(its, list) and isinstance(mine, list):
        return len(mine) == len(its) and all(map(_same, mine, its))
    return bool(mine == its)


def _fits(text: str, parts: list[str]) -> bool:
    """Whether a text has some parts at its ends and, in their order, between them, whatever stands in between."""
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


MOST_STEPS = 200


class Step(NamedTuple):
    """A state as it was before a change, and the one that its form had begun with."""

    state: FormState
    origin: FormState


@dataclass(frozen=True, slots=True)
class Past:
    """What can be taken back, the last step at the end; `value` is the one value that the last step changed."""

    steps: tuple[Step, ...] = ()
    value: str = ""

    def with_change(self, before: Step, now: FormState) -> Past:
        """The past after a change; one more key typed into the same value is no step of its own, nor is it one that a
        contender only shows more.
        """
        changed = _changed(before.state, now)
        value = changed[0] if len(changed) == 1 else ""
        if not changed or (value and value == self.value):
            return self
        return Past((*self.steps[1 - MOST_STEPS :], before), value)

    def without_last(self) -> Past:
        """The past after its last step was taken back."""
        return Past(self.steps[:-1])


def _changed(before: FormState, now: FormState) -> list[str]:
    """The names of all values that differ, those of contenders by their places where none came or went; a title that
    changed along with others is not told.
    """
    names = _differing(before, now)
    if "contenders" in names and len(before.contenders) == len(now.contenders):
        pairs = enumerate(zip(before.contenders, now.contenders, strict=True))
        own = [f"{place}.{name}" for place, pair in pairs for name in _differing(*pair)]
        names = [name for name in (*names, *own) if name != "contenders"]
    return [name for name in names if name not in OWN] or names


def _differing(one: FormState | ContenderState, other: FormState | ContenderState) -> list[str]:
    names = (name for name in one.__slots__ if name != "unfolded")
    return [name for name in names if getattr(one, name) != getattr(other, name)]
