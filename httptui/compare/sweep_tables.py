"""The changes of a sweep's contenders as tables, from which text, Markdown and HTML are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from httptui.compare.comparison import Change, Levels, SweepComparison
from httptui.compare.sweeps import COMPARED, THROUGHPUT
from httptui.compare.words import (
    HEADINGS,
    change_cells,
    format_change,
    has_control,
    held_against,
    method_lines,
    missing_lines,
)
from httptui.safe_text import safe_text
from httptui.sweeps.tables import Table, level_text
from httptui.units import plural

ALL = "all"
MOST_LEVELS = 12
UNCHANGED: Final = Change(before=None, after=None)
METHOD = (
    "[Intervals] are of the median change from the earlier blocks to the later (Hodges–Lehmann, exact rank-sum): "
    "those of a contender's levels hold together in 95 of 100 comparisons (Bonferroni), that of the geometric mean "
    "over all levels by itself. They leave out what differs from one sweep to the next."
)


def throughput_tables(comparison: SweepComparison) -> Iterator[Table]:
    """Of each contender a row for each level: req/s before, after, their change, and that against the control."""
    headings = [axes_text(comparison), "before", "after", "change"]
    headings += [held_against(comparison)] if has_control(comparison) else []
    for at, contender in enumerate(comparison.contenders):
        rows = [
            (levels, *change_cells(THROUGHPUT, change)[: len(headings) - 1])
            for levels, change in changes_at(comparison, at, THROUGHPUT)
        ]
        title = f"{safe_text(contender.after_id, 4)}  {contender.label} · {HEADINGS[THROUGHPUT]}"
        yield Table(
            title, headings, [*rows, _whole(contender.figures.get(THROUGHPUT, UNCHANGED), len(headings))]
        )


def other_tables(comparison: SweepComparison) -> Iterator[Table]:
    """For each other figure the changes, a row for each level and a column for each contender."""
    letters = [safe_text(contender.after_id, 4) for contender in comparison.contenders]
    places = range(len(letters))
    for quantity in (name for name in COMPARED if name != THROUGHPUT):
        columns = [[told for _, told in changes_at(comparison, at, quantity)] for at in places]
        if not any(change.ratio for column in columns for change in column):
            continue
        rows = [
            [level_words(level.levels), *(_told(column[row]) for column in columns)]
            for row, level in enumerate(comparison.levels)
        ]
        whole = [one.figures.get(quantity, UNCHANGED) for one in comparison.contenders]
        name = HEADINGS.get(quantity, quantity)
        yield Table(
            f"change of {name}", [axes_text(comparison), *letters], [*rows, [ALL, *map(_told, whole)]]
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


def _whole(change: Change, columns: int) -> list[str]:
    """The row over all levels, whose means say nothing by themselves."""
    return [ALL, "", "", *change_cells(THROUGHPUT, change)[2 : columns - 1]]


def _told(change: Change) -> str:
    return format_change(change.ratio)
