"""Builds the document of a run: the verdict, what it rests on, what casts doubt on it, and how to run it once more.

On a terminal the verdict comes last, since the last lines are those that are seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from httptui.figures import BY_NAME, CPU, FIGURES, LATENCIES, REQ_PER_S, RESPONSE, Figure
from httptui.report import document as doc
from httptui.report.cells import (
    CAPTION,
    HEADINGS,
    INSIDE_TITLE,
    columns_of,
    connections_of,
    epochs_of,
    id_of,
    in_order,
    is_open,
    load_of,
    lookups_of,
    name_of,
    round_seconds,
    upstream_rows,
)
from httptui.report.charts import Measured, latency_chart, ratio_bars, throughput_chart
from httptui.results.judge.ranking import rank_text
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import CpuRank, FirstAnswer, Rank, is_shared
from httptui.safe_text import safe_text
from httptui.units import (
    UNKNOWN,
    format_bytes,
    format_count,
    format_rate,
    format_ratio,
    format_times,
    format_us,
    listed,
)

MANY = 5
"""From so many contenders, a printed page leaves long lists to the screen, so as to take two sheets as others do."""
LEFT_OUT = "On screen, this page also shows the plan, the events, and the details of each contender."
INCOMPLETE = "This run was not complete."
INCOMPLETE_PAGE = "This run was not complete: it was cut short, or saved while it was on."
LONGEST_SAID, LONGEST_IN_A_CELL = 400, 200
"""Characters of what an answer said, on a terminal and in a table; all that was kept of it is told below it."""
WRITTEN = doc.MARKDOWN | doc.HTML
FORMS = {1: doc.EVERY, 2: WRITTEN, 3: doc.HTML}
"""Renderers that have room for a figure, by its detail."""
MOST_ROUNDS = 20
FEW_SAMPLES = "~ fewer than 30 requests were slower, so this percentile is rough"
LOWER_BOUND = "> a lower bound: requests timed out or were cut off, and would have taken longer"
OWN_CPU = (
    "~ CPU/req: of the CPU time more than a tenth was the tool's own, which was taken off as measured at rest"
)
NEVER_ANSWERED = "∞ lies among dropped requests, which were never sent"
METHOD = (
    "Requests per second count successes only. CPU/req is the client process's own CPU time; conns/req counts "
    "connections opened, warm-up included. Ranks are apart where paired blocks settle them, falsely in at most one "
    "run of twenty. [Intervals] are 95 % ones of a ratio over those blocks (Hodges–Lehmann, exact signed-rank)."
)
ONE_START = "Intervals do not include differences between process starts."
Place = TypeVar("Place", Rank, CpuRank)


def run_document(report: Report) -> doc.Document:
    """Build the whole document."""
    contenders, many = in_order(report), len(report.contenders) >= MANY
    head = doc.head_of(report, "report", load_of(report))
    notes = _notes(report)
    verdict, outcomes = _verdict(report, len(notes.items)), _outcomes(report)
    incomplete = doc.Sentences(texts=() if report.complete else (INCOMPLETE,))
    rates, costs = _rates(report), _costs(report)
    alone = len(contenders) <= 1
    rankings = (costs, rates) if is_shared(report.flags) else (rates, costs)
    blocks: list[doc.Block] = [
        verdict.only(WRITTEN),
        incomplete.only(doc.MARKDOWN),
        notes.only(doc.MARKDOWN),
        head.only(doc.MARKDOWN),
        outcomes.only(WRITTEN),
        doc.Group(blocks=() if alone else rankings, look="rankings", forms=doc.HTML),
        _results(report, contenders),
        doc.Sentences(texts=list(_answered(report)), forms=doc.TEXT),
        _apps(report),
        rates.only(doc.TEXT),
        costs.only(doc.TEXT | doc.MARKDOWN),
        _rounds(report, contenders),
        _errors(contenders),
        _answers(report),
        *_charts(report),
        doc.Section(title=doc.NOTES_TITLE, blocks=(notes,), anchor="notes", forms=doc.HTML),
        _limits(contenders),
        _happened(report),
        _details(contenders),
        doc.background_of(
            report,
            doc.Section(
                title="How to read it",
                blocks=(doc.Sentences(texts=(_method(report),)),),
                folded=True,
                forms=doc.MARKDOWN,
            ),
        ),
        doc.Sentences(texts=(LEFT_OUT,) if many else (), look="note on-paper", forms=doc.HTML),
        verdict.only(doc.TEXT),
        outcomes.only(doc.TEXT),
        incomplete.only(doc.TEXT),
        notes.only(doc.TEXT),
    ]
    return doc.Document(
        title=name_of(report),
        head=head,
        blocks=blocks,
        footer=doc.footer_of(report),
        look="run many" if many else "run",
    )


def _verdict(report: Report, doubts: int) -> doc.Verdict:
    """The verdict, its first clause large."""
    sentence = report.verdict.sentence
    first, _semicolon, rest = sentence.partition("; ")
    # One alone can neither win nor be undecided.
    kind = report.verdict.kind
    shown = kind if len(report.contenders) > 1 or kind == "invalid" else None
    incomplete = "" if report.complete else INCOMPLETE_PAGE
    return doc.Verdict(
        sentence=sentence, large=(first,), rest=rest, kind=shown, incomplete=incomplete, doubts=doubts
    )


def _notes(report: Report) -> doc.Items:
    flags = [doc.Item(flag.sentence.removeprefix(f"{flag.kind}: "), flag.kind) for flag in report.flags]
    return doc.Items(items=[*flags, *(doc.Item(told, "warning") for told in report.warnings)], style="notes")


def _outcomes(report: Report) -> doc.Section:
    items = [
        doc.Item(
            result.sentence,
            result.outcome,
            "✓" if result.met else "✗" if result.decided else "?",
            "good" if result.met else "bad",
        )
        for result in report.expectations
    ]
    return doc.Section(title="Expectations", blocks=(doc.Items(items=items, style="outcomes"),))


def _rates(report: Report) -> doc.Section:
    """The ranking by requests per second, and on a terminal what limits each."""
    places, contenders = _placed(report, report.ranking)
    rates = [doc.Styled(format_rate(place.req_per_s), "strong") for place in places]
    ratios = [format_ratio(place.ratio, place.ratio_low, place.ratio_high) for place in places]
    limits = ["did not finish" if one.state == "dnf" else one.limiter.kind for one in contenders]
    columns = (
        *_places(places, contenders),
        doc.Column("of the leader", ratios, "left", point="%", words=False, forms=doc.TEXT | doc.HTML),
        doc.Column("req/s", rates, forms=doc.HTML),
        doc.Column("limited by", limits, "left", forms=doc.TEXT),
    )
    return doc.Section(
        title="Ranking by requests per second",
        blocks=(doc.Table(columns=columns, bare=True, look="ranking"),),
    )


def _costs(report: Report) -> doc.Section:
    """The ranking by CPU per request, where two or more are known."""
    places, contenders = _placed(report, report.cpu_ranking)
    costs = [format_us(place.cpu_us_per_request) for place in places]
    ratios = [format_times(place.ratio, place.ratio_low, place.ratio_high) for place in places]
    columns = (
        *_places(places, contenders),
        doc.Column("CPU/req", costs, point=" ", forms=doc.TEXT | doc.MARKDOWN),
        doc.Column("of the cheapest", ratios, forms=WRITTEN),
        doc.Column("CPU/req", [doc.Styled(cost, "strong") for cost in costs], forms=doc.HTML),
        # The cheapest is no multiple of itself.
        doc.Column("of the cheapest", ["", *ratios[1:]], "left", forms=doc.TEXT),
    )
    table = doc.Table(columns=columns, bare=True, look="ranking")
    return doc.Section(
        title="Ranking by CPU per request",
        markdown_title="CPU per request",
        text_title="by CPU per request",
        blocks=(table,) if len(places) > 1 else (),
    )


def _placed(report: Report, ranking: Sequence[Place]) -> tuple[list[Place], list[ReportContender]]:
    """The places of contenders that there are, and these."""
    by_id = {contender.id: contender for contender in report.contenders}
    places = [place for place in ranking if place.id in by_id]
    return places, [by_id[place.id] for place in places]


def _places(places: Sequence[Rank | CpuRank], contenders: Sequence[ReportContender]) -> Iterator[doc.Column]:
    """Rank and contender of each place, and a page's bar for the ratio."""
    yield doc.Column("rank", [rank_text(place) for place in places], "left", words=False)
    yield doc.contender_column(contenders)
    bars = ratio_bars(contenders, [(one.ratio, one.ratio_low, one.ratio_high) for one in places])
    yield doc.Column("", bars, "left", forms=doc.HTML)


def _results(report: Report, contenders: Sequence[ReportContender]) -> doc.Section:
    """A row for each contender, best first, and what its figures mean."""
    marks = _marks(contenders)
    lost = [f"{id_of(one)} did not finish: {one.cause}" for one in contenders if one.cause]
    return doc.Section(
        title="Results",
        blocks=(
            doc.Table(columns=list(_columns(report, contenders)), look="results"),
            doc.Sentences(texts=marks, forms=doc.TEXT),
            doc.Sentences(texts=[f"{mark}." for mark in marks], look="note", forms=WRITTEN),
            doc.Sentences(texts=(_method(report),), look="note", forms=doc.HTML),
            doc.Sentences(texts=lost, forms=doc.TEXT),
        ),
    )


def _marks(contenders: Sequence[ReportContender]) -> list[str]:
    """Explain the marks at the figures, as far as there are any."""
    times = [time for one in contenders for time in (one.latency_ms, one.response_ms) if time is not None]
    notes = []
    if any(one.latency_ms is not None and BY_NAME["p99"].is_rough(one) for one in contenders):
        notes.append(FEW_SAMPLES)
    if any(time.is_bound(name) and name not in time.never for time in times for name in LATENCIES):
        notes.append(LOWER_BOUND)
    if any(time.never for time in times):
        notes.append(NEVER_ANSWERED)
    if any(map(CPU.is_rough, contenders)):
        notes.append(OWN_CPU)
    return notes


def _method(report: Report) -> str:
    """Explain how figures and ranking were made, and what they leave out."""
    return METHOD if epochs_of(report) > 1 else f"{METHOD} {ONE_START}"


def _columns(report: Report, contenders: Sequence[ReportContender]) -> Iterator[doc.Column]:
    places = {place.id: place for place in report.ranking}
    found = [places.get(one.id) for one in contenders]
    ranks = [UNKNOWN if place is None else rank_text(place) for place in found]
    yield doc.Column("rank", ranks, "left", forms=doc.MARKDOWN)
    yield doc.contender_column(contenders)
    for column in columns_of(report):
        yield doc.Column(
            column.title,
            list(map(partial(_emphasized, column.figure), contenders, column.cells)),
            forms=FORMS[column.place.detail] - (doc.HTML if column.place.in_cards else frozenset()),
            keep=column.place.keep,
            group=column.group,
            under=column.heading,
        )
        if column.figure is REQ_PER_S:
            ratios = [
                UNKNOWN if place is None else format_ratio(place.ratio, place.ratio_low, place.ratio_high)
                for place in found
            ]
            yield doc.Column("of the leader", ratios, forms=doc.MARKDOWN)
    limits: list[doc.Cell] = [
        doc.Styled("did not finish", "bad") if one.state == "dnf" else one.limiter.kind for one in contenders
    ]
    yield doc.Column("limited by", limits, "left", short=True, forms=WRITTEN)
    rounds = [round_seconds(report, one) for one in contenders]
    if any(rounds):
        means = [f"{sum(each) / len(each):.2f}" if each else UNKNOWN for each in rounds]
        yield doc.Column("s/round", means, keep=2, forms=doc.TEXT)


def _emphasized(figure: Figure, one: ReportContender, words: str) -> doc.Cell:
    """A cell as a page has it: what contenders are ranked by, and what should not be."""
    if figure is REQ_PER_S:
        return doc.Styled(words, "strong")
    return doc.Styled(words, "bad" if figure.of(one) else "") if figure.alarming else words


def _answered(report: Report) -> Iterator[str]:
    """Count statuses, unless all was one success, and quote the first answer of each failure."""
    for contender in in_order(report):
        if _is_mixed(contender):
            yield f"{id_of(contender)} was answered {', '.join(_status_counts(contender))}"
    for letters, answer in _first_answers(report):
        yield safe_text(f"{letters} got {answer.told}", LONGEST_SAID)


def _is_mixed(contender: ReportContender) -> bool:
    """Return whether its answers were not all of one status of success."""
    return len(contender.status) > 1 or any(not status.startswith("2") for status in contender.status)


def _status_counts(contender: ReportContender) -> list[str]:
    """Each of its statuses with how often it came: "200 × 1 000"."""
    return [
        f"{safe_text(status, 10)} × {format_count(count)}"
        for status, count in sorted(contender.status.items())
    ]


def _first_answers(report: Report) -> list[tuple[str, FirstAnswer]]:
    """Return the first answers, by status, each with the letters of those that got it: "A, B and C"."""
    found: dict[tuple[str, str], tuple[list[str], FirstAnswer]] = {}
    for contender in report.contenders:
        for answer in contender.first_answers.values():
            letters, first = found.setdefault((answer.status, answer.body), ([], answer))
            letters.append(id_of(contender))
            if answer.headers and not first.headers:
                found[answer.status, answer.body] = letters, answer
    return [(listed(letters), answer) for _, (letters, answer) in sorted(found.items())]


def _apps(report: Report) -> doc.Section:
    """Tabulate what clients inside an app did upstream, if there are any."""
    rows = upstream_rows(report)
    contenders = [contender for contender, _ in rows]
    figures = [
        doc.Column(heading, [cells[at] for _, cells in rows], keep=1 if heading == "at the target" else 0)
        for at, heading in enumerate(HEADINGS)
    ]
    columns = (
        doc.contender_column(contenders, INSIDE_TITLE.lower(), doc.TEXT),
        doc.contender_column(contenders, forms=WRITTEN),
        *figures,
    )
    return doc.Section(title=INSIDE_TITLE, blocks=(doc.Table(columns=columns, caption=CAPTION),))


def _rounds(report: Report, contenders: Sequence[ReportContender]) -> doc.Section:
    """Seconds of each round and their mean, where requests bound the rounds."""
    seconds = [round_seconds(report, contender) for contender in contenders]
    count = max(map(len, seconds), default=0)
    numbered = [
        doc.Column(
            f"round {at + 1}, s",
            [f"{each[at]:.3f}" if at < len(each) else UNKNOWN for each in seconds],
            group="seconds of round",
            under=str(at + 1),
        )
        for at in range(count if count <= MOST_ROUNDS else 0)
    ]
    means = [doc.Styled(f"{sum(each) / len(each):.3f}" if each else UNKNOWN, "strong") for each in seconds]
    columns = (doc.contender_column(contenders), *numbered, doc.Column("mean, s", means, under="mean"))
    return doc.Section(
        title="Rounds", blocks=(doc.Table(columns=columns),) if count else (), folded=True, forms=WRITTEN
    )


def _errors(contenders: Sequence[ReportContender]) -> doc.Section:
    """Every kind of error of every contender, the commonest first, and why contenders did not finish."""
    rows = [
        (contender, kind, format_count(count), _first_message(contender, kind))
        for contender in contenders
        for kind, count in sorted(contender.errors.items(), key=lambda item: -item[1])
    ]
    rows += [(one, "did not finish", UNKNOWN, one.cause) for one in contenders if one.cause]
    columns = (
        doc.contender_column(contender for contender, *_ in rows),
        doc.Column("error", [kind for _, kind, _, _ in rows], "left", short=True),
        doc.Column("count", [count for _, _, count, _ in rows]),
        doc.Column("first message", [message for *_, message in rows], "left"),
    )
    return doc.Section(title="Errors", blocks=(doc.Table(columns=columns),), forms=WRITTEN)


def _first_message(contender: ReportContender, kind: str) -> str:
    """The first message of a kind, or, for refusing answers, how many of which status."""
    if kind in contender.first_messages:
        return contender.first_messages[kind]
    if kind != "status":
        return ""
    refused = ((status, count) for status, count in contender.status.items() if status >= "400")
    return ", ".join(f"{status}: {format_count(count)}" for status, count in sorted(refused))


def _answers(report: Report) -> doc.Section:
    """Tabulate statuses, unless all was one success, and show the first answer of each failure."""
    rows = _status_rows(report)
    columns = (
        doc.contender_column(contender for contender, _, _ in rows),
        doc.Column("status", [status for _, status, _ in rows], "left", short=True),
        doc.Column("count", [format_count(count) for _, _, count in rows]),
        doc.Column(
            "first answer",
            [_said(contender, status) for contender, status, _ in rows],
            "left",
            forms=doc.MARKDOWN,
        ),
    )
    kept = [
        doc.Verbatim(caption=letters, text="\n".join(_answer_lines(answer)))
        for letters, answer in _first_answers(report)
    ]
    return doc.Section(
        title="Answers",
        blocks=(
            doc.Table(columns=columns),
            doc.Section(title="First unsuccessful answer of each status", blocks=kept, folded=True),
        ),
        forms=WRITTEN,
    )


def _status_rows(report: Report) -> list[tuple[ReportContender, str, int]]:
    """Contender, status and count; nothing where every answer had the one status of success."""
    if not any(map(_is_mixed, report.contenders)):
        return []
    return [
        (contender, safe_text(status, 10), count)
        for contender in in_order(report)
        for status, count in sorted(contender.status.items())
    ]


def _answer_lines(answer: FirstAnswer) -> Iterator[str]:
    """Status, headers and the beginning of the body, line by line."""
    yield safe_text(answer.status, 10)
    for name, value in answer.headers:
        yield safe_text(f"{name}: {value}")
    if not answer.headers:
        yield "(this client gives no headers)"
    yield ""
    yield safe_text(answer.body, 2_000) or "(no body)"


def _said(contender: ReportContender, status: str) -> str:
    answer = contender.first_answers.get(status)
    told = "" if answer is None else answer.told.removeprefix(f"{status}: ")
    return safe_text(told, LONGEST_IN_A_CELL)


def _charts(report: Report) -> Iterator[doc.Section]:
    """Both charts, in the order of the letters, as on the screen."""
    changes = ", ".join(f"at {mark.seconds:.1f} s {mark.text}" for mark in report.changes)
    over_time = doc.Chart(
        draw=partial(throughput_chart, report.contenders, report.changes),
        caption="Successful requests per second, on one scale from zero.",
        legend=list(map(doc.named, report.contenders)),
        # The chart's lines tell only when.
        note=f"Changed by hand: {changes}." if changes else "",
    )
    yield _chart("Throughput over time", over_time)
    each = "On one logarithmic axis, each histogram to its own peak."
    service = [Measured(one, one.histogram, one.latency_ms) for one in report.contenders]
    if not is_open(report):
        yield _chart("Latency", doc.Chart(draw=partial(latency_chart, service), caption=each))
        return
    response = [
        Measured(one, one.response_histogram, one.response_ms)
        for one in report.contenders
        if one.response_histogram is not None
    ]
    due = f"From when a request was due to the end of its answer. {each}"
    yield _chart("Response time", doc.Chart(draw=partial(latency_chart, response), caption=due))
    sent = f"From sending a request to the end of its answer. {each}"
    yield _chart("Service time", doc.Chart(draw=partial(latency_chart, service), caption=sent))


def _chart(title: str, chart: doc.Chart, forms: doc.Forms = doc.HTML) -> doc.Section:
    return doc.Section(title=title, blocks=(chart,), forms=forms)


def _limits(contenders: Sequence[ReportContender]) -> doc.Section:
    items = [doc.Item(contender.limiter.sentence, doc.named(contender)) for contender in contenders]
    return doc.Section(
        title=doc.LIMITS_TITLE, blocks=(doc.Items(items=items, style="limits"),), folded=True, forms=WRITTEN
    )


def _happened(report: Report) -> doc.Section:
    moments = sorted(report.events, key=lambda event: event.seconds)
    items = [doc.Item(event.text, f"{event.seconds:.1f} s", ink=event.level) for event in moments]
    return doc.Section(
        title="Events",
        blocks=(doc.Items(items=items, style="events"),),
        look=doc.ON_SCREEN,
        forms=doc.HTML,
    )


def _details(contenders: Sequence[ReportContender]) -> doc.Section:
    cards = [doc.Facts(title=doc.named(contender), rows=list(_facts(contender))) for contender in contenders]
    return doc.Section(
        title="Contenders in detail",
        blocks=(doc.Group(blocks=cards, look="cards"),),
        look=doc.ON_SCREEN,
        forms=doc.HTML,
    )


def _facts(contender: ReportContender) -> Iterator[tuple[str, str | Sequence[str]]]:
    yield "engine", f"{contender.engine} · {contender.reuse}"
    yield "HTTP", _http(contender)
    yield "event loop", contender.loop or UNKNOWN
    yield "pool", UNKNOWN if contender.pool is None else format_count(contender.pool)
    yield "in flight", format_count(contender.concurrency)
    if contender.read != "bytes":
        yield "reads", contender.read
    yield "state", "did not finish" if contender.state == "dnf" else contender.state
    yield "requests", _counts(contender)
    yield "warm-up", format_count(contender.warmup_requests)
    yield "under load", f"{contender.seconds:.2f} s"
    yield "req/s", format_rate(contender.req_per_s)
    if contender.response_ms is None:
        yield "latency", _times(contender)
    else:
        yield "service time", _times(contender)
        yield "response time", _times(contender, RESPONSE)
    for figure in FIGURES:
        if figure.fact and figure.of(contender) is not None:
            yield figure.heading, figure.text(contender)
    yield "CPU/req", CPU.text(contender)
    yield "connections opened", _connections(contender)
    if contender.requests.retried:
        yield "retried", format_count(contender.requests.retried)
    if contender.dns_lookups:
        yield "lookups", f"{format_count(contender.dns_lookups)}, {lookups_of(contender)} a request"
    yield "body bytes", format_bytes(contender.bytes)
    yield "statuses", _status_counts(contender) or UNKNOWN
    yield "versions", _listed(contender.versions)


def _http(contender: ReportContender) -> str:
    asked, spoken = contender.http_requested, contender.http_version
    if spoken in (None, asked):
        return f"{asked} requested, unknown used" if spoken is None else asked
    return f"{spoken} used, {asked} requested"


def _connections(contender: ReportContender) -> str:
    if contender.connections_opened is None:
        return UNKNOWN
    return f"{format_count(contender.connections_opened)}, {connections_of(contender)} a request"


def _counts(contender: ReportContender) -> Sequence[str]:
    counts = {name: getattr(contender.requests, name) for name in contender.requests.__struct_fields__}
    return [
        f"{format_count(count)} {name}"
        for name, count in counts.items()
        if count or name in ("planned", "ok")
    ]


def _times(contender: ReportContender, prefix: str = "") -> str | Sequence[str]:
    figures = [BY_NAME[f"{prefix}{part}"] for part in LATENCIES]
    known = [figure for figure in figures if figure.of(contender) is not None]
    return [f"{figure.part} {figure.text(contender)}" for figure in known] or UNKNOWN


def _listed(found: Mapping[str, str]) -> str | Sequence[str]:
    return [f"{name} {value}" for name, value in sorted(found.items())] if found else UNKNOWN
