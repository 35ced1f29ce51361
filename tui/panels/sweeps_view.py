"""What the panels of two sweeps draw: both, whose change is looked at, and which figure of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from httptui.reports.comparisons.comparison import Change, ContenderChange
from httptui.sweeps.comparisons.claims import THROUGHPUT
from httptui.sweeps.comparisons.tables import UNCHANGED
from httptui.units import format_ms
from httptui.tui.compared_sweeps import ComparedSweeps
from httptui.tui.panels.sweep_view import FIGURES, LONG_NAMES, Figure, brief_ms
from httptui.tui.plots.lines import LATENCIES

_BY_NAME = {figure.name: figure for figure in FIGURES}
_P50 = Figure("p50", lambda point: point.p50_ms, format_ms, brief_ms, LATENCIES, min)
COMPARED_FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {THROUGHPUT: _BY_NAME["req/s"], "cpu": _BY_NAME["CPU/req"], "p50": _P50, "p99": _BY_NAME["p99"]}
)
"""What sweeps are compared by, in the order in which one looks at it."""
FIGURE_NAMES: Final = {**LONG_NAMES, "p50": "Latency · p50"}


@dataclass(frozen=True, slots=True)
class SweepsView:
    """One frame: `chosen` is a letter of the later sweep, `quantity` one of those that are compared."""

    shown: ComparedSweeps
    chosen: str | None = None
    quantity: str = THROUGHPUT
    log: bool = False
    blocks: bool = False

    @property
    def figure(self) -> Figure:
        """How the quantity is read off a point and drawn."""
        return COMPARED_FIGURES[self.quantity]

    @property
    def contender(self) -> ContenderChange | None:
        """Whose change is looked at, over all levels."""
        return next((one for one in self.shown.comparison.contenders if one.after_id == self.chosen), None)

    @property
    def whose(self) -> str:
        """Whose change is looked at, after a title; nothing where there is nobody."""
        return "" if self.contender is None else f" · {self.contender.after_id} {self.contender.label}"

    def changes(self, letter: str | None) -> list[tuple[tuple[float, ...], Change]]:
        """A contender's at each level, by its letter in the later sweep."""
        return [
            (level.levels, one.figures.get(self.quantity, UNCHANGED))
            for level in self.shown.comparison.levels
            for one in level.contenders
            if one.after_id == letter
        ]
