"""The code of one contender: the script that does what it does."""

from __future__ import annotations

import textwrap

from httptui.codegen import no_snippet, snippet_of
from httptui.plan.model import label_of, letter_of
from httptui.safe_text import safe_text
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, fit
from httptui.tui.plots.python_cells import python_cells

MARGIN = 1


def index_of(view: View) -> int:
    """Which contender is looked at: the chosen one, or the first."""
    return ord(view.chosen or "A") - ord("A")


def code_of(view: View) -> str | None:
    """The chosen contender's script, or None where its engine has none."""
    return None if view.plan is None else snippet_of(view.plan, index_of(view))


def draw_code(view: View, width: int) -> Cells:
    """The script, or in a sentence why there is none."""
    room = max(width - MARGIN, 8)
    script = code_of(view)
    if script is not None:
        rows = list(python_cells(script, room))
    else:
        rows = [((line, ""),) for line in textwrap.wrap(_reason(view), room)]
    return tuple(_set_in(row, width) for row in rows)


def _reason(view: View) -> str:
    return "" if view.plan is None else no_snippet(view.plan.contender[index_of(view)])


def _set_in(row: Row, width: int) -> Row:
    return fit(((" " * MARGIN, ""), *row), width)


class CodePanel(Panel):
    """The code, which scrolls."""

    def title(self, view: View) -> str:
        """Letter, label, and which of how many it is."""
        if view.plan is None:
            return ""
        index, contenders = index_of(view), view.plan.contender
        label = safe_text(label_of(contenders[index]))
        return f" {letter_of(index)}  {label}  {index + 1} of {len(contenders)} "

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_code(view, width)
