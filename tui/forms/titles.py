"""The title of a form's plan once it is another than the one that the form began with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from httptui.plan.titles import OWN, edited_name, is_same, original_name
from httptui.tui.forms.mapping import mapping_of
from httptui.tui.forms.state import with_values

if TYPE_CHECKING:
    from httptui.tui.forms.state import FormState


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
