"""The errors of each contender, by kind with their first message, and the status codes of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from httptui.figures import answered
from httptui.results.snapshot import ContenderView
from httptui.tui.panels.notices import message_of, said
from httptui.tui.panels.panel import Panel, hanging, wrapped
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, fit, hint, left, right
from httptui.units import format_count, format_percent

LETTER_WIDTH = 4
COUNT_WIDTH, SHARE_WIDTH = 9, 8
WIDEST_KIND = 18
ALL_WELL = "no errors"
NOTHING_COUNTED = "no failure was counted, and no answer came"
HEADINGS = ("kind", "count", "share", "first message")


def has_errors(view: View) -> bool:
    """True if anything failed, the warm-up included."""
    return view.status == "invalid" or any(
        contender.errors
        or contender.first_messages
        or contender.state == "dnf"
        or any(status >= "400" for status in contender.first_answers)
        for contender in view.snapshot.contenders
    )


def draw_errors(view: View, width: int) -> Cells:
    """A row for every kind of error of every contender, with its first message wrapped, then one for every status,
    with what the first answer said.
    """
    entries = _entries(view.snapshot.contenders)
    kind_width = min(max((len(entry.kind) for entry in entries), default=0), WIDEST_KIND)
    kind_width = max(kind_width, len(HEADINGS[0]))
    rows: list[Row] = [_heading(kind_width)] if has_errors(view) else [((f" ✓ {ALL_WELL}", "good"),)]
    rows += [row for entry in entries for row in _rows(entry, kind_width, width)]
    if len(rows) == 1 and view.status == "invalid":
        return hint(NOTHING_COUNTED, width, 1)
    return tuple(fit(row, width) for row in rows)


class _Entry(NamedTuple):
    """A kind of error or a status; the count is None where it came in the warm-up alone."""

    contender: ContenderView
    kind: str
    counted: int | None
    message: str


def _entries(contenders: Sequence[ContenderView]) -> list[_Entry]:
    """The errors of every contender, the commonest first, then its statuses."""
    errors: list[_Entry] = []
    statuses: list[_Entry] = []
    for one in contenders:
        if one.state == "dnf":
            errors.append(_Entry(one, "dnf", None, one.cause or "no cause is known"))
        kinds: dict[str, int | None] = dict.fromkeys(one.first_messages) | one.errors
        for kind, count in sorted(kinds.items(), key=lambda counted: -(counted[1] or 0)):
            errors.append(_Entry(one, kind, count, message_of(one, kind)))
        for status, count in sorted((dict.fromkeys(one.first_answers) | one.status).items()):
            statuses.append(_Entry(one, status, count, said(one, status)))
    return errors + statuses


def _heading(kind_width: int) -> Row:
    kind, count, share, message = HEADINGS
    columns = f"{left(kind, kind_width)}{right(count, COUNT_WIDTH)}{right(share, SHARE_WIDTH)}  {message}"
    return ((" " * LETTER_WIDTH + columns, "dim"),)


def _rows(entry: _Entry, kind_width: int, width: int) -> list[Row]:
    contender, kind, count, message = entry
    all_told = answered(contender)
    share = count / all_told if count and all_told else None
    start: Row = (
        (f" {contender.id:<{LETTER_WIDTH - 1}}", f"{contender.id} bold"),
        (left(kind, kind_width), _key_of(kind)),
        (right("" if count is None else format_count(count), COUNT_WIDTH), ""),
        (right("" if share is None else format_percent(share), SHARE_WIDTH), "dim"),
    )
    indent = LETTER_WIDTH + kind_width + COUNT_WIDTH + SHARE_WIDTH + 2
    if width - indent < WIDEST_KIND:
        below = (" " * LETTER_WIDTH, "")
        return [start, *((below, (line, "")) for line in wrapped(message, width - LETTER_WIDTH - 1))]
    return hanging((*start, ("  ", "")), wrapped(message, width - indent - 1))


def _key_of(kind: str) -> str:
    """Errors stand out, and so does a status that is no success."""
    if kind.isdecimal():
        return "good" if kind.startswith("2") else "warn"
    return "bad"


class ErrorsPanel(Panel):
    """The table."""

    def parts(self, view: View) -> object:
        """The whole view, or nothing while hidden, since it changes with every frame."""
        return super().parts(view) if self.display else None

    def title(self, view: View) -> str:
        failed = sum(c.requests.error + c.requests.timeout for c in view.snapshot.contenders)
        return f"Errors · {format_count(failed)}" if failed else "Errors"

    def note(self, view: View) -> str:
        """The way back."""
        return f"{view.keys['below']}: events"

    def draw(self, view: View, width: int, height: int) -> Cells:
        if view.status != "invalid" and not any(
            contender.errors or contender.status or contender.cause or contender.first_answers
            for contender in view.snapshot.contenders
        ):
            return hint(ALL_WELL, width, height)
        return draw_errors(view, width)
