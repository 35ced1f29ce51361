"""What else is not the same in two reports: what a reader must know first, then plan, environment and versions."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.reports.comparisons.comparison import TwoSides
from httptui.reports.comparisons.words import difference_cells
from httptui.units import plural
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.wrapping import wrapped
from httptui.tui.plots.cells import Cells, Row, fit

INDENT = "   "


def draw_changed(comparison: TwoSides, missing: Sequence[str], method: Sequence[str], width: int) -> Cells:
    """What is `missing` in one report, notes, every value that differs, both verdicts, and how changes were found."""
    rows = [row for note in (*missing, *comparison.notes) for row in _marked("▲", "warn", note, width)]
    for difference in comparison.changed:
        path, before, after = difference_cells(difference)
        rows += _marked("·", "dim", f"{path}: {before} → {after}", width)
    if not comparison.changed:
        rows += _marked("·", "dim", "plan and environment are the same", width)
    for name, side in (("before", comparison.before), ("after", comparison.after)):
        rows += [(), *_marked("▌", "accent", f"{name}: {side.verdict}", width)]
    for sentence in method:
        rows += [(), *_marked(" ", "dim", sentence, width, "dim")]
    return tuple(fit(row, width) for row in rows)


def _marked(mark: str, mark_key: str, text: str, width: int, key: str = "") -> list[Row]:
    first, *rest = wrapped(text, width - len(INDENT) - 1) or [""]
    start: Row = ((f" {mark} ", mark_key), (first, key))
    return [start, *(((INDENT, ""), (line, key)) for line in rest)]


class ChangedPanel(PanelOf[object]):
    """The list, which scrolls and is the same however one looks at the reports."""

    def __init__(
        self,
        comparison: TwoSides,
        missing: Sequence[str],
        method: Sequence[str],
        *,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self._comparison, self._missing, self._method = comparison, missing, method

    def parts(self, view: object) -> object:
        return self._comparison

    def title(self, view: object) -> str:
        count = len(self._comparison.changed)
        return f"What else changed · {plural(count, 'value')}" if count else "What else changed"

    def draw(self, view: object, width: int, height: int) -> Cells:
        return draw_changed(self._comparison, self._missing, self._method, width)
