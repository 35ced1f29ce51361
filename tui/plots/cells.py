"""Rows of (text, style key) of an exact width in terminal cells: all that plots and tables are made of.

A style key is a contender's letter ("A"), one of the words of `httptui.tui.theme.STYLES`, or two of them joined by a
space ("A bold"); or "heat" and the levels of a cell's upper and lower half (see `httptui.colours`).  Nothing here
knows Textual.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter

from rich.cells import cell_len, set_cell_size

Segment = tuple[str, str]
Row = tuple[Segment, ...]
Cells = tuple[Row, ...]


def row_width(row: Row) -> int:
    """Width of a row in terminal cells."""
    return sum(cell_len(text) for text, _ in row)


def clip(text: str, width: int) -> str:
    """The text in at most `width` cells; what was cut ends in "…"."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 1 else "…"[:width]


def left(text: str, width: int) -> str:
    """The text at the left of exactly `width` cells."""
    return set_cell_size(clip(text, width), max(width, 0))


def right(text: str, width: int) -> str:
    """The text at the right of exactly `width` cells."""
    cut = clip(text, width)
    return " " * (width - cell_len(cut)) + cut


def fit(row: Row, width: int) -> Row:
    """The row cut or filled with blanks to exactly `width` cells."""
    fitted: list[Segment] = []
    room = max(width, 0)
    for text, key in row:
        if room <= 0:
            break
        used = cell_len(text)
        if used > room:
            text, used = clip(text, room), room
        if text:
            fitted.append((text, key))
        room -= used
    if room > 0:
        fitted.append((" " * room, ""))
    return tuple(fitted)


def fit_all(rows: list[Row], width: int, height: int) -> Cells:
    """Exactly `height` rows of exactly `width` cells."""
    shown = [fit(row, width) for row in rows[:height]]
    return tuple(shown + [fit((), width)] * (height - len(shown)))


def hint(text: str, width: int, height: int) -> Cells:
    """A quiet word in the middle of an empty plot."""
    shown = clip(text, width)
    row: Row = ((" " * ((width - cell_len(shown)) // 2), ""), (shown, "axis"))
    return fit_all([()] * (max(height - 1, 0) // 2) + [row], width, height)


def between(start: Row, end: Row, width: int) -> Row:
    """One row with `start` at the left and `end` at the right; the left gives way."""
    room = max(width - row_width(end), 0)
    return fit((*fit(start, room), *end), width)


def joined(cells: Iterable[Segment]) -> Row:
    """A row whose neighbours of one style are one segment."""
    return tuple(("".join(text for text, _ in run), key) for key, run in groupby(cells, key=itemgetter(1)))


def overlaid(text: str, key: str, glyphs: Mapping[int, str]) -> Row:
    """A text with characters of the style "mark" over some of its cells."""
    segments: list[Segment] = []
    start = 0
    for at in sorted(glyphs):
        segments += [(text[start:at], key), (glyphs[at], "mark")]
        start = at + 1
    return tuple(part for part in (*segments, (text[start:], key)) if part[0])


def labelled(text: str, label: str, at: int) -> str:
    """The text with a label from `at` on, unless the label has no room there or touches another one."""
    end = at + len(label)
    if at < 0 or end > len(text) or text[max(at - 1, 0) : end + 1].strip():
        return text
    return text[:at] + label + text[end:]


def plain(cells: Cells) -> str:
    """The text alone, for tests and logs."""
    return "\n".join("".join(text for text, _ in row) for row in cells)


LEFT_EIGHTHS = " ▏▎▍▌▋▊▉█"
LOWER_EIGHTHS = " ▁▂▃▄▅▆▇█"


def bar(part: float, width: int) -> str:
    """A bar of `part` (0 … 1) of `width` cells, at least an eighth where it is not zero, filled with blanks."""
    if width <= 0:
        return ""
    share = min(max(part, 0.0), 1.0) if math.isfinite(part) else 0.0
    eighths = round(share * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (LEFT_EIGHTHS[rest] if rest else "")).ljust(width)


def columns(parts: list[float], height: int) -> list[str]:
    """Vertical bars side by side, `height` rows from the top down; any part above zero shows."""
    most = height * 8
    eighths = [max(round(min(p, 1.0) * most), 1) if p > 0 else 0 for p in parts]
    # The cells of a column from the top down, as a window on them slides by eighths.
    window = " " * (most - 8) + LOWER_EIGHTHS + "█" * (most - 8)
    return ["".join([window[e + 8 * row] for e in eighths]) for row in range(height)]
