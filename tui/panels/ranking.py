"""The ranking so far, or at the end: a bar for each ratio to the leader, zero-based."""

from __future__ import annotations

from httptui.snapshot import ContenderView, Rank, Snapshot
from httptui.units import format_rate, format_ratio
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.bars import bar
from tui.plots.cells import Cells, Row, fit, left, right

SMALLEST_BAR, LARGEST_BAR = 8, 60


def place(rank: Rank) -> str:
    """A rank as people write it: "1", or "2–3" where the data do not part two."""
    return str(rank.rank_low) if rank.rank_low == rank.rank_high else f"{rank.rank_low}–{rank.rank_high}"


def draw_ranking(view: View, width: int) -> Cells:
    """A row for every ranked contender, then one for each that did not finish."""
    snapshot = view.snapshot
    if not snapshot.ranking and not _did_not_finish(snapshot):
        hint = "press r to run" if view.status == "idle" else "no contender is ranked yet"
        return (fit(((f" {hint}", "dim"),), width),)
    labels = {c.id: c.label for c in snapshot.contenders}
    places = max((len(place(r)) for r in snapshot.ranking), default=1)
    ratios = {r.id: format_ratio(r.ratio, r.ratio_low, r.ratio_high) for r in snapshot.ranking}
    rates = {r.id: format_rate(r.req_per_s) for r in snapshot.ranking}
    figures = max((len(text) for text in ratios.values()), default=0)
    rate = max((len(text) for text in rates.values()), default=0)
    longest = max((len(label) for label in labels.values()), default=0)
    fixed = 1 + places + 2 + 2 + 2 + figures + 1
    label = max(min(longest, width - fixed - SMALLEST_BAR - 2), 0)
    length = min(width - fixed - label - 2, LARGEST_BAR)
    with_rate = length - rate - 2 >= SMALLEST_BAR * 2
    if with_rate:
        length -= rate + 2
    rows: list[Row] = [
        (
            (f" {right(place(r), places)}  ", "strong" if r.rank_low == 1 else ""),
            (f"{r.id} ", f"{r.id} bold"),
            (left(labels.get(r.id, ""), label) + "  ", ""),
            *(((right(rates[r.id], rate) + "  ", "strong"),) if with_rate else ()),
            (bar(r.ratio, length) + " ", r.id),
            (right(ratios[r.id].partition(" [")[0], figures) if figures < 7 else ratios[r.id], ""),
        )
        for r in snapshot.ranking
    ]
    rows += [_unranked(c, places, width) for c in _did_not_finish(snapshot)]
    return tuple(fit(row, width) for row in rows)


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

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_ranking(view, width)
