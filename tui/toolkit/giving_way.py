"""A column of widgets in which those with rows to spare give way, so that a full screen never has to scroll.

Reason: Textual's vertical layout gives each widget what it asks for, down to its least, and scrolls the rest; it
knows no order in which they shrink.  Unneeded once its layouts take one, as flexbox does (`flex-shrink`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.geometry import Region, Size
from textual.layout import ArrangeResult
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget

Turn = tuple[str, int]
"""A widget's id, and down to how many rows it gives way when it is its turn; 0 takes it away."""


def given_way(rows: Mapping[str, int], excess: int, order: Sequence[Turn]) -> dict[str, int]:
    """The rows that each has left once so many too many are gone, taken in an order.

    What is taken away leaves more than was asked for: those that gave before it have that back, the last one first.
    """
    left = dict(rows)
    for at, (name, least) in enumerate(order):
        if excess <= 0:
            break
        taken = max(left.get(name, 0) - least, 0)
        if least:
            taken = min(taken, excess)
        left[name] = left.get(name, 0) - taken
        excess -= taken
        for giver in dict.fromkeys(name for name, _ in reversed(order[:at])):
            if excess < 0 and left.get(giver, 0):
                back = min(rows[giver] - left[giver], -excess)
                left[giver] += back
                excess += back
    return {name: left[name] for name in rows}


class GivingWay(VerticalLayout):
    """From top to bottom, in no more rows than there are as long as those of the order have any to give."""

    def __init__(self, order: Sequence[Turn]) -> None:
        super().__init__()
        self._order = tuple(order)

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Place the children, and let them give way where they end below the parent."""
        placed = super().arrange(parent, children, size, greedy)
        flow = [one for one in placed if not one.overlay and not one.absolute]
        end = max((one.region.bottom + one.margin.bottom for one in flow), default=0)
        if end <= size.height:
            return placed
        rows = {one.widget.id: one.region.height for one in flow if one.widget.id}
        left = given_way(rows, end - size.height, self._order)
        moved: ArrangeResult = []
        up = 0
        for one in placed:
            if one in flow:
                x, y, width, height = one.region
                stays = left.get(one.widget.id or "", height)
                moved.append(one._replace(region=Region(x, y - up, width, stays)))
                up += height - stays
            else:
                moved.append(one)
        return moved
