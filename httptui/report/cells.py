"""Contents that the written forms of a report share: order, figures, notes, answers, plan, environment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from httptui.errors import PlanError
from httptui.figures import BY_NAME, CPU, FIGURES, LATENCIES, RESPONSE, Figure, Shown, arranged
from httptui.plan.io import decode_plan, plan_to_toml
from httptui.plan.model import Load, seconds_of
from httptui.plan.model import describe_load as describe
from httptui.plan.urls import describe_recorded
from httptui.results.report import Recorded, Report, ReportContender
from httptui.results.snapshot import FirstAnswer, Labelled
from httptui.safe_text import safe_text
from httptui.units import UNKNOWN, format_bytes, format_count, format_ms, listed

FEW_SAMPLES = "~ fewer than 30 requests were slower, so this percentile is rough"
LOWER_BOUND = "> a lower bound: requests timed out or were cut off, and would have taken longer"
OWN_CPU = (
    "~ CPU/req: of the CPU time more than a tenth was the tool's own, which was taken off as measured at rest"
)
NEVER_ANSWERED = "∞ lies among dropped requests, which were never sent"
MOST_ROUNDS = 20
LONGEST = 1_000

METHOD = (
    "Requests per second count successes only. CPU/req is the client process's own CPU time; conns/req counts "
    "connections opened, warm-up included. Ranks are apart where paired blocks settle them, falsely in at most one "
    "run of twenty. [Intervals] are 95 % ones of a ratio over those blocks (Hodges–Lehmann, exact signed-rank)."
)
ONE_START = "Intervals do not include differences between process starts."


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


def notes_on(contenders: Sequence[ReportContender]) -> list[str]:
    """Explain the marks at the figures, as far as there are any."""
    times = [time for one in contenders for time in (one.latency_ms, one.response_ms) if time is not None]
    notes = (
        [FEW_SAMPLES]
        if any(one.latency_ms is not None and BY_NAME["p99"].is_rough(one) for one in contenders)
        else []
    )
    if any(time.is_bound(name) and name not in time.never for time in times for name in LATENCIES):
        notes.append(LOWER_BOUND)
    if any(time.never for time in times):
        notes.append(NEVER_ANSWERED)
    if any(map(CPU.is_rough, contenders)):
        notes.append(OWN_CPU)
    return notes


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


def message_of(contender: ReportContender, kind: str) -> str:
    """The first message of a kind, or, for refusing answers, how many of which status."""
    if kind in contender.first_messages:
        return contender.first_messages[kind]
    if kind != "status":
        return ""
    refused = ((status, count) for status, count in contender.status.items() if status >= "400")
    return ", ".join(f"{status}: {format_count(count)}" for status, count in sorted(refused))


def method_of(report: Report) -> str:
    """Explain how figures and ranking were made, and what they leave out."""
    return METHOD if epochs_of(report) > 1 else f"{METHOD} {ONE_START}"


def plan_text(report: Recorded) -> tuple[str, str]:
    """Write the plan as a file that runs; return text and language: toml, or json if the plan is not one of ours."""
    try:
        return plan_to_toml(decode_plan(report.plan)), "toml"
    except PlanError:
        return json.dumps(report.plan, indent=2, ensure_ascii=False), "json"


def question_of(report: Recorded) -> str:
    """Return the first line of the plan's description; "" if it has none."""
    lines = str(report.plan.get("description") or "").strip().splitlines()
    return safe_text(lines[0], LONGEST) if lines else ""


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


ANSWERS_TITLE = "Answers"
SAID = "First unsuccessful answer of each status"
NO_HEADERS = "(this client gives no headers)"
NO_BODY = "(no body)"


def status_rows(report: Report) -> list[tuple[ReportContender, str, int]]:
    """Contender, status and count; nothing where every answer had the one status of success."""
    if not any(map(is_mixed, report.contenders)):
        return []
    return [
        (contender, safe_text(status, 10), count)
        for contender in in_order(report)
        for status, count in sorted(contender.status.items())
    ]


def is_mixed(contender: ReportContender) -> bool:
    """Return whether its answers were not all of one status of success."""
    return len(contender.status) > 1 or any(not status.startswith("2") for status in contender.status)


def status_counts(contender: ReportContender) -> list[str]:
    """Each of its statuses with how often it came: "200 × 1 000"."""
    return [
        f"{safe_text(status, 10)} × {format_count(count)}"
        for status, count in sorted(contender.status.items())
    ]


def first_answers(report: Report) -> list[tuple[str, FirstAnswer]]:
    """Return the first answers, by status, each with the letters of those that got it: "A, B and C"."""
    found: dict[tuple[str, str], tuple[list[str], FirstAnswer]] = {}
    for contender in report.contenders:
        for answer in contender.first_answers.values():
            letters, first = found.setdefault((answer.status, answer.body), ([], answer))
            letters.append(id_of(contender))
            if answer.headers and not first.headers:
                found[answer.status, answer.body] = letters, answer
    return [(listed(letters), answer) for _, (letters, answer) in sorted(found.items())]


def whole(answer: FirstAnswer) -> Iterator[str]:
    """Status, headers and the beginning of the body, line by line."""
    yield safe_text(answer.status, 10)
    for name, value in answer.headers:
        yield safe_text(f"{name}: {value}")
    if not answer.headers:
        yield NO_HEADERS
    yield ""
    yield safe_text(answer.body, 2_000) or NO_BODY


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


BYTES = "_bytes"


def environment_of(report: Recorded) -> Iterator[tuple[str, str, str]]:
    """Yield rows: the run, the machine or a contender; a property; its value."""
    yield "run", "started", report.started
    yield "run", "seconds", f"{report.seconds:.1f}"
    for key, value in report.environment.items():
        if key.endswith(BYTES) and isinstance(value, int):
            yield "machine", _name(key.removesuffix(BYTES)), format_bytes(value)
        else:
            yield "machine", _name(key), _told(value)
    for contender in report.contenders:
        if contender.versions:
            yield id_of(contender), "versions", _told(dict(sorted(contender.versions.items())))


def _told(value: object) -> str:
    """Format a value: a table as "name value" pairs, a list as its items, None as unknown."""
    if isinstance(value, dict):
        return " · ".join(f"{_name(name)} {_told(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_item, value)) if value else UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return UNKNOWN if value is None else str(value)


def _item(value: object) -> str:
    """Format one of several values; a table among them in brackets."""
    return f"({_told(value)})" if isinstance(value, dict) else _told(value)


def _name(key: object) -> str:
    return str(key).replace("_", " ")
