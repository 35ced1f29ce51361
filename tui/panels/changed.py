"""What else is not the same in two runs: what a reader must know first, then plan, environment and versions."""

from __future__ import annotations

import textwrap

from httptui.reports.comparisons.comparison import Comparison
from httptui.reports.comparisons.words import difference_cells, method_of, missing_lines
from httptui.units import plural
from tui.compared import Compared
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells, Row, fit

INDENT = "   "


def draw_changed(comparison: Comparison, width: int) -> Cells:
    """Notes, contenders that one run has, every value that differs, both verdicts, and how changes were found."""
    rows = [
        row
        for note in (*missing_lines(comparison), *comparison.notes)
        for row in _marked("▲", "warn", note, width)
    ]
    for difference in comparison.changed:
        path, before, after = difference_cells(difference)
        rows += _marked("·", "dim", f"{path}: {before} → {after}", width)
    if not comparison.changed:
        rows += _marked("·", "dim", "plan and environment are the same", width)
    for name, side in (("before", comparison.before), ("after", comparison.after)):
        rows += [(), *_marked("▌", "accent", f"{name}: {side.verdict}", width)]
    for sentence in method_of(comparison):
        rows += [(), *_marked(" ", "dim", sentence, width, "dim")]
    return tuple(fit(row, width) for row in rows)


def _marked(mark: str, mark_key: str, text: str, width: int, key: str = "") -> list[Row]:
    first, *rest = textwrap.wrap(text, max(width - len(INDENT) - 1, 8)) or [""]
    start: Row = ((f" {mark} ", mark_key), (first, key))
    return [start, *(((INDENT, ""), (line, key)) for line in rest)]


class ChangedPanel(Panel):
    """The list, which scrolls."""

    def __init__(self, shown: Compared, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown = shown

    def title(self, view: View) -> str:  # noqa: ARG002
        count = len(self._shown.comparison.changed)
        return f"What else changed · {plural(count, 'value')}" if count else "What else changed"

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_changed(self._shown.comparison, width)
