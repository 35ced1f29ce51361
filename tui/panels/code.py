"""The script that sends requests as one contender does, as coloured Python."""

from __future__ import annotations

import keyword
import textwrap
import tokenize
from collections.abc import Iterator, Sequence
from io import StringIO

from rich.cells import cell_len, chop_cells

from httptui.codegen import no_snippet, snippet_of
from httptui.plan.model import label_of, letter_of
from httptui.safe_text import safe_text
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, Segment, fit

LONGEST_LINE = 2_000
"""Characters of a line that are drawn; a body may have a million."""
DEFINING = ("def", "class")
FOLDED = "    "
Place = tuple[int, int]
Coloured = tuple[int, int, str]
"""The start and end of a token in its line, and its style key."""


def python_cells(code: str, width: int) -> Cells:
    """The lines of valid Python, each row exactly `width` cells; what does not fit goes on in the next row."""
    coloured = _coloured(code)
    rows: list[Row] = []
    for number, whole in enumerate(code.splitlines(), start=1):
        line = safe_text(whole, LONGEST_LINE)
        set_in = " " * min(len(line) - len(line.lstrip()) + len(FOLDED), width // 2)
        for start, end in _parts(line, width, len(set_in)):
            segments = _segments(line, coloured.get(number, []), start, end)
            rows.append(tuple([(set_in, ""), *segments] if start else segments))
    return tuple(fit(row, width) for row in rows)


def _coloured(code: str) -> dict[int, list[Coloured]]:
    """The tokens of each line that have a colour of their own."""
    found: dict[int, list[Coloured]] = {}
    for (first, start), (last, end), key in _tokens(code):
        for line in range(first, last + 1):
            place = (start if line == first else 0, end if line == last else LONGEST_LINE, key)
            found.setdefault(line, []).append(place)
    return found


def _tokens(code: str) -> Iterator[tuple[Place, Place, str]]:
    """The start, end and colour of tokens; an f-string is one, though it is many from Python 3.12 on."""
    before = ""
    open_strings: list[Place] = []
    for token in tokenize.generate_tokens(StringIO(code).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "FSTRING_START":
            open_strings.append(token.start)
        elif kind == "FSTRING_END":
            start = open_strings.pop()
            if not open_strings:
                yield start, token.end, "good"
        elif not open_strings and (key := _key_of(token, before)):
            yield token.start, token.end, key
        before = token.string


def _key_of(token: tokenize.TokenInfo, before: str) -> str:
    if token.type == tokenize.COMMENT:
        return "dim"
    if token.type == tokenize.STRING:
        return "good"
    if token.type == tokenize.NUMBER or token.string in ("True", "False", "None"):
        return "warn"
    if token.type == tokenize.NAME and keyword.iskeyword(token.string):
        return "accent"
    return "strong" if before in DEFINING else ""


def _segments(line: str, coloured: Sequence[Coloured], start: int, end: int) -> Iterator[Segment]:
    """The line from one place to another, in pieces of one colour."""
    at = start
    for first, last, key in coloured:
        first, last = max(first, at), min(last, end)
        if first < last:
            yield line[at:first], ""
            yield line[first:last], key
            at = last
    yield line[at:end], ""


def _parts(line: str, width: int, set_in: int) -> Iterator[tuple[int, int]]:
    """The parts that a line is broken into, after spaces where it can be; all but the first are set in by so much."""
    at, room = 0, width
    while cell_len(line[at:]) > room:
        fits = at + max(len(chop_cells(line[at:], room)[0]), 1)
        after_space = line.rfind(" ", at, fits) + 1
        end = after_space if line[at:after_space].strip() else fits
        yield at, end
        at, room = end, max(width - set_in, 2)
    yield at, len(line)


MARGIN = 1


def index_of(view: View) -> int:
    """The number of the contender that is shown: the chosen one, or the first."""
    return ord(view.chosen or "A") - ord("A")


def code_of(view: View) -> str | None:
    """The chosen contender's script, or None where its engine has none."""
    return None if view.plan is None else snippet_of(view.plan, index_of(view))


def draw_code(view: View, width: int) -> Cells:
    """The script, or a sentence on why there is none."""
    if view.plan is None:
        return ()
    room = max(width - MARGIN, 8)
    rows: Cells
    if (script := code_of(view)) is not None:
        rows = python_cells(script, room)
    else:
        reason = no_snippet(view.plan.contender[index_of(view)])
        rows = tuple(((line, ""),) for line in textwrap.wrap(reason, room))
    return tuple(fit(((" " * MARGIN, ""), *row), width) for row in rows)


class CodePanel(Panel):
    """The code, which scrolls."""

    def title(self, view: View) -> str:
        if view.plan is None:
            return ""
        index, contenders = index_of(view), view.plan.contender
        label = safe_text(label_of(contenders[index]))
        return f" {letter_of(index)}  {label}  {index + 1} of {len(contenders)} "

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_code(view, width)
