"""Notices above the panels: warnings, the verdict, and why a contender is as fast as it is."""

from __future__ import annotations

from httptui.results.snapshot import ContenderView
from httptui.tui.forms.preset_text import preset_detail
from httptui.tui.panels.panel import Panel, by_key, wrapped
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, Segment, fit
from httptui.units import format_percent, listed, plural

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
    """A panel that takes only the rows it needs, and is hidden while it needs none."""

    ALLOW_MAXIMIZE = False
    as_high_as_text = True


class WarningsNotice(Notice):
    """The standing warnings."""

    def parts(self, view: View) -> object:
        """The warnings alone."""
        return view.snapshot.warnings

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_warnings(view, width)


class VerdictNotice(Notice):
    """The verdict."""

    def draw(self, view: View, width: int, height: int) -> Cells:
        most = next(rows for least, rows in MOST_ROWS if self.app.size.height >= least)
        return draw_verdict(view, width, most - len(draw_warnings(view, width)))


REASON_INDENT = 4
MOST_REASON_ROWS = 4
STATUS = "status"
"""The kind of error of answers whose status is no success."""


def told_of(view: View) -> ContenderView | None:
    """The contender whose reason is shown: the chosen one, or the slowest until there is a verdict."""
    if view.chosen is not None:
        return view.contender(view.chosen)
    if view.status not in ("running", "stopping") or not view.snapshot.ranking:
        return None
    return view.contender(view.snapshot.ranking[-1].id)


def reason_of(contender: ContenderView) -> str:
    """A sentence on what limits a contender, or why it did not finish."""
    if contender.state == "dnf":
        return f"did not finish: {contender.cause or 'no cause is known'}"
    if (failure := failed_wholly(contender)) is not None:
        return failure
    if contender.limiter is None:
        return "its limiter is not known yet"
    kind, sentence = contender.limiter.kind, contender.limiter.sentence
    return f"limited by {sentence}" if kind != "unknown" else f"limiter {sentence}"


def failed_wholly(contender: ContenderView) -> str | None:
    """A sentence on the commonest failure of a contender without any success; else None."""
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
    """The text of the first answer of a status, and where it redirects to; "" where none was kept."""
    answer = contender.first_answers.get(status)
    return "" if answer is None else answer.told.removeprefix(status).removeprefix(":").strip()


def draw_reason(view: View, width: int) -> Cells:
    """Letter, label and sentence, wrapped."""
    contender = told_of(view)
    if contender is None:
        return _question(view, width)
    label = f"{contender.label}  "
    room = max(width - REASON_INDENT - 1, 8)
    text = f"{label}{reason_of(contender)}"
    lines = wrapped(text, room, MOST_REASON_ROWS)
    first: Row = ((f" {contender.id}  ", f"{contender.id} bold"), (label.rstrip(), "strong"))
    rows: list[Row] = [(*first, (lines[0][len(label.rstrip()) :], ""))]
    rows += [((" " * REASON_INDENT, ""), (line, "")) for line in lines[1:]]
    return tuple(fit(row, width) for row in rows)


def _question(view: View, width: int) -> Cells:
    """The first line of the plan's description, while the run is on."""
    if view.plan is None or view.status not in ("running", "stopping"):
        return ()
    text = preset_detail(view.plan).description[0]
    return (fit(((" ?  ", "accent bold"), (text, "")), width),) if text else ()


class ReasonNotice(Notice):
    """The sentence, below the table."""

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_reason(view, width)
