"""What a sweep's curves mean: where more in flight is of no use, where latency drowns a difference, what is best."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.sweeps.judging import Crossover, Scaling
from httptui.sweeps.tables import CROSSOVER_HEADINGS, SCALING_HEADINGS, crossover_cells, scaling_cells
from httptui.tui.panels.panel import PanelOf, wrapped
from httptui.tui.panels.sweep_view import SweepView, level_words
from httptui.tui.plots.cells import Cells, Row, Segment, fit, right

Table = Sequence[tuple[str, Sequence[str]]]
SMALLEST = 6


def draw_sweep_analysis(view: SweepView, width: int) -> Cells:
    """A row for each contender or pair, and what the columns mean; of a grid, where each contender is best."""
    analysis = view.snapshot.analysis
    if analysis.scaling:
        rows = _scaling_rows(view, analysis.scaling, width)
    elif analysis.crossovers:
        rows = _crossover_rows(view, analysis.crossovers, width)
    else:
        rows = _best_rows(view, width)
    return tuple(fit(row, width) for row in rows or [((" nothing to tell yet", "dim"),)])


def _scaling_rows(view: SweepView, scaling: Sequence[Scaling], width: int) -> list[Row]:
    highest = max(view.snapshot.axes[0].levels)
    table = [(one.contender, scaling_cells(one, highest)) for one in scaling]
    rows = _table(SCALING_HEADINGS, table, view, width)
    rows += _explained("95 % at: the fewest in flight for 95 % of the most req/s", width)
    rows += _explained("knee: those with a p99 of at most twice the lowest level's", width)[1:]
    rows += _explained(
        "N*: where the scalability law, with waiting α and keeping in step β, is highest", width
    )[1:]
    return rows


def _crossover_rows(view: SweepView, pairs: Sequence[Crossover], width: int) -> list[Row]:
    shown = [pair for pair in pairs if view.chosen in (None, pair.faster, pair.slower)] or list(pairs)
    table = [(f"{pair.faster} {pair.slower}", crossover_cells(pair)) for pair in shown]
    rows = _table(CROSSOVER_HEADINGS, table, view, width)
    if view.verdict is None or view.chosen is not None:
        first, *rest = wrapped(shown[0].sentence, width - 3) or [""]
        rows += [
            (),
            ((" ▌ ", "accent"), (first, "strong")),
            *((("   ", ""), (line, "strong")) for line in rest),
        ]
    within = f"{shown[0].found.delta * 100:g} %"
    rows += _explained(f"L*: the latency above which throughput is the same to within {within}", width)
    rows += _explained(
        "predicted: by a queue of all in flight before each client, from its CPU per request", width
    )[1:]
    return rows


def _best_rows(view: SweepView, width: int) -> list[Row]:
    """Where each contender is at its best, and what limits it there."""
    rows: list[Row] = []
    for one in view.snapshot.contenders:
        known = [
            (found.value, point)
            for point in view.points(one.id).values()
            if (found := view.figure.of(point)) is not None
        ]
        if one.cause is not None:
            rows.append((_letter(one.id, view), (f" {one.cause}", "bad")))
        elif known:
            best = view.figure.best([value for value, _ in known])
            point = next(point for value, point in known if value == best)
            where = level_words(view.snapshot.axes, point.levels)
            limit = f" · {point.limiter.kind}" if point.limiter and point.limiter.kind != "unknown" else ""
            rows.append(
                (
                    _letter(one.id, view),
                    (f" {view.figure.words(best)}", "strong"),
                    (f" at {where}", ""),
                    (limit, "dim"),
                )
            )
    return (
        rows + _explained(f"the best {view.figure.name} of each, and what limits it there", width)
        if rows
        else []
    )


def _table(titles: Sequence[str], table: Table, view: SweepView, width: int) -> list[Row]:
    """Letters at the left, as many columns as fit."""
    start = 1 + max(len(letters) for letters, _ in table)
    widths = [
        max(SMALLEST, len(title), *(len(cells[at]) for _, cells in table)) + 2
        for at, title in enumerate(titles)
    ]
    while widths and start + sum(widths) > width:
        widths.pop()
    rows: list[Row] = [
        (
            (" " * start, ""),
            *((right(title, room), "dim") for title, room in zip(titles, widths, strict=False)),
        )
    ]
    for letters, cells in table:
        names: list[Segment] = [(" ", "")]
        for at, letter in enumerate(letters.split()):
            names += [(" ", "")] if at else []
            names.append(_letter(letter, view))
        first = True
        shown: list[Segment] = []
        for text, room in zip(cells, widths, strict=False):
            shown.append((right(text, room), "strong" if first else ""))
            first = False
        rows.append((*names, *shown))
    return rows


def _letter(letter: str, view: SweepView) -> Segment:
    return (letter, f"{letter} {'badge' if letter == view.chosen else 'bold'}")


def _explained(text: str, width: int) -> list[Row]:
    lines = wrapped(text, width - 2)
    return [(), *(((f" {line}", "dim"),) for line in lines)]


class SweepAnalysisPanel(PanelOf[SweepView]):
    """The analysis so far."""

    def title(self, view: SweepView) -> str:
        return "Analysis" if view.status in ("done", "stopped", "invalid") else "Analysis · so far"

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return draw_sweep_analysis(view, width)
