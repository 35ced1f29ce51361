"""The order of the rows in the table of contenders: by letter, or by the figures of one column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from httptui.snapshot import ContenderView
from httptui.tui.panels.columns import BY_NAME, Column

RISING, FALLING = "▲", "▼"


class Sorting(NamedTuple):
    """By the column of a name, the best figure first, or by letter where it is None; or the other way round."""

    name: str | None = None
    reverse: bool = False


BY_LETTER = Sorting()


def ordered(contenders: Sequence[ContenderView], sorting: Sorting) -> tuple[ContenderView, ...]:
    """The contenders in their order; equals stay as they were, and those without a figure come last, either way."""
    if sorting.name is None:
        return tuple(contenders[::-1] if sorting.reverse else contenders)
    column = BY_NAME[sorting.name]
    figures = [(view, _figure(view, column)) for view in contenders]
    known = [(view, figure) for view, figure in figures if figure is not None]
    known.sort(key=lambda pair: pair[1], reverse=_is_falling(sorting))
    return (*(view for view, _ in known), *(view for view, figure in figures if figure is None))


def _figure(view: ContenderView, column: Column) -> Any:
    """What it is sorted by: one that did not finish has no figures in the table."""
    return None if view.state == "dnf" else column.figure(view)


def _is_falling(sorting: Sorting) -> bool:
    best = BY_NAME[sorting.name].best if sorting.name else "low"
    return (best == "high") != sorting.reverse


def marker(sorting: Sorting, name: str | None) -> str:
    """The sign at the heading of a column (None: at the letters), and none where the table is not sorted by it, or
    stands as it always does.
    """
    if name != sorting.name or sorting == BY_LETTER:
        return ""
    return FALLING if _is_falling(sorting) else RISING


def next_sorting(sorting: Sorting, names: Sequence[str]) -> Sorting:
    """By the next of some columns, from the left, and after the last by letter again."""
    after = names.index(sorting.name) + 1 if sorting.name in names else 0
    return Sorting(names[after]) if after < len(names) else BY_LETTER


def sorted_by(sorting: Sorting, name: str | None) -> Sorting:
    """By a column that was asked for; asked for again, the other way round."""
    return sorting._replace(reverse=not sorting.reverse) if name == sorting.name else Sorting(name)
