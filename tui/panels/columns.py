"""The columns of the table of contenders: their figures, the usual ones, their order of removal, and sorting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from httptui.figures import FIGURES, Better, Figure, arranged
from httptui.results.snapshot import ContenderView
from httptui.units import UNKNOWN

Value = float | str | None


class Column(NamedTuple):
    """One column: name, width, a contender's value to sort by and in words, which end is the better one, meaning, and
    the title under an open load.
    """

    name: str
    width: int
    value: Callable[[ContenderView], Value]
    text: Callable[[ContenderView], str]
    better: Better
    help: str
    title_if_open: str
    alarming: bool = False

    def title(self, *, is_open: bool) -> str:
        """The heading; under an open load, it distinguishes service times from response times."""
        return self.title_if_open if is_open else self.name


def _of_figure(figure: Figure) -> Column:
    def text(view: ContenderView) -> str:
        return figure.marked(view, figure.now(view)).replace("> ", ">")

    title = figure.headed(is_open=True)
    return Column(
        figure.heading,
        figure.width,
        figure.now,
        text,
        figure.better,
        figure.help,
        title,
        alarming=figure.alarming,
    )


def _of_words(
    name: str, width: int, value: Callable[[ContenderView], str | None], better: Better, help: str
) -> Column:
    return Column(name, width, value, lambda view: value(view) or UNKNOWN, better, help, name)


def _limit(view: ContenderView) -> str | None:
    return None if view.limiter is None else view.limiter.kind


FROM_THE_LEFT = (
    "req_per_s",
    "live",
    "ok",
    "in_flight",
    "offered_per_s",
    "response_p50",
    "response_p90",
    "response_p99",
    "response_max",
    "p50",
    "p90",
    "p99",
    "p99.9",
    "max",
    "mean",
    "late_p99",
    "dropped",
    "cpu",
    "cpu_share",
    "loop_lag",
    "connections",
    "connections_per_request",
    "lookups",
    "lookups_per_request",
    "bytes_per_s",
    "timeouts",
    "failures",
    "retried",
)
"""Figures by their names; others come after these."""

OF_WORDS = (
    _of_words("HTTP", 5, lambda view: view.http_version, "high", "the version that was spoken"),
    _of_words("state", 9, lambda view: view.state, "low", "what it is doing"),
    _of_words("limited by", 18, _limit, "low", "what keeps it from going faster"),
)
COLUMNS = (
    *(_of_figure(figure) for figure in arranged(FIGURES, FROM_THE_LEFT) if figure.column),
    *OF_WORDS,
)
"""Every column there is, from the left."""

BY_NAME = {column.name: column for column in COLUMNS}
WORDS = tuple(column.name for column in OF_WORDS)

CLOSED = ("req/s", "p50", "p99", "errors", "CPU/req", "limited by", "conns/req", "max", "ok", "p90")
OPEN = (
    *(
        "req/s",
        "resp p50",
        "resp p99",
        "dropped",
        "offered/s",
        "errors",
        "CPU/req",
        "p99",
        "late p99",
        "limited by",
        "p50",
    ),
    "conns/req",
)
"""The usual columns; where there is little room, the last ones are left out first."""


class Picked(NamedTuple):
    """The user's changes to the usual columns, under any kind of load."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    @classmethod
    def exactly(cls, names: Iterable[str]) -> Picked:
        """Exactly the columns of some names, under any kind of load; the usual ones if there is no name."""
        wanted = frozenset(names)
        return cls(wanted, frozenset((*CLOSED, *OPEN)) - wanted) if wanted else AS_USUAL

    def names(self, *, is_open: bool) -> tuple[str, ...]:
        """The columns that may be shown, from the left."""
        wanted = {*usual(is_open=is_open), *self.added} - self.removed
        return tuple(column.name for column in COLUMNS if column.name in wanted)

    def toggled(self, name: str, *, is_open: bool) -> Picked:
        """With a column where there was none, or without it; the last one stays."""
        names = self.names(is_open=is_open)
        if names == (name,):
            return self
        if name in names:
            return Picked(self.added - {name}, self.removed | ({name} & {*CLOSED, *OPEN}))
        return Picked(self.added | ({name} - {*usual(is_open=is_open)}), self.removed - {name})


AS_USUAL = Picked()


def usual(*, is_open: bool) -> tuple[str, ...]:
    """The names of the usual columns."""
    return OPEN if is_open else CLOSED


def ranked(picked: Iterable[str], sorted_by: str | None = None, *, is_open: bool) -> list[Column]:
    """The columns of some names, the most wanted first: the one sorted by, those that the user added, then the usual
    ones in their order.
    """
    order = usual(is_open=is_open)

    def turn(column: Column) -> tuple[int, int]:
        if column.name == sorted_by:
            return 0, 0
        return (2, order.index(column.name)) if column.name in order else (1, COLUMNS.index(column))

    names = set(picked)
    return sorted((column for column in COLUMNS if column.name in names), key=turn)


def fitting_columns(ranking: list[Column], room: int, gap: int) -> tuple[Column, ...]:
    """The columns that fit into so many cells, each after a gap, in their place; none where the first does not."""
    kept: list[Column] = []
    for column in ranking:
        if room >= column.width + gap:
            room -= column.width + gap
            kept.append(column)
    return tuple(column for column in COLUMNS if column in kept) if ranking[:1] == kept[:1] else ()


RISING, FALLING = "▲", "▼"


class Sorting(NamedTuple):
    """An order by the column of a name, the best first, or by letter if it is None; or the reverse."""

    name: str | None = None
    reverse: bool = False


BY_LETTER = Sorting()


def ordered(contenders: Sequence[ContenderView], sorting: Sorting) -> tuple[ContenderView, ...]:
    """The contenders in their order; equals keep theirs, and those without a figure come last, even reversed."""
    if sorting.name is None:
        return tuple(contenders[::-1] if sorting.reverse else contenders)
    column = BY_NAME[sorting.name]
    values = [(view, _value(view, column)) for view in contenders]
    known = [(view, value) for view, value in values if value is not None]
    known.sort(key=lambda pair: pair[1], reverse=_is_falling(sorting))
    return (*(view for view, _ in known), *(view for view, value in values if value is None))


def _value(view: ContenderView, column: Column) -> Any:
    """The value to sort by; a contender that did not finish has none."""
    return None if view.state == "dnf" else column.value(view)


def _is_falling(sorting: Sorting) -> bool:
    best = BY_NAME[sorting.name].better if sorting.name else "low"
    return (best == "high") != sorting.reverse


def marker(sorting: Sorting, name: str | None) -> str:
    """The sign at the heading of a column (None: at the letters), and none where the table is not sorted by it, or
    stands as it always does.
    """
    if name != sorting.name or sorting == BY_LETTER:
        return ""
    return FALLING if _is_falling(sorting) else RISING


def next_sorting(sorting: Sorting, names: Sequence[str]) -> Sorting:
    """An order by the next of some columns, from the left, and after the last by letter again."""
    after = names.index(sorting.name) + 1 if sorting.name in names else 0
    return Sorting(names[after]) if after < len(names) else BY_LETTER


def sorted_by(sorting: Sorting, name: str | None) -> Sorting:
    """An order by a column; reversed if it is that already."""
    return sorting._replace(reverse=not sorting.reverse) if name == sorting.name else Sorting(name)
