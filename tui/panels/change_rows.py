"""Changes as rows of a table: what changed, before and after, by how much, and that against the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from httptui.reports.comparisons.comparison import Change
from httptui.tui.plots.cells import Row, Segment, left, right

FIGURE_WIDTH, GAP = 9, 2
INDENT = 4
MORE_IS_BETTER = ("req_per_s",)
HEADINGS = ("before", "after", "change")
WIDEST_AGAINST = 24
Told = tuple[str, str, str, str, str]
"""Name, before, after, the change, and that against the others."""


class Widths(NamedTuple):
    """Cells of a row's name, its change, and that against others, 0 where it has no room or there is none."""

    name: int
    change: int
    against: int


def widths_of(rows: Sequence[Told], name: str, against: str | None, width: int) -> Widths:
    """Those with which all rows fit; `name` and `against` stand above, the latter None where there are no others."""
    names = max((len(row[0]) for row in rows), default=0)
    names, own = max(names, len(name)), max([len(HEADINGS[-1]), *(len(row[3]) for row in rows)])
    taken = INDENT + names + 2 * (GAP + FIGURE_WIDTH) + 2 * GAP + own
    others = max((len(row[4]) for row in rows), default=0)
    others = max(others, min(len(against or ""), WIDEST_AGAINST))
    return Widths(names, own, others if against is not None and taken + others <= width else 0)


def heading_row(widths: Widths, name: str, against: str) -> Row:
    """What stands above the columns."""
    before, after, change = HEADINGS
    gap = " " * GAP
    text = " " * INDENT + right(name, widths.name) + gap
    text += right(before, FIGURE_WIDTH) + gap + right(after, FIGURE_WIDTH) + gap + left(change, widths.change)
    if widths.against:
        text += gap + left(against, widths.against)
    return ((text, "dim"),)


def change_row(told: Told, widths: Widths, key: str, *, to_right: bool = False) -> Row:
    """One row; the change that tells most has the style `key`, and its name is at the right with `to_right`."""
    name, before, after, change, against = told
    gap = (" " * GAP, "")
    cells: list[Segment] = [
        (" " * INDENT + (right if to_right else left)(name, widths.name), "axis"),
        gap,
        (right(before, FIGURE_WIDTH), ""),
        gap,
        (right(after, FIGURE_WIDTH), "strong"),
        gap,
        (left(change, widths.change), "" if widths.against else key),
    ]
    if widths.against:
        cells += [gap, (left(against, widths.against), key)]
    return tuple(cells)


def key_of(quantity: str, change: Change, widths: Widths) -> str:
    """Good or bad where the change against the others is beyond what two reports of the same differ by; where that
    has no room, only if the change itself goes the same way.
    """
    told, own = change.against, change.ratio
    if told is None or not told.shown:
        return ""
    agrees = own is not None and own.is_beyond(0.0) and (own.point > 1) == (told.point > 1)
    if not widths.against and not agrees:
        return ""
    return "good" if (told.point > 1) == (quantity in MORE_IS_BETTER) else "bad"
