"""Texts of a comparison of two sweeps: levels, parts that only one of them has, and the method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from httptui.compare.comparison import Change, Levels, SweepComparison
from httptui.compare.words import method_lines, missing_lines
from httptui.sweeps.tables import level_text
from httptui.units import plural

ALL = "all"
MOST_LEVELS = 12
UNCHANGED: Final = Change(before=None, after=None)
METHOD = (
    "[Intervals] are of the median change from the earlier blocks to the later (Hodges–Lehmann, exact rank-sum): "
    "those of a contender's levels hold together in 95 of 100 comparisons (Bonferroni), that of the geometric mean "
    "over all levels by itself. They leave out what differs from one sweep to the next."
)


def changes_at(comparison: SweepComparison, at: int, quantity: str) -> list[tuple[str, Change]]:
    """Every level in words with the change of the contender at a place."""
    return [
        (level_words(level.levels), level.contenders[at].figures.get(quantity, UNCHANGED))
        for level in comparison.levels
    ]


def level_words(levels: Levels) -> str:
    """The level of each axis in a cell: "64", "4 · 16"."""
    return " · ".join(map(level_text, levels))


def axes_text(comparison: SweepComparison) -> str:
    """What stands above the levels."""
    return " · ".join(comparison.axes)


def where_text(comparison: SweepComparison, levels: Levels) -> str:
    """A level in a sentence: "concurrency 64", "pool 4, concurrency 16"."""
    return ", ".join(
        f"{path} {level_text(level)}" for path, level in zip(comparison.axes, levels, strict=True)
    )


def missing_of(comparison: SweepComparison) -> list[str]:
    """Contenders and levels that only one of the reports has."""
    told = [("earlier", comparison.levels_only_before), ("later", comparison.levels_only_after)]
    return [
        *missing_lines(comparison),
        *(f"only in the {side} sweep: {_listed(comparison, levels)}" for side, levels in told if levels),
    ]


def method_of(comparison: SweepComparison) -> list[str]:
    """How the changes were found and what they leave out."""
    told = [one for level in comparison.levels for one in level.contenders]
    return method_lines(comparison, [*comparison.contenders, *told], METHOD)


def _listed(comparison: SweepComparison, levels: Sequence[Levels]) -> str:
    more = f" and {plural(len(levels) - MOST_LEVELS, 'level')} more" if len(levels) > MOST_LEVELS else ""
    return f"{axes_text(comparison)} at {', '.join(map(level_words, levels[:MOST_LEVELS]))}{more}"
