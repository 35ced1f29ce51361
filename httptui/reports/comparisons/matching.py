"""Which contender of one report is which of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from httptui.reports.report import Report, ReportContender

Pair = tuple[ReportContender, ReportContender]


@dataclass(frozen=True, slots=True)
class Matching:
    """Contenders that both reports have, in the order of the later one, and those that only one has."""

    pairs: tuple[Pair, ...]
    only_before: tuple[ReportContender, ...]
    only_after: tuple[ReportContender, ...]


def match(before: Report, after: Report) -> Matching:
    """Match by label, equal labels in their order; then by what they are made of, where just one of each is left."""
    earlier, later = list(before.contenders), list(after.contenders)
    pairs = []
    for contender in after.contenders:
        if same := [one for one in earlier if one.label == contender.label]:
            pairs.append((same[0], contender))
            earlier.remove(same[0])
            later.remove(contender)
    for contender in tuple(later):
        like, rivals = _like(contender, earlier), _like(contender, later)
        if len(like) == len(rivals) == 1:
            pairs.append((like[0], contender))
            earlier.remove(like[0])
            later.remove(contender)
    pairs.sort(key=lambda pair: [one.id for one in after.contenders].index(pair[1].id))
    return Matching(tuple(pairs), tuple(earlier), tuple(later))


def _like(contender: ReportContender, others: Sequence[ReportContender]) -> list[ReportContender]:
    """Those of the same engine and reuse, inside the same kind of app or in none."""
    made_of = (contender.engine, contender.reuse, contender.inside)
    return [one for one in others if (one.engine, one.reuse, one.inside) == made_of]
