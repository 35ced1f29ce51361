"""One contender's figure at each level of two sweeps, and over all levels, with the changes' intervals."""

from __future__ import annotations

from httptui.reports.comparisons.comparison import Change
from httptui.reports.comparisons.words import change_cells, has_control, held_against
from httptui.sweeps.comparisons.tables import ALL, UNCHANGED, level_words
from httptui.sweeps.points import Axis
from httptui.tui.panels.change_rows import Told, change_row, heading_row, key_of, widths_of
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.sweep_view import axis_name
from httptui.tui.panels.sweeps_view import SweepsView
from httptui.tui.plots.cells import Cells, fit


def draw_sweep_changes(view: SweepsView, width: int) -> Cells:
    """A heading, a row for each level, and one over all of them, each of exactly `width` cells."""
    comparison, whole = view.shown.comparison, view.contender
    if whole is None:
        return (fit(((" no contender is in both sweeps", "dim"),), width),)
    rows = [
        (_told(level_words(levels), view, change), change) for levels, change in view.changes(view.chosen)
    ]
    over = whole.figures.get(view.quantity, UNCHANGED)
    _, _, _, *changes = _told(ALL, view, over)
    told: Told = (ALL, "", "", changes[0], changes[1])
    name, against = _heading(view), held_against(comparison)
    widths = widths_of(
        [*(cells for cells, _ in rows), told], name, against if has_control(comparison) else None, width
    )
    drawn = [heading_row(widths, name, against)]
    drawn += [
        change_row(cells, widths, key_of(view.quantity, change, widths), to_right=True)
        for cells, change in (*rows, (told, over))
    ]
    return tuple(fit(row, width) for row in drawn)


def _told(name: str, view: SweepsView, change: Change) -> Told:
    before, after, plain, against = change_cells(view.quantity, change)
    return name, before, after, plain, against


def _heading(view: SweepsView) -> str:
    return " · ".join(axis_name(Axis(path, ())) for path in view.shown.comparison.axes)


class SweepsChanges(PanelOf[SweepsView]):
    """The table; its heading stays when the rows scroll."""

    fixed_rows = 1

    def title(self, view: SweepsView) -> str:
        """Which figure of whom."""
        return f"{view.figure.name} at each level{view.whose}"

    def draw(self, view: SweepsView, width: int, height: int) -> Cells:
        return draw_sweep_changes(view, width)
