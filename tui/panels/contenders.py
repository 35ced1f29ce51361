"""The table of contenders: a row each, with as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from httptui.snapshot import ContenderView, Requests
from httptui.units import UNKNOWN, format_count, format_ms, format_rate, format_us
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells, Row, Segment, fit, left, right

GAP = 2
LETTER_WIDTH = 4
SMALLEST_LABEL, LARGEST_LABEL = 16, 46
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


def _rate(view: ContenderView) -> str:
    return format_rate(view.req_per_s) if _answered(view.requests) else UNKNOWN


class Column(NamedTuple):
    """One column of figures; those of the highest `order` are the first to go where it is narrow."""

    title: str
    width: int
    order: int
    text: Callable[[ContenderView], str]


COLUMNS = (
    Column("req/s", 9, 0, _rate),
    Column("ok", 9, 8, lambda view: format_count(view.requests.ok)),
    Column("p50", 8, 1, _latency("p50")),
    Column("p90", 8, 9, _latency("p90")),
    Column("p99", 8, 2, _latency("p99")),
    Column("max", 8, 7, _latency("max")),
    Column("CPU/req", 8, 4, lambda view: format_us(view.cpu_us_per_request)),
    Column("conns/req", 9, 6, per_request),
    Column("errors", 7, 3, lambda view: format_count(_failed(view))),
)
LIMIT = Column("limited by", 18, 5, lambda view: view.limiter.kind if view.limiter else "")


def chosen_columns(width: int, label: int) -> tuple[Column, ...]:
    """The columns that fit beside a label of so many cells, in their place, the least telling left out."""
    room = width - LETTER_WIDTH - label - 1
    kept: list[Column] = []
    for column in sorted((*COLUMNS, LIMIT), key=lambda c: c.order):
        if room >= column.width + GAP:
            room -= column.width + GAP
            kept.append(column)
    return tuple(c for c in (*COLUMNS, LIMIT) if c in kept) if COLUMNS[0] in kept else ()


def draw_contenders(view: View, width: int) -> Cells:
    """A heading and a row for every contender, each of exactly `width` cells."""
    contenders = view.snapshot.contenders
    longest = max((len(c.label) for c in contenders), default=0)
    columns = chosen_columns(width, min(max(longest, SMALLEST_LABEL), LARGEST_LABEL))
    if not columns:
        columns = chosen_columns(width, SMALLEST_LABEL)
    taken = sum(c.width + GAP for c in columns)
    label = max(min(width - LETTER_WIDTH - taken - 1, max(longest, SMALLEST_LABEL)), 0)
    gaps = _gaps(columns, width - LETTER_WIDTH - label - taken - 1)
    heading: Row = ((" " * LETTER_WIDTH + left("contender", label), "dim"), *_headings(columns, gaps))
    rows = [heading, *(_row(c, columns, gaps, label, width) for c in contenders)]
    return tuple(fit(row, width) for row in rows)


def _gaps(columns: tuple[Column, ...], spare: int) -> list[int]:
    """Spread what room is left, at most three cells more before each column."""
    share = min(max(spare, 0) // max(len(columns), 1), 3)
    return [GAP + share] * len(columns)


def _headings(columns: tuple[Column, ...], gaps: list[int]) -> Row:
    return tuple((" " * gap + _aligned(c, c.title), "dim") for c, gap in zip(columns, gaps, strict=True))


def _aligned(column: Column, text: str) -> str:
    return left(text, column.width) if column is LIMIT else right(text, column.width)


def _row(view: ContenderView, columns: tuple[Column, ...], gaps: list[int], label: int, width: int) -> Row:
    start: tuple[Segment, ...] = ((f" {view.id:<3}", f"{view.id} bold"), (left(view.label, label), ""))
    if view.state == "dnf":
        return (*start, (_first(columns, gaps, "dnf"), "bad bold"), ("  " + (view.cause or ""), "bad"))
    if view.state in ("starting", "ready") and not _answered(view.requests):
        return (*start, (_first(columns, gaps, view.state), "dim"))
    cells = [_cell(view, c, gap) for c, gap in zip(columns, gaps, strict=True)]
    return fit((*start, *cells), width)


def _first(columns: tuple[Column, ...], gaps: list[int], word: str) -> str:
    """A word in the place of the first figure."""
    return " " * gaps[0] + right(word, columns[0].width) if columns else f"  {word}"


def _cell(view: ContenderView, column: Column, gap: int) -> Segment:
    text = column.text(view)
    if column is LIMIT and not text:
        return (" " * gap + _aligned(column, view.state if view.state in STATES_SHOWN else ""), "dim")
    key = "dim" if text == UNKNOWN or column is LIMIT else ""
    if column.title == "req/s":
        key = "strong"
    if column.title == "errors":
        key = "bad bold" if _failed(view) else "dim"
    return (" " * gap + _aligned(column, text), key)


class ContendersPanel(Panel):
    """The table; its heading stays when the rows scroll."""

    fixed_rows = 1

    def title(self, view: View) -> str:
        name = view.snapshot.title
        return f"Contenders · {name}" if name else "Contenders"

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_contenders(view, width)
