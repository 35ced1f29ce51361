"""Why one contender is as fast as it is: the chosen one, or, while a run is on, the slowest.  Until there is anything
to tell, the question that the plan asks.
"""

from __future__ import annotations

import textwrap

from httptui.snapshot import ContenderView
from tui.forms.preset_text import preset_detail
from tui.panels.notices import Notice
from tui.panels.view import View
from tui.plots.cells import Cells, Row, fit

INDENT = 4
MOST_ROWS = 4


def told_of(view: View) -> ContenderView | None:
    """Whose reason is told: the chosen contender's, or the slowest one's until the verdict takes its place."""
    if view.chosen is not None:
        return view.contender(view.chosen)
    if view.status not in ("running", "stopping") or not view.snapshot.ranking:
        return None
    return view.contender(view.snapshot.ranking[-1].id)


def reason_of(contender: ContenderView) -> str:
    """In a sentence, what keeps it from going faster, or why it did not finish."""
    if contender.state == "dnf":
        return f"did not finish: {contender.cause or 'no cause is known'}"
    if contender.limiter is None:
        return "nothing is known yet of what limits it"
    kind, sentence = contender.limiter.kind, contender.limiter.sentence
    return f"limited by {sentence}" if kind != "unknown" else f"limiter {sentence}"


def draw_reason(view: View, width: int) -> Cells:
    """Letter, label and sentence, wrapped."""
    contender = told_of(view)
    if contender is None:
        return _question(view, width)
    label = f"{contender.label}  "
    room = max(width - INDENT - 1, 8)
    text = f"{label}{reason_of(contender)}"
    lines = textwrap.wrap(text, room, break_on_hyphens=False, max_lines=MOST_ROWS, placeholder=" …")
    first: Row = ((f" {contender.id}  ", f"{contender.id} bold"), (label.rstrip(), "strong"))
    rows: list[Row] = [(*first, (lines[0][len(label.rstrip()) :], ""))]
    rows += [((" " * INDENT, ""), (line, "")) for line in lines[1:]]
    return tuple(fit(row, width) for row in rows)


def _question(view: View, width: int) -> Cells:
    """What the plan is about, in its own first line."""
    if view.plan is None or view.status not in ("running", "stopping"):
        return ()
    text = preset_detail(view.plan).description[0]
    return (fit(((" ?  ", "accent bold"), (text, "")), width),) if text else ()


class ReasonNotice(Notice):
    """The sentence, below the table."""

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_reason(view, width)
