"""The base of every panel, which repaints changed rows only, and the rows and words that panels share."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from httptui.plan.model import Plan
from httptui.results.snapshot import ContenderView
from httptui.tui.control.snapshots import snapshot_of_plan
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, row_width
from httptui.tui.theme import style_source

Shown = TypeVar("Shown")

NOTHING = snapshot_of_plan(Plan(contender=()))
"""Stands for a snapshot that does not matter."""


class PanelOf(ScrollView, Generic[Shown], can_focus=True):
    """A focusable widget that shows the rows of `draw`; those beyond its height scroll below `fixed_rows`."""

    ALLOW_MAXIMIZE = True
    fixed_rows: ClassVar[int] = 0
    as_high_as_text: ClassVar[bool] = False
    """The panel takes as many rows as it draws, and is hidden while it draws none."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._view: Shown | None = None
        self._parts: object = None
        self._cells: Cells = ()
        self._width = 0
        self._border_text = ("", "")
        self._source = style_source(*self._ground())

    def draw(self, view: Shown, width: int, height: int) -> Cells:
        """The panel's cells: rows of exactly `width`; more rows than `height` scroll."""
        raise NotImplementedError

    def title(self, view: Shown) -> str:
        """The text in the upper border."""
        return ""

    def note(self, view: Shown) -> str:
        """The text in the lower border."""
        return ""

    def parts(self, view: Shown) -> object:
        """The parts of a frame that are drawn; while they stay equal, the panel is not drawn again."""
        return view

    def show(self, view: Shown) -> None:
        """Take a frame and repaint the rows it changes."""
        self._view, before, self._parts = view, self._parts, self.parts(view)
        if self._parts != before:
            self.show_anew(view)

    def show_anew(self, view: Shown) -> None:
        """Take a frame that differs, or is to be drawn for another size."""
        if self.as_high_as_text:
            lines = len(self.draw(view, self.app.size.width, 1))
            self.display = lines > 0
            if lines:
                self.styles.height = lines
        self._view = view
        self._set_border_text(self.title(view), self.note(view))
        self._redraw()

    def notify_style_update(self) -> None:
        """Mix colours again and repaint everything when the theme changes."""
        super().notify_style_update()
        self._source = style_source(*self._ground())
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Maximise the panel at a click on its title, or restore it."""
        if self.ALLOW_MAXIMIZE and self.styles.border_top[0] and event.y == 0:
            if self.is_maximized:
                self.screen.minimize()
            else:
                self.screen.maximize(self)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._cells = ()
        if self._view is not None:
            self.show_anew(self._view)

    def on_show(self) -> None:
        """Draw what was not drawn while the panel was hidden."""
        if self._view is not None:
            self.show_anew(self._view)

    def watch_show_vertical_scrollbar(self) -> None:
        """Draw for the width that a scrollbar leaves, or gives back."""
        self._redraw()

    def render_line(self, y: int) -> Strip:
        """One line of the panel as the terminal gets it."""
        at = y if y < self.fixed_rows else y + round(self.scroll_offset.y)
        row: Row = self._cells[at] if at < len(self._cells) else ()
        strip = Strip([Segment(text, self._source(key)) for text, key in row])
        return strip.adjust_cell_length(self._width, self._source(""))

    @property
    def colourless(self) -> bool:
        """True where the terminal has no colours to mix."""
        return self.app.no_color or self.colors[2].ansi is not None

    def _ground(self) -> tuple[Color, Color]:
        if not self.is_attached:
            return Color.parse("#121212"), Color.parse("#E4E4E4")
        _, _, background, foreground = self.colors
        return background, foreground

    def _set_border_text(self, title: str, note: str) -> None:
        if self._border_text != (title, note):
            self._border_text = (title, note)
            self.border_title, self.border_subtitle = Content(title), Content(note)

    def _redraw(self) -> None:
        size = self.scrollable_content_region.size
        if self._view is None or not size.width or not size.height:
            return
        self._width = size.width
        before, self._cells = self._cells, self.draw(self._view, size.width, size.height)
        self.virtual_size = Size(size.width, len(self._cells))
        if len(before) != len(self._cells):
            self.refresh()
            return
        top = round(self.scroll_offset.y)
        rows = enumerate(zip(before, self._cells, strict=True))
        # Asked for together, since each asking costs as much as drawing a row.
        if changed := [Region(0, y - top, size.width, 1) for y, (old, new) in rows if old != new]:
            self.refresh(*changed)


class Panel(PanelOf[View]):
    """A panel that draws a run."""

    def parts(self, view: View) -> object:
        """Everything but whether the frame is frozen, which the first line shows."""
        return replace(view, frozen=False, behind=0.0), view.keys

    def look(self, view: View) -> object:
        """The view without the run's results: the part that panels of few results add to them."""
        return replace(view, snapshot=NOTHING, notes=(), frozen=False, behind=0.0), view.keys, view.is_open


TIED = re.compile(r"(?<=\d) (?=\d{3}(?!\d)|%|(?:µs|ms|s|min|h|B|kB|MB|GB|req/s)(?!\w))")
TIE = "\N{NO-BREAK SPACE}"


def wrapped(text: str, width: int, most: int | None = None) -> list[str]:
    """The text in lines of at most `width` cells, or of 8 where that is less; cut with an ellipsis after `most`."""
    tied = TIED.sub(TIE, text)
    lines = textwrap.wrap(tied, max(width, 8), break_on_hyphens=False, max_lines=most, placeholder=" …")
    return [line.replace(TIE, " ") for line in lines]


def reveal_rows(panel: PanelOf[Any], first: int, last: int) -> None:
    """Scroll just enough to show the rows from `first` to `last`, counted below the fixed ones, or, where they do not
    all fit, from the first on.
    """
    room = panel.scrollable_content_region.height - panel.fixed_rows
    at = round(panel.scroll_offset.y)
    if first < at or last - first >= room:
        panel.scroll_to(y=first, animate=False)
    elif last >= at + room:
        panel.scroll_to(y=last - room + 1, animate=False)


def letter_cells(letter: str, *, chosen: bool) -> Row:
    """A contender's letter in four cells, with an arrow and a badge if the contender is chosen."""
    if chosen:
        return (("▸", "strong"), (f"{letter} ", f"{letter} badge"), (" ", ""))
    return ((f" {letter:<3}", f"{letter} bold"),)


def hanging(start: Row, lines: Sequence[str], key: str = "") -> list[Row]:
    """Rows of text lines, at least one: the first after `start`, the others indented by its width."""
    first, *rest = lines or [""]
    indent = (" " * row_width(start), "")
    return [(*start, (first, key)), *((indent, (line, key)) for line in rest)]


FLAG_FOR_SETTLING = re.compile(r"\(--schedule interleaved[^)]*\)")


def by_key(text: str, keys: Mapping[str, str]) -> str:
    """The sentence with a screen's key that settles an order in place of the command's flag."""
    if "settle" not in keys:
        return text
    return FLAG_FOR_SETTLING.sub(lambda _: f"(key {keys['settle']})", text)


def has_failed(contender: ContenderView) -> bool:
    """True if any of its requests failed."""
    return bool(contender.requests.error + contender.requests.timeout)


def until_any(contenders: Iterable[ContenderView], usual: str, *, over: bool) -> str:
    """The text of an empty chart of latencies: that no request succeeded, where any failed, else the usual one."""
    if not any(map(has_failed, contenders)):
        return usual
    return "no request succeeded" if over else "no request has succeeded yet"


def up_and_down(keys: Mapping[str, str]) -> str:
    """The keys that choose another contender."""
    return f"{keys['point(-1)']} {keys['point(1)']}"
