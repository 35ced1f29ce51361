"""The table of contenders: a row each, with as many columns as there is room for, and one that can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from httptui.snapshot import ContenderView, Requests
from httptui.units import UNKNOWN, format_count, format_ms, format_rate, format_us
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells, Row, Segment, fit, left, right

GAP = 2
LETTER_WIDTH = 4
SMALLEST_LABEL, LARGEST_LABEL = 16, 46
COUNTED_FAILURES = ("errors", "dropped")
STATES_SHOWN = ("starting", "ready", "warm-up", "waiting", "stopped")


def per_request(view: ContenderView) -> str:
    """Connections opened for each request sent, warm-up included."""
    sent = _answered(view.requests) + view.warmup_requests
    if view.connections_opened is None or not sent:
        return UNKNOWN
    return f"{view.connections_opened / sent:.2f}"


def _answered(requests: Requests) -> int:
    return requests.ok + requests.error + requests.timeout


def _failed(view: ContenderView) -> int:
    return view.requests.error + view.requests.timeout


def _latency(name: str) -> Callable[[ContenderView], str]:
    return lambda view: format_ms(getattr(view.latency_ms, name)) if view.latency_ms else UNKNOWN


def _response(name: str) -> Callable[[ContenderView], str]:
    return lambda view: format_ms(getattr(view.response_ms, name)) if view.response_ms else UNKNOWN


def _rate(view: ContenderView) -> str:
    return format_rate(view.req_per_s) if _answered(view.requests) else UNKNOWN


class Column(NamedTuple):
    """One column of figures; those of the highest `order` are the first to go where it is narrow."""

    title: str
    width: int
    order: int
    text: Callable[[ContenderView], str]


LIMIT = Column("limited by", 18, 5, lambda view: view.limiter.kind if view.limiter else "")
ERRORS = Column("errors", 7, 3, lambda view: format_count(_failed(view)))
COLUMNS = (
    Column("req/s", 9, 0, _rate),
    Column("ok", 9, 8, lambda view: format_count(view.requests.ok)),
    Column("p50", 8, 1, _latency("p50")),
    Column("p90", 8, 9, _latency("p90")),
    Column("p99", 8, 2, _latency("p99")),
    Column("max", 8, 7, _latency("max")),
    Column("CPU/req", 8, 4, lambda view: format_us(view.cpu_us_per_request)),
    Column("conns/req", 9, 6, per_request),
    ERRORS,
    LIMIT,
)
OPEN_COLUMNS = (
    Column("req/s", 9, 0, _rate),
    Column("resp p50", 8, 1, _response("p50")),
    Column("resp p99", 8, 2, _response("p99")),
    Column("serv p50", 8, 9, _latency("p50")),
    Column("serv p99", 8, 6, _latency("p99")),
    Column("late p99", 8, 7, lambda view: format_ms(view.late_p99_ms)),
    Column("dropped", 8, 3, lambda view: format_count(view.requests.dropped)),
    Column("CPU/req", 8, 5, lambda view: format_us(view.cpu_us_per_request)),
    Column("conns/req", 9, 10, per_request),
    ERRORS._replace(order=4),
    LIMIT._replace(order=8),
)
"""An open load's: response time, from when a request was due, beside service time, from when it was sent."""


def chosen_columns(every: Sequence[Column], width: int, label: int) -> tuple[Column, ...]:
    """The columns that fit beside a label of so many cells, in their place, the least telling left out."""
    room = width - LETTER_WIDTH - label - 1
    kept: list[Column] = []
    for column in sorted(every, key=lambda c: c.order):
        if room >= column.width + GAP:
            room -= column.width + GAP
            kept.append(column)
    return tuple(c for c in every if c in kept) if every[0] in kept else ()


def draw_contenders(view: View, width: int) -> Cells:
    """A heading and a row for every contender, each of exactly `width` cells."""
    contenders = view.snapshot.contenders
    longest = max((len(c.label) for c in contenders), default=0)
    every = OPEN_COLUMNS if view.is_open else COLUMNS
    columns = chosen_columns(every, width, min(max(longest, SMALLEST_LABEL), LARGEST_LABEL))
    if not columns:
        columns = chosen_columns(every, width, SMALLEST_LABEL)
    taken = sum(c.width + GAP for c in columns)
    label = max(min(width - LETTER_WIDTH - taken - 1, max(longest, SMALLEST_LABEL)), 0)
    gaps = _gaps(columns, width - LETTER_WIDTH - label - taken - 1)
    heading: Row = ((" " * LETTER_WIDTH + left("contender", label), "dim"), *_headings(columns, gaps))
    rows = [heading, *(_row(c, columns, gaps, label, chosen=c.id == view.chosen) for c in contenders)]
    return tuple(fit(row, width) for row in rows)


def _gaps(columns: tuple[Column, ...], spare: int) -> list[int]:
    """Spread what room is left, at most three cells more before each column."""
    share = min(max(spare, 0) // max(len(columns), 1), 3)
    return [GAP + share] * len(columns)


def _headings(columns: tuple[Column, ...], gaps: list[int]) -> Row:
    return tuple((" " * gap + _aligned(c, c.title), "dim") for c, gap in zip(columns, gaps, strict=True))


def _aligned(column: Column, text: str) -> str:
    return left(text, column.width) if column.title == LIMIT.title else right(text, column.width)


def _row(
    view: ContenderView, columns: tuple[Column, ...], gaps: list[int], label: int, *, chosen: bool
) -> Row:
    name = left(view.label, label)
    start: Row = ((f" {view.id:<3}", f"{view.id} bold"), (name, ""))
    if chosen:
        start = (("▸", "strong"), (f"{view.id} ", f"{view.id} badge"), (" ", ""), (name, "strong"))
    if view.state == "dnf":
        return (*start, (_first(columns, gaps, "dnf"), "bad bold"), ("  " + (view.cause or ""), "bad"))
    if view.state in ("starting", "ready") and not _answered(view.requests):
        return (*start, (_first(columns, gaps, view.state), "dim"))
    cells = [_cell(view, c, gap) for c, gap in zip(columns, gaps, strict=True)]
    return (*start, *cells)


def _first(columns: tuple[Column, ...], gaps: list[int], word: str) -> str:
    """A word in the place of the first figure."""
    return " " * gaps[0] + right(word, columns[0].width) if columns else f"  {word}"


def _cell(view: ContenderView, column: Column, gap: int) -> Segment:
    text = column.text(view)
    if column.title == LIMIT.title and not text:
        return (" " * gap + _aligned(column, view.state if view.state in STATES_SHOWN else ""), "dim")
    key = "dim" if text == UNKNOWN or column.title == LIMIT.title else ""
    if column.title == "req/s":
        key = "strong"
    if column.title in COUNTED_FAILURES:
        key = "dim" if text in ("0", UNKNOWN) else "bad bold"
    return (" " * gap + _aligned(column, text), key)


class Pointed(Message):
    """A row was clicked: the letter of its contender."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.letter = letter


class ContendersPanel(Panel):
    """The table; its heading stays when the rows scroll."""

    fixed_rows = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.point(-1)", show=False),
        Binding("down", "screen.point(1)", show=False),
    ]

    def title(self, view: View) -> str:
        name = view.snapshot.title
        return f"Contenders · {name}" if name else "Contenders"

    def note(self, view: View) -> str:
        """What more there is to see."""
        return "" if view.status == "idle" or view.chosen else "↑ ↓ or a click: more of one"

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_contenders(view, width)

    def on_click(self, event: Click) -> None:
        """Tell whose row it was."""
        at = event.get_content_offset(self)
        if self._view is None or at is None or at.y < self.fixed_rows:
            return
        row = at.y - self.fixed_rows + round(self.scroll_offset.y)
        contenders = self._view.snapshot.contenders
        if row < len(contenders):
            self.post_message(Pointed(contenders[row].id))

    def reveal(self, row: int) -> None:
        """Scroll a contender's row into view, below the heading."""
        at, room = round(self.scroll_offset.y), self.scrollable_content_region.height - self.fixed_rows
        if row < at:
            self.scroll_to(y=row, animate=False)
        elif row >= at + room:
            self.scroll_to(y=row - room + 1, animate=False)
