"""The past of a form: what can be taken back, one value, one tick, one command or one plan at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from httptui.plan.titles import OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from httptui.tui.forms.state import FormState

MOST_STEPS = 200


class Step(NamedTuple):
    """A state as it was before a change, and the one that its form had begun with."""

    state: FormState
    origin: FormState


@dataclass(frozen=True, slots=True)
class Past:
    """The steps that can be taken back, the last one at the end; `value` is the one value that the last changed."""

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
    names = _differing(before.texts, now.texts)
    if len(before.contenders) == len(now.contenders):
        pairs = enumerate(zip(before.contenders, now.contenders, strict=True))
        names += [
            f"{place}.{name}"
            for place, (was, is_now) in pairs
            for name in _differing(was.texts, is_now.texts)
        ]
    else:
        names.append("contenders")
    if before.removed != now.removed:
        names.append("removed")
    return [name for name in names if name not in OWN] or names


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]
