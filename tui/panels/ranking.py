"""The rankings so far, or at the end, by req/s and by CPU per request: a bar for each ratio, zero-based.

Both stand one below the other where there is room; else one of them, and the other at a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.events import MouseMove
from textual.geometry import Size
from textual.widget import Widget

from httptui.results.judge.ranking import rank_text
from httptui.results.snapshot import ContenderView, CpuRank, Rank, Snapshot
from httptui.tui.panels.panel import Panel, by_key
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, bar, fit, hint, left, right
from httptui.units import format_percent, format_rate, format_ratio, format_times, format_us, plural

SMALLEST_BAR, LARGEST_BAR = 6, 60
RATES, COSTS = "req/s", "CPU per request"
BORDER = 2
MEANING = (
    "Place, contender, and its figure as a part of the leader’s, with the interval in which that lies 19 times of "
    "20. Contenders that the data cannot part share a place."
)


class Place(NamedTuple):
    """One contender's line: place, letter, the part of the longest bar, ratio, interval and figure in words."""

    rank: str
    id: str
    part: float
    ratio: str
    interval: str
    figure: str


class Standing(NamedTuple):
    """One ranking: its figure, and its places, the best first."""

    by: str
    places: tuple[Place, ...]


def standings(view: View) -> tuple[Standing, ...]:
    """The rankings that have any place, the one that leads first: req/s, unless all shared a full machine."""
    snapshot = view.snapshot
    both = (
        Standing(RATES, tuple(_by_rate(place) for place in snapshot.ranking)),
        Standing(COSTS, _by_cost(snapshot.cpu_ranking)),
    )
    known = tuple(standing for standing in both if standing.places)
    return known[::-1] if view.is_shared != view.swapped else known


def shown_standings(view: View, height: int) -> tuple[Standing, ...]:
    """All rankings where so many rows hold them with a heading each, else the leading one."""
    every = standings(view)
    rows = sum(len(standing.places) + 1 for standing in every) + len(_did_not_finish(view.snapshot))
    return every if len(every) > 1 and rows <= height else every[:1]


def draw_ranking(view: View, width: int, height: int = 1, most: int = 1) -> Cells:
    """A row for every ranked contender, then one for each that did not finish; there are `height` rows for it,
    which can become `most`.
    """
    snapshot = view.snapshot
    if view.status == "invalid":
        return hint("no ranking: the run is invalid", width, height)
    shown = shown_standings(view, max(height, most))
    if not shown and not _did_not_finish(snapshot):
        return hint("no contender is ranked yet", width, height)
    labels = {c.id: c.label for c in snapshot.contenders}
    places = [place for standing in shown for place in standing.places]
    layout = _layout(places, labels, width)
    rows: list[Row] = []
    for standing in shown:
        if len(shown) > 1:
            rows.append(((f" {standing.by}", "axis"),))
        rows += [_row(place, labels, layout) for place in standing.places]
    rows += [_unranked(c, layout.rank) for c in _did_not_finish(snapshot)]
    return tuple(fit(row, width) for row in rows)


class _Layout(NamedTuple):
    """Cells for each part of a line."""

    rank: int
    label: int
    bar: int
    ratio: int
    interval: int
    figure: int


def _layout(places: Sequence[Place], labels: dict[str, str], width: int) -> _Layout:
    rank, ratio = _longest(p.rank for p in places), _longest(p.ratio for p in places)
    interval, figure = _longest(p.interval for p in places), _longest(p.figure for p in places) + 2
    room = width - (1 + rank + 2 + 2 + 2 + 1 + ratio + interval + 1)
    label = max(min(_longest(labels.values()), room - SMALLEST_BAR), 0)
    length = min(room - label, LARGEST_BAR)
    if length - figure < SMALLEST_BAR:
        figure = 0
    return _Layout(rank, label, length - figure, ratio, interval, figure)


def _row(place: Place, labels: dict[str, str], to: _Layout) -> Row:
    return (
        (f" {right(place.rank, to.rank)}  ", "strong" if place.rank == "1" else ""),
        (f"{place.id} ", f"{place.id} bold"),
        (left(labels.get(place.id, ""), to.label) + "  ", ""),
        (bar(place.part, to.bar) + " ", place.id),
        (right(place.ratio, to.ratio), "strong"),
        (left(place.interval, to.interval), "dim"),
        (right(place.figure, to.figure), ""),
    )


def _by_rate(place: Rank) -> Place:
    percent = format_percent(place.ratio)
    interval = format_ratio(place.ratio, place.ratio_low, place.ratio_high).removeprefix(percent)
    return Place(rank_text(place), place.id, place.ratio, percent, interval, format_rate(place.req_per_s))


def _by_cost(ranking: Sequence[CpuRank]) -> tuple[Place, ...]:
    """The cheapest first; the longest bar is the dearest's."""
    most = max((place.ratio for place in ranking), default=1.0)
    return tuple(
        Place(
            rank_text(place),
            place.id,
            place.ratio / most,
            _times(place.ratio),
            _times(place.ratio, place.ratio_low, place.ratio_high).removeprefix(_times(place.ratio)),
            format_us(place.cpu_us_per_request),
        )
        for place in ranking
    )


def _times(ratio: float, low: float | None = None, high: float | None = None) -> str:
    return format_times(ratio, low, high).replace(" times", "×")


def _longest(texts: Iterable[str]) -> int:
    return max((cell_len(text) for text in texts), default=0)


def _did_not_finish(snapshot: Snapshot) -> list[ContenderView]:
    ranked = {r.id for r in snapshot.ranking}
    return [c for c in snapshot.contenders if c.state == "dnf" and c.id not in ranked]


def _unranked(contender: ContenderView, places: int) -> Row:
    return (
        (f" {right('–', places)}  ", "dim"),
        (f"{contender.id} ", f"{contender.id} bold"),
        (f"{contender.label}  ", "dim"),
        ("did not finish", "bad"),
    )


def ranking_title(view: View, width: int, height: int) -> str:
    """The state of the ranking, and its figure where so many rows hold only one.  A full shared machine is named if
    there is room; the flags name it too.
    """
    snapshot = view.snapshot
    if view.status == "idle":
        return "Ranking"
    shown = shown_standings(view, height)
    name = f"Ranking by {shown[0].by}" if len(shown) == 1 else "Ranking"
    block = f", block {snapshot.block} of {snapshot.blocks}" if snapshot.blocks > 1 else ""
    far = {"done": "final", "stopped": "partial", "invalid": "none"}.get(view.status, f"provisional{block}")
    title, shared = f"{name} · {far}", " (all ran at the same time)"
    return title + shared if view.is_shared and len(title + shared) <= width - BORDER else title


def ranking_note(view: View, width: int, height: int) -> str:
    """The flags, by name where there is room, and the key to the ranking that is not shown."""
    flags, every = view.snapshot.flags, standings(view)
    key = (
        f"{view.keys['swap']}: by {every[1].by}"
        if len(every) > 1 and len(shown_standings(view, height)) == 1
        else ""
    )
    count = f"▲ {plural(len(flags), 'flag')}" if flags else ""
    names = f"{count}: {', '.join(flag.kind for flag in flags)}" if flags else ""
    full = " · ".join(part for part in (names, key) if part)
    return full if len(full) <= width - BORDER else " · ".join(part for part in (count, key) if part)


def flags_told(view: View) -> str:
    """Every flag in its sentence, on lines of their own."""
    return "\n".join(f"▲ {by_key(flag.sentence, view.keys)}" for flag in view.snapshot.flags)


class RankingPanel(Panel):
    """The rankings."""

    def on_mouse_move(self, event: MouseMove) -> None:
        """Explain a line, or, over the lower border, the flags."""
        on_border = event.y == self.outer_size.height - 1
        told = flags_told(self._view) if on_border and self._view is not None else ""
        self.tooltip = Text(told or MEANING)

    def parts(self, view: View) -> object:
        """The rankings and their flags, which stay the same within a block."""
        run = view.snapshot
        names = tuple((contender.id, contender.label, contender.state) for contender in run.contenders)
        told = run.ranking, run.cpu_ranking, run.flags, run.block, run.blocks, names
        return told, view.status, view.swapped, view.keys

    def title(self, view: View) -> str:
        return ranking_title(view, self.scrollable_content_region.width, self._most_rows())

    def note(self, view: View) -> str:
        return ranking_note(view, self.scrollable_content_region.width, self._most_rows())

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_ranking(view, width, height, self._most_rows())

    def _most_rows(self) -> int:
        """Rows it has, or could have, by the style sheet's bounds."""
        rows = self.scrollable_content_region.height
        above = self.parent
        if self.is_maximized or not isinstance(above, Widget):
            return rows
        room = above.size
        if above.styles.is_auto_height and (bound := above.styles.max_height) is not None:
            room = Size(room.width, int(bound.resolve(self.screen.size, self.app.size)))
        own = self.styles.max_height
        most = room.height if own is None else int(own.resolve(room, self.app.size))
        return max(rows, most - BORDER)
