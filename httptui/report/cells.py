"""Contents that the written forms of a report share: order, names, columns of figures, calls from inside an app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from httptui.figures import BY_NAME, FIGURES, LATENCIES, RESPONSE, Figure, Shown, arranged
from httptui.plan.model import Load, seconds_of
from httptui.plan.model import describe_load as describe
from httptui.plan.urls import describe_recorded
from httptui.results.report import Recorded, Report, ReportContender
from httptui.results.snapshot import Labelled
from httptui.safe_text import safe_text
from httptui.units import format_count, format_ms

LONGEST = 1_000


def in_order(report: Report) -> list[ReportContender]:
    """Return the contenders, best first, and those without a rank last."""
    by_id = {contender.id: contender for contender in report.contenders}
    ranked = [by_id.pop(place.id) for place in report.ranking if place.id in by_id]
    return [*ranked, *by_id.values()]


def request_of(report: Recorded) -> str:
    """Method and URL: "GET http://127.0.0.1:8099/"."""
    return safe_text(describe_recorded(_table(report.plan, "target")), LONGEST)


def load_of(report: Report) -> str:
    """Load and schedule in a few words; empty where the plan is not one of ours."""
    load = _load(report)
    schedule = _table(report.plan, "schedule").get("kind", "concurrent")
    return "" if load is None else safe_text(f"{describe(load)} · {schedule}")


def name_of(report: Recorded) -> str:
    """The plan's name, or "run"."""
    return safe_text(str(report.plan.get("name") or "run"))


def id_of(contender: Labelled) -> str:
    """The letter; no more than a few characters of whatever a foreign report calls it."""
    return safe_text(contender.id, 4)


def label_of(contender: Labelled) -> str:
    """The label, safe to show."""
    return safe_text(contender.label)


def round_seconds(report: Report, contender: ReportContender) -> tuple[float, ...]:
    """Seconds of each round, where a number of requests bounds it; empty where time does."""
    load = _load(report)
    if load is None or seconds_of(load) is not None:
        return ()
    rounds: dict[int, float] = {}
    for piece in contender.slices:
        rounds[piece.block] = rounds.get(piece.block, 0.0) + piece.seconds
    return tuple(rounds[block] for block in sorted(rounds))


FROM_THE_LEFT = (
    "offered_per_s",
    "req_per_s",
    *(f"{RESPONSE}{part}" for part in LATENCIES),
    *LATENCIES,
    "cpu",
    "connections_per_request",
    "lookups_per_request",
    "ok",
    "dropped",
    "failures",
    "retried",
)
"""Figures by their names, as documents have them in a row; others come after these."""


class FigureColumn(NamedTuple):
    """A figure's column of a table: its title, the same in two parts where several columns stand below one `group`
    ("response time"; "p99"), its place, and a cell for each contender, best first.
    """

    figure: Figure
    title: str
    group: str
    heading: str
    place: Shown
    cells: tuple[str, ...]


def columns_of(report: Report) -> Iterator[FigureColumn]:
    """The figures of a run's contenders, from the left: what every document has in its table of results."""
    contenders, opened = in_order(report), is_open(report)
    for figure in arranged(FIGURES, FROM_THE_LEFT):
        place = figure.opened if opened else figure.closed
        if place is None or (place.if_any and not any(figure.of(one) for one in contenders)):
            continue
        title, group = figure.titled(is_open=opened), group_of(figure, opened=opened)
        cells = tuple(figure.text(one) for one in contenders)
        yield FigureColumn(figure, title, group, figure.part or title, place, cells)


def group_of(figure: Figure, *, opened: bool) -> str:
    """Return the heading above several columns of times; "" for other figures."""
    if figure.is_response:
        return "response time"
    if figure.is_service:
        return "service time" if opened else "latency"
    return ""


def failures_of(contender: ReportContender) -> int:
    """Errors and timeouts; what was dropped has a column of its own."""
    return contender.requests.error + contender.requests.timeout


def connections_of(contender: ReportContender) -> str:
    """Connections opened by each request, warm-up included: "0.00", "1.00"."""
    return BY_NAME["connections_per_request"].text(contender)


def lookups_of(contender: ReportContender) -> str:
    """Names looked up for each request, warm-up included: "0.00", "1.00"."""
    return BY_NAME["lookups_per_request"].text(contender)


def epochs_of(report: Report) -> int:
    """Count the epochs: how often the processes were started."""
    return len({piece.epoch for contender in report.contenders for piece in contender.slices})


def is_open(report: Report) -> bool:
    """Return whether requests came at a rate, so that they have response times and may be dropped."""
    return any(contender.response_ms is not None for contender in report.contenders)


def _load(report: Report) -> Load | None:
    try:
        return msgspec.convert(_table(report.plan, "load"), Load)
    except msgspec.ValidationError:
        return None


def _table(plan: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = plan.get(key)
    return value if isinstance(value, dict) else {}


INSIDE_TITLE = "Inside an app"
HEADINGS = ("upstream calls", "at the target", "connections", "upstream time", "lost in the app")
CAPTION = (
    "CPU/req is the app's; calls and connections are its client's, warm-up included. Upstream time is the mean of "
    "its calls, and lost in the app is what the route's mean latency has beyond it."
)


def upstream_rows(report: Report) -> list[tuple[ReportContender, tuple[str, ...]]]:
    """A row for each contender inside an app, best first: its cells below `HEADINGS`."""
    return [
        (
            contender,
            (
                format_count(told.calls),
                format_count(told.requests),
                format_count(told.connections),
                format_ms(told.mean_ms),
                format_ms(told.lost_ms),
            ),
        )
        for contender in in_order(report)
        if (told := contender.upstream) is not None
    ]
