"""Why one contender is as fast as it is: the chosen one, or, while a run is on, the slowest.  Until there is anything
to tell, the question that the plan asks.
"""

from __future__ import annotations

from httptui.results.snapshot import ContenderView
from httptui.tui.forms.preset_text import preset_detail
from httptui.tui.panels.notices import Notice
from httptui.tui.panels.panel import wrapped
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, fit
from httptui.units import format_percent, listed, plural

INDENT = 4
MOST_ROWS = 4
STATUS = "status"
"""The kind of error of answers whose status is no success."""


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
    if (failure := failed_wholly(contender)) is not None:
        return failure
    if contender.limiter is None:
        return "nothing is known yet of what limits it"
    kind, sentence = contender.limiter.kind, contender.limiter.sentence
    return f"limited by {sentence}" if kind != "unknown" else f"limiter {sentence}"


def failed_wholly(contender: ContenderView) -> str | None:
    """In a sentence, what its commonest failure was, where nothing else came of its requests; else None."""
    failed = contender.requests.error + contender.requests.timeout
    if contender.requests.ok or not failed or not contender.errors:
        return None
    kind, count = max(contender.errors.items(), key=lambda entry: entry[1])
    all_of_them = "all" if count == failed else f"{format_percent(count / failed)} of all"
    message = message_of(contender, kind)
    if kind == STATUS and len(contender.first_answers) == 1:
        message += f": {said(contender, next(iter(contender.first_answers)))}".rstrip(": ")
    told = message if kind == STATUS else f"{kind}: {message}" if message else kind
    return f"no request succeeded; {all_of_them} {plural(failed, 'failure')}: {told}"


def message_of(contender: ContenderView, kind: str) -> str:
    """The first message of a kind of error; for answers that were no success, their status codes."""
    refused = sorted(status for status in contender.status if not status.startswith("2"))
    if kind == STATUS and refused:
        return f"answered with status {listed(refused)}"
    return contender.first_messages.get(kind, "")


def said(contender: ContenderView, status: str) -> str:
    """What the first answer of a status said, and where it leads; "" where none was kept."""
    answer = contender.first_answers.get(status)
    return "" if answer is None else answer.told.removeprefix(status).removeprefix(":").strip()


def draw_reason(view: View, width: int) -> Cells:
    """Letter, label and sentence, wrapped."""
    contender = told_of(view)
    if contender is None:
        return _question(view, width)
    label = f"{contender.label}  "
    room = max(width - INDENT - 1, 8)
    text = f"{label}{reason_of(contender)}"
    lines = wrapped(text, room, MOST_ROWS)
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

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_reason(view, width)
