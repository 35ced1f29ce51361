"""The ranking so far, or at the end: a bar for each ratio to the leader, zero-based."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from httptui.ranking import rank_text
from httptui.snapshot import ContenderView, Rank, Snapshot
from httptui.units import format_percent, format_rate, format_ratio
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.bars import bar
from tui.plots.cells import Cells, Row, fit, hint, left, right

SMALLEST_BAR, LARGEST_BAR = 8, 60


def draw_ranking(view: View, width: int, height: int = 1) -> Cells:
    """A row for every ranked contender, then one for each that did not finish."""
    snapshot = view.snapshot
    if not snapshot.ranking and not _did_not_finish(snapshot):
        return hint(
            "press r to run" if view.status == "idle" else "no contender is ranked yet", width, height
        )
    labels = {c.id: c.label for c in snapshot.contenders}
    places = _longest(rank_text(r) for r in snapshot.ranking)
    percents = _longest(format_percent(r.ratio) for r in snapshot.ranking)
    intervals = _longest(_interval(r) for r in snapshot.ranking)
    rate = _longest(format_rate(r.req_per_s) for r in snapshot.ranking) + 2
    room = width - (1 + places + 2 + 2 + 2 + 1 + percents + intervals + 1)
    label = max(min(_longest(labels.values()), room - SMALLEST_BAR), 0)
    length = min(room - label, LARGEST_BAR)
    if length - rate < 2 * SMALLEST_BAR:
        rate = 0
    rows: list[Row] = [
        (
            (f" {right(rank_text(r), places)}  ", "strong" if r.rank_low == 1 else ""),
            (f"{r.id} ", f"{r.id} bold"),
            (left(labels.get(r.id, ""), label) + "  ", ""),
            (bar(r.ratio, length - rate) + " ", r.id),
            (right(format_percent(r.ratio), percents), "strong"),
            (left(_interval(r), intervals), "dim"),
            (right(format_rate(r.req_per_s), rate), ""),
        )
        for r in snapshot.ranking
    ]
    rows += [_unranked(c, places, width) for c in _did_not_finish(snapshot)]
    return tuple(fit(row, width) for row in rows)


def _longest(texts: Iterable[str]) -> int:
    return max((cell_len(text) for text in texts), default=0)


def _interval(rank: Rank) -> str:
    """The ratio's interval alone, with a blank before it."""
    return format_ratio(rank.ratio, rank.ratio_low, rank.ratio_high).removeprefix(format_percent(rank.ratio))


def _did_not_finish(snapshot: Snapshot) -> list[ContenderView]:
    ranked = {r.id for r in snapshot.ranking}
    return [c for c in snapshot.contenders if c.state == "dnf" and c.id not in ranked]


def _unranked(contender: ContenderView, places: int, width: int) -> Row:
    return fit(
        (
            (f" {right('–', places)}  ", "dim"),
            (f"{contender.id} ", f"{contender.id} bold"),
            (f"{contender.label}  ", "dim"),
            ("did not finish", "bad"),
        ),
        width,
    )


class RankingPanel(Panel):
    """The ranking."""

    def title(self, view: View) -> str:
        snapshot = view.snapshot
        if view.status == "idle":
            return "Ranking"
        if view.status == "done":
            return "Ranking · final"
        if view.status == "stopped":
            return "Ranking · partial"
        block = f", block {snapshot.block} of {snapshot.blocks}" if snapshot.blocks > 1 else ""
        return f"Ranking · provisional{block}"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_ranking(view, width, height)
