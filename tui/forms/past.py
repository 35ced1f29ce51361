"""The states that a form had, so that what was changed can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from httptui.tui.forms.titles import OWN

if TYPE_CHECKING:
    from httptui.tui.forms.contender_state import ContenderState
    from httptui.tui.forms.state import FormState

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
