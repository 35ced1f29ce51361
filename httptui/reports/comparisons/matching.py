"""Which contender of one report is which of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from httptui.plans.clauses import Named, who_is
from httptui.reports.exports.results import Labelled
from httptui.reports.report import Report, ReportContender


class Contending(Labelled, Protocol):
    """A contender of a report of any kind."""

    @property
    def engine(self) -> str: ...

    @property
    def reuse(self) -> str: ...


One = TypeVar("One", bound=Contending)


@dataclass(frozen=True, slots=True)
class Matching(Generic[One]):
    """Contenders that both reports have, in the order of the later one, and those that only one has."""

    pairs: tuple[tuple[One, One], ...]
    only_before: tuple[One, ...]
    only_after: tuple[One, ...]

    def place_of(self, name: str) -> int:
        """Where the pair is whose later letter, label or engine that is; ValueError where it is none of them."""
        letters = [after.id for _, after in self.pairs]
        return letters.index(
            who_is(name, [Named(after.id, after.label, after.engine) for _, after in self.pairs]).id
        )


def match(before: Report, after: Report) -> Matching[ReportContender]:
    """Match the contenders of two runs."""

    def made_of(contender: ReportContender) -> object:
        return contender.engine, contender.reuse, contender.inside

    return matched(before.contenders, after.contenders, made_of)


def matched(before: Sequence[One], after: Sequence[One], made_of: Callable[[One], object]) -> Matching[One]:
    """Match by label, equal labels in their order; then by what they are made of (engine, reuse, the kind of app that
    they are inside of), where just one of each is left.
    """
    earlier, later = list(before), list(after)
    pairs = []
    for contender in after:
        if same := [one for one in earlier if one.label == contender.label]:
            pairs.append((same[0], contender))
            earlier.remove(same[0])
            later.remove(contender)
    for contender in tuple(later):
        like, rivals = (
            [one for one in others if made_of(one) == made_of(contender)] for others in (earlier, later)
        )
        if len(like) == len(rivals) == 1:
            pairs.append((like[0], contender))
            earlier.remove(like[0])
            later.remove(contender)
    pairs.sort(key=lambda pair: [one.id for one in after].index(pair[1].id))
    return Matching(tuple(pairs), tuple(earlier), tuple(later))
