"""What limited each contender at which levels, as rows of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from httptui.snapshot import Limiter
from httptui.sweeps.exports.tables import level_text
from httptui.sweeps.points import SweepContender
from httptui.sweeps.report import SweepReport
from httptui.units import plural


class Limit(NamedTuple):
    """What limited a contender, at which levels, and how that showed at the last of these."""

    contender: SweepContender
    kind: str
    levels: str
    last: str


def limits_of(report: SweepReport) -> Iterator[Limit]:
    """Each kind of limiter of each contender, in the order of the levels; nothing for levels where it is unknown."""
    for one in report.contenders:
        own = [
            (point.levels, point.limiter)
            for point in report.points
            if point.contender == one.id and point.slices and point.limiter is not None
        ]
        kinds = list(dict.fromkeys(limiter.kind for _, limiter in own if limiter.kind != "unknown"))
        for kind in kinds:
            last = [limiter for _, limiter in own if limiter.kind == kind][-1]
            yield Limit(one, kind, _levels(own, kind), last.sentence.removeprefix(f"{kind}: "))


def _levels(own: Sequence[tuple[tuple[float, ...], Limiter]], kind: str) -> str:
    """Of one axis the stretches of levels, "1 … 8, 64"; of two how many of them, "3 of 9 levels"."""
    if any(len(levels) != 1 for levels, _ in own):
        count = sum(limiter.kind == kind for _, limiter in own)
        return f"{count} of {plural(len(own), 'level')}"
    stretches = []
    for found, run in groupby(sorted(own, key=_levels_first), key=lambda one: one[1].kind):
        if found == kind:
            levels = [level_text(levels[0]) for levels, _ in run]
            stretches.append(" … ".join(dict.fromkeys((levels[0], levels[-1]))))
    return ", ".join(stretches)


def _levels_first(one: tuple[tuple[float, ...], Limiter]) -> tuple[float, ...]:
    return one[0]
