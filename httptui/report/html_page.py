"""The page: the verdict first, what it rests on, what casts doubt on it, and last how to run it once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from httptui.plan.expectations import LATENCIES
from httptui.plan.secrets import MASK
from httptui.report.cells import ANSWERS_TITLE as ANSWERS
from httptui.report.cells import (
    CAPTION,
    HEADINGS,
    INSIDE_TITLE,
    MOST_ROUNDS,
    SAID,
    connections_of,
    cpu_of,
    environment_of,
    failures_of,
    first_answers,
    id_of,
    in_order,
    is_open,
    load_of,
    lookups_of,
    message_of,
    method_of,
    name_of,
    note_of,
    notes_on,
    p99_of,
    plan_text,
    response_p99_of,
    round_seconds,
    status_rows,
    upstream_rows,
    whole,
)
from httptui.report.html import (
    Heading,
    Html,
    Node,
    Note,
    document,
    figure,
    footer,
    heading,
    items,
    joined,
    legend,
    lines,
    named,
    notes,
    pairs,
    table,
    tag,
    verdict,
)
from httptui.report.html_charts import Measured, latency_chart, rankings, throughput_chart
from httptui.report.store import report_stem
from httptui.results.report import Recorded, Report, ReportContender
from httptui.results.snapshot import Latency, format_latency
from httptui.units import UNKNOWN, format_bytes, format_count, format_ms, format_rate

SECRETS = (
    f"Where the plan has {MASK}, a secret was; the run asks for it anew and names the flag that gives it."
)


def plan(report: Recorded) -> Html:
    """The plan as a file that can be run."""
    return tag("section", tag("h2", "Plan"), tag("pre", lines(plan_text(report)[0])), class_="on-screen")


def replay(report: Recorded) -> Html:
    """The commands that run it again."""
    text, language = plan_text(report)
    stem = report_stem(report)
    secrets = tag("p", SECRETS, class_="note") if MASK in text else None
    return tag(
        "section",
        tag("h2", "Run it once more"),
        tag("p", "From the report saved as JSON, with the same plan and the same seed:"),
        tag("pre", f"httptui run ./{stem}.json"),
        tag("p", f"Or from the plan above, saved as plan.{language}:", class_="on-screen"),
        tag("pre", f"httptui run ./plan.{language}", class_="on-screen"),
        secrets,
    )


def environment(report: Recorded) -> Html:
    """Machine, interpreter and versions."""
    headings = (Heading("of", words=True), Heading("what", words=True), Heading("value", words=True))
    contenders = {id_of(contender) for contender in report.contenders}
    rows = [
        (tag("span", of, class_="of-contender") if of in contenders else of, what, value)
        for of, what, value in environment_of(report)
    ]
    return tag("section", tag("h2", "Environment"), table(headings, rows, "environment"))


def details(report: Report) -> Html:
    """A card for each contender, best first."""
    cards = [
        tag("article", tag("h3", named(contender)), pairs(list(_facts(contender))))
        for contender in in_order(report)
    ]
    return tag(
        "section", tag("h2", "Contenders in detail"), tag("div", *cards, class_="cards"), class_="on-screen"
    )


def _facts(contender: ReportContender) -> Iterator[tuple[str, Node]]:
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
        yield "latency", _latency_facts(contender.latency_ms)
    else:
        yield "service time", _latency_facts(contender.latency_ms)
        yield "response time", _latency_facts(contender.response_ms)
    if contender.late_p99_ms is not None:
        yield "sent late, p99", format_ms(contender.late_p99_ms)
    yield "CPU/req", cpu_of(contender)
    yield (
        "connections opened",
        _connections(contender),
    )
    if contender.requests.retried:
        yield "tried again", format_count(contender.requests.retried)
    if contender.dns_lookups:
        yield "names looked up", f"{format_count(contender.dns_lookups)}, {lookups_of(contender)} a request"
    yield "body bytes", format_bytes(contender.bytes)
    yield "statuses", _listed({f"{code}:": format_count(count) for code, count in contender.status.items()})
    yield "versions", _listed(contender.versions)


def _http(contender: ReportContender) -> str:
    asked, spoken = contender.http_requested, contender.http_version
    if spoken in (None, asked):
        return f"{asked} asked for, unknown spoken" if spoken is None else asked
    return f"{spoken} spoken, {asked} asked for"


def _connections(contender: ReportContender) -> str:
    if contender.connections_opened is None:
        return UNKNOWN
    return f"{format_count(contender.connections_opened)}, {connections_of(contender)} a request"


def _counts(contender: ReportContender) -> Html:
    counts = {name: getattr(contender.requests, name) for name in contender.requests.__struct_fields__}
    return items(
        f"{format_count(count)} {name}"
        for name, count in counts.items()
        if count or name in ("planned", "ok")
    )


def _latency_facts(latency: Latency | None) -> Html | str:
    if latency is None:
        return UNKNOWN
    return items(f"{name} {format_latency(latency, name)}" for name in LATENCIES)


def _listed(found: Mapping[str, str]) -> Html | str:
    return items(f"{name} {value}" for name, value in sorted(found.items())) if found else UNKNOWN


LATENCY_COLUMNS = ("p50", "p90", "p99", "max")
RESPONSE, SERVICE = ("p50", "p99", "max"), ("p50", "p99")
"""Those of an open load, whose users wait from when their requests were due."""


def results(report: Report) -> Html:
    """A row for each contender, best first, and what its figures mean."""
    contenders, opened = in_order(report), is_open(report)
    headings = [
        Heading("contender", words=True),
        *([Heading("offered/s"), Heading("served/s")] if opened else [Heading("req/s")]),
        *(_latency_headings(RESPONSE, "response time") if opened else ()),
        *(
            _latency_headings(SERVICE, "service time")
            if opened
            else _latency_headings(LATENCY_COLUMNS, "latency")
        ),
        Heading("CPU/req"),
        Heading("conns/req"),
        Heading("ok"),
        *([Heading("dropped")] if opened else []),
        Heading("errors"),
        Heading("limited by", words=True, short=True),
    ]
    rows = [tuple(_row(contender, opened=opened)) for contender in contenders]
    marks = [tag("p", f"{note}.", class_="note") for note in notes_on(contenders)]
    return tag(
        "section",
        tag("h2", "Results"),
        table(headings, rows, "results"),
        *marks,
        tag("p", method_of(report), class_="note"),
    )


def rounds(report: Report) -> Html | None:
    """Seconds of each round and their mean, where requests bound the rounds."""
    seconds = [(contender, round_seconds(report, contender)) for contender in in_order(report)]
    count = max((len(each) for _, each in seconds), default=0)
    if not count:
        return None
    shown = count if count <= MOST_ROUNDS else 0
    headings = [
        Heading("contender", words=True),
        *(Heading(str(number + 1), group="seconds of round") for number in range(shown)),
        Heading("mean"),
    ]
    rows = []
    for contender, each in seconds:
        figures = [f"{each[at]:.3f}" if at < len(each) else UNKNOWN for at in range(shown)]
        mean = f"{sum(each) / len(each):.3f}" if each else UNKNOWN
        rows.append((named(contender), *figures, tag("strong", mean)))
    return tag("section", tag("h2", "Rounds"), table(headings, rows))


def apps(report: Report) -> Html | None:
    """What clients inside an app did upstream, where there are any."""
    rows = [(named(contender), *cells) for contender, cells in upstream_rows(report)]
    if not rows:
        return None
    headings = [Heading("contender", words=True), *map(Heading, HEADINGS)]
    return tag("section", tag("h2", INSIDE_TITLE), table(headings, rows), tag("p", CAPTION, class_="note"))


def errors(report: Report) -> Html | None:
    """Every kind of error of every contender, the commonest first, and why contenders did not finish."""
    rows = [row for contender in in_order(report) for row in _errors(contender)]
    if not rows:
        return None
    headings = (
        Heading("contender", words=True),
        Heading("error", words=True, short=True),
        Heading("count"),
        Heading("first message", words=True),
    )
    return tag("section", tag("h2", "Errors"), table(headings, rows))


def answers(report: Report) -> Html | None:
    """How often each status came, where not all is one success, and the first answer of each that is none."""
    rows = [
        (named(contender), status, format_count(count)) for contender, status, count in status_rows(report)
    ]
    said = first_answers(report)
    if not rows and not said:
        return None
    headings = (Heading("contender", words=True), Heading("status", words=True, short=True), Heading("count"))
    kept = [
        part
        for letters, answer in said
        for part in (tag("p", letters, class_="note"), tag("pre", lines("\n".join(whole(answer)))))
    ]
    return tag(
        "section",
        tag("h2", ANSWERS),
        table(headings, rows) if rows else None,
        tag("h3", SAID) if kept else None,
        *kept,
    )


def _latency_headings(shown: Sequence[str], group: str) -> Sequence[Heading]:
    return [Heading(name, group=group) for name in shown]


def _row(contender: ReportContender, *, opened: bool) -> Iterator[Node]:
    yield named(contender)
    if opened:
        yield format_rate(contender.offered_per_s)
    yield tag("strong", format_rate(contender.req_per_s))
    if opened:
        response = _latencies(contender.response_ms) | {"p99": response_p99_of(contender)}
        yield from (response[name] for name in RESPONSE)
    service = _latencies(contender.latency_ms) | {"p99": p99_of(contender)}
    yield from (service[name] for name in (SERVICE if opened else LATENCY_COLUMNS))
    yield cpu_of(contender)
    yield connections_of(contender)
    yield format_count(contender.requests.ok)
    if opened:
        yield _bad_where_any(contender.requests.dropped)
    yield _bad_where_any(failures_of(contender))
    if contender.state == "dnf":
        yield tag("span", "did not finish", class_="bad")
    else:
        yield contender.limiter.kind


def _bad_where_any(count: int) -> Html:
    return tag("span", format_count(count), class_="bad" if count else None)


def _latencies(latency: Latency | None) -> dict[str, str]:
    return {name: format_latency(latency, name) for name in LATENCY_COLUMNS}


def _errors(contender: ReportContender) -> Iterator[tuple[Node, ...]]:
    for kind, count in sorted(contender.errors.items(), key=lambda item: -item[1]):
        yield named(contender), kind, format_count(count), message_of(contender, kind)
    if contender.cause:
        yield named(contender), "did not finish", UNKNOWN, contender.cause


MANY = 5
"""From so many contenders, a printed page leaves long lists to the screen, so as to take two sheets as others do."""
LEFT_OUT = "Only on a screen does this page tell the plan, what happened, and the details of each contender."
INCOMPLETE = "This run was not complete: it was cut short, or saved while it was on."


def to_html(report: Report) -> str:
    """The whole file; it loads nothing and runs nothing."""
    many = len(report.contenders) >= MANY
    left_out = tag("p", LEFT_OUT, class_="note on-paper") if many else None
    sections = (
        _verdict(report),
        _expectations(report),
        tag("div", *rankings(report), class_="rankings") if len(report.contenders) > 1 else None,
        results(report),
        apps(report),
        rounds(report),
        errors(report),
        answers(report),
        _charts(report),
        notes(_notes(report)),
        _limits(report),
        _happened(report),
        details(report),
        tag("div", plan(report), replay(report), environment(report), class_="background"),
        left_out,
    )
    head = heading(report, "report", load_of(report))
    main = tag("main", *sections, class_="run many" if many else "run")
    return document(name_of(report), head, main, footer(report))


def _verdict(report: Report) -> Html:
    """The verdict, its first clause large, and what to read before believing it."""
    first, _semicolon, rest = report.verdict.sentence.partition("; ")
    incomplete = "" if report.complete else INCOMPLETE
    # One alone can neither win nor be undecided.
    kind = report.verdict.kind
    shown = kind if len(report.contenders) > 1 or kind == "invalid" else None
    return verdict((first,), rest, incomplete, len(_notes(report)), kind=shown)


def _expectations(report: Report) -> Html | None:
    """What the plan expects, and whether it came true."""
    if not report.expectations:
        return None
    items = []
    for result in report.expectations:
        ink = "good" if result.met else "bad"
        items.append(tag("li", tag("b", result.outcome, class_=ink), tag("span", result.sentence)))
    return tag("section", tag("h2", "Expectations"), tag("ul", *items, class_="expectations"))


def _charts(report: Report) -> Html:
    """Both charts, in the order of the letters, as on the screen."""
    contenders = report.contenders
    over_time = figure(
        "Throughput over time",
        "Successful requests per second, on one scale from zero.",
        throughput_chart(contenders, report.changes),
        legend(contenders),
        *_changes(report),
    )
    return joined((over_time, *_latency_charts(report)))


def _latency_charts(report: Report) -> Iterator[Html | None]:
    """Latencies; of an open load first those that its users see."""
    each = "On one logarithmic axis, each histogram to its own peak."
    service = latency_chart([Measured(one, one.histogram, one.latency_ms) for one in report.contenders])
    if not is_open(report):
        yield figure("Latency", each, service)
        return
    response = [
        Measured(one, one.response_histogram, one.response_ms)
        for one in report.contenders
        if one.response_histogram is not None
    ]
    yield figure(
        "Response time",
        f"From when a request was due to the end of its answer. {each}",
        latency_chart(response),
    )
    yield figure("Service time", f"From sending a request to the end of its answer. {each}", service)


def _changes(report: Report) -> list[Html]:
    """What was changed by hand, in words: the chart's lines tell only when."""
    told = ", ".join(f"at {mark.seconds:.1f} s {mark.text}" for mark in report.changes)
    return [tag("p", f"Changed by hand: {told}.", class_="note")] if told else []


def _notes(report: Report) -> list[Note]:
    """Flags and warnings."""
    return [*map(note_of, report.flags), *(("warning", warning) for warning in report.warnings)]


def _limits(report: Report) -> Html:
    items = [
        tag("li", named(contender), tag("span", contender.limiter.sentence, class_="limit"))
        for contender in in_order(report)
    ]
    return tag("section", tag("h2", "What limits each contender"), tag("ul", *items, class_="limits"))


def _happened(report: Report) -> Html | None:
    """Events, in the order in which they came."""
    moments = [(event.seconds, event.text, event.level) for event in report.events]
    if not moments:
        return None
    items = [
        tag("li", tag("span", f"{seconds:.1f} s", class_="moment"), tag("span", words, class_=level))
        for seconds, words, level in sorted(moments, key=_first)
    ]
    return tag("section", tag("h2", "What happened"), tag("ol", *items, class_="events"), class_="on-screen")


def _first(moment: tuple[float, str, str]) -> float:
    return moment[0]
