"""The state of the plan form and its undo history: texts as typed, so that nothing is lost on an error."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from msgspec import UNSET

from httptui.plan.field import not_swept
from httptui.plan.model import Contender
from httptui.plan.titles import OWN
from httptui.plan.typed import OF_A_CONTENDER, ambiguous_in, contender_texts, texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from httptui.plan.model import Plan


IN_THE_MATRIX = ("engine", "http", "loop")
"""The fields of a contender that are ticked."""
SHOWN = ("reuse", "concurrency", "pool", "label")
"""The fields that a contender's row shows."""
MORE = tuple(
    dict.fromkeys(
        (
            *("read", "inside", "processes", "dns_ttl", "python", "requires"),
            *(name for name in OF_A_CONTENDER if name not in (*IN_THE_MATRIX, *SHOWN)),
        )
    )
)
"""The other fields, shown below the row when it is unfolded."""
USUAL = contender_texts(Contender(engine=""))


@dataclass(frozen=True, slots=True)
class ContenderState:
    """One contender as typed: the texts by the names of its fields, without those that it does not have of its own.

    `unfolded`: whether all of it is shown.
    """

    texts: Mapping[str, str]
    unfolded: bool = False

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")


def contender_state(engine: str, **texts: str) -> ContenderState:
    """Return a contender of an engine with the usual texts except these."""
    return ContenderState({**USUAL, "engine": engine, **texts})


def changed(before: ContenderState, name: str, text: str) -> ContenderState:
    """The contender with one of its texts replaced; the same one where the text is equal."""
    if before[name] == text:
        return before
    others = {own: kept for own, kept in before.texts.items() if own != name}
    absent = not text and OF_A_CONTENDER[name].usual is UNSET
    return replace(before, texts=others if absent else {**others, name: text})


@dataclass(frozen=True, slots=True)
class FormState:
    """Every value of a plan as text, by its path, and its contenders.

    `removed` are contenders taken off the list, whose overrides come back when their cell is ticked again; `words`
    are texts of the plan that look like numbers, by path and text.
    """

    texts: Mapping[str, str]
    contenders: tuple[ContenderState, ...]
    removed: tuple[ContenderState, ...] = ()
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __getitem__(self, path: str) -> str:
        return self.texts[path]

    @property
    def sweeping(self) -> bool:
        """True where every level of something is visited: what has no meaning then does not count."""
        return not not_swept(self.texts)


def state_of(plan: Plan) -> FormState:
    """The form's texts for a plan."""
    contenders = (ContenderState(contender_texts(contender)) for contender in plan.contender)
    return FormState(texts_of(plan), tuple(contenders), words=ambiguous_in(plan))


def with_value(state: FormState, path: str, text: str) -> FormState:
    """The state with the text at a plan's path replaced; one equal to that shown changes nothing."""
    return with_values(state, {path: text})


def with_values(state: FormState, texts: Mapping[str, str]) -> FormState:
    """The state with some texts replaced; those equal to what is shown change nothing."""
    if unknown := texts.keys() - state.texts.keys():
        raise KeyError(*unknown)
    texts = {**state.texts, **texts}
    return state if texts == state.texts else replace(state, texts=texts)


def with_override(state: FormState, index: int, name: str, text: str) -> FormState:
    """The state with something replaced that one contender has of its own; an equal text changes nothing."""
    before = state.contenders[index]
    after = changed(before, name, text)
    return state if after is before else _with_contender(state, index, after)


def with_folding(state: FormState, index: int, *, unfolded: bool) -> FormState:
    """The state with all of a contender shown, or only what stands in its row."""
    return _with_contender(state, index, replace(state.contenders[index], unfolded=unfolded))


def _with_contender(state: FormState, index: int, contender: ContenderState) -> FormState:
    return replace(state, contenders=(*state.contenders[:index], contender, *state.contenders[index + 1 :]))


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
