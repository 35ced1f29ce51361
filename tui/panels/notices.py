"""What must not be overlooked: standing warnings, and the verdict when the run is over."""

from __future__ import annotations

from httptui.tui.panels.panel import Panel, wrapped
from httptui.tui.panels.view import View
from httptui.tui.panels.words import by_key
from httptui.tui.plots.cells import Cells, Row, Segment, fit

MOST_LINES = 3
MOST_ROWS = ((30, 7), (22, 6), (0, 5))
"""Rows that verdict and warnings may take together of a screen of at least so many."""
BAR = " ▌ "


def draw_warnings(view: View, width: int) -> Cells:
    """A row for every warning, the last one telling how many more there are."""
    warnings = view.snapshot.warnings
    shown = warnings if len(warnings) <= MOST_LINES else warnings[: MOST_LINES - 1]
    rows: list[Row] = [((" ▲ ", "warn bold"), (text, "warn")) for text in shown]
    if len(shown) < len(warnings):
        rows.append((("   ", ""), (f"and {len(warnings) - len(shown)} more warnings", "warn")))
    return tuple(fit(row, width) for row in rows)


def draw_verdict(view: View, width: int, height: int = MOST_ROWS[0][1]) -> Cells:
    """The verdict when the run is done, nothing before: a row for each clause where `height` allows, else as many
    clauses as fit, those that give a reason first.
    """
    verdict = view.snapshot.verdict
    if view.status not in ("done", "invalid") or verdict is None:
        return ()
    room = max(width - len(BAR) - 2, 8)
    first, *clauses = by_key(verdict.sentence, view.keys).split("; ")
    ink = "bad bold" if verdict.kind == "invalid" else "strong"
    rows: list[Row] = [((line, ink),) for line in wrapped(first, room)]
    for clause in clauses:
        start, *rest = wrapped(clause, room - 2) or [""]
        rows.append((("· ", "axis"), *_with_letter(start, view)))
        rows += [(("  ", ""), (line, "")) for line in rest]
    if len(rows) > height:
        told = _most_telling(first, clauses, room, height)
        rows = [((line, ink),) for line in wrapped(told, room, height)]
    key = {"winner": "good", "invalid": "bad"}.get(verdict.kind, "warn")
    return tuple(fit(((BAR, key), *row), width) for row in rows)


def _most_telling(first: str, clauses: list[str], width: int, height: int) -> str:
    """The first clause, those with a reason whatever their length, and what else fits, in their own order."""
    kept = {clause for clause in clauses if ": " in clause}
    for clause in clauses:
        wider = [other for other in clauses if other in kept or other == clause]
        if len(wrapped("; ".join([first, *wider]), width)) <= height:
            kept.add(clause)
    return "; ".join([first, *(clause for clause in clauses if clause in kept)])


def _with_letter(text: str, view: View) -> tuple[Segment, ...]:
    """The clause with the letter of the contender that it begins with in its colour."""
    letter, blank, rest = text.partition(" ")
    if blank and view.contender(letter) is not None:
        return ((f"{letter} ", f"{letter} bold"), (rest, ""))
    return ((text, ""),)


class Notice(Panel, can_focus=False):
    """A panel as high as what it has to say, and gone when that is nothing."""

    ALLOW_MAXIMIZE = False
    as_high_as_text = True

    def title(self, view: View) -> str:
        return ""


class WarningsNotice(Notice):
    """The standing warnings."""

    def parts(self, view: View) -> object:
        """The warnings alone."""
        return view.snapshot.warnings

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_warnings(view, width)


class VerdictNotice(Notice):
    """The last word."""

    def draw(self, view: View, width: int, height: int) -> Cells:
        most = next(rows for least, rows in MOST_ROWS if self.app.size.height >= least)
        return draw_verdict(view, width, most - len(draw_warnings(view, width)))
