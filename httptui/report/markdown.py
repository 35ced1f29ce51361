"""A report in Markdown, fit for the summary of a CI job: verdict and results first, and all that is long folded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from httptui.report.cells import ANSWERS_TITLE as ANSWERS
from httptui.report.cells import (
    CAPTION,
    HEADINGS,
    INSIDE_TITLE,
    MOST_ROUNDS,
    SAID,
    connections_of,
    cost_of,
    cpu_of,
    environment_of,
    expectation_line,
    failures_of,
    first_answers,
    has_lookups,
    has_retries,
    id_of,
    in_order,
    is_open,
    load_of,
    lookups_of,
    median_of,
    message_of,
    method_of,
    name_of,
    note_of,
    notes_on,
    p99_of,
    plan_text,
    question_of,
    request_of,
    response_p99_of,
    round_seconds,
    status_rows,
    upstream_rows,
    whole,
)
from httptui.results.judge.ranking import rank_text
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Rank
from httptui.safe_text import safe_text
from httptui.units import UNKNOWN, format_count, format_rate, format_ratio, format_us


def pipe_table(headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> str:
    """Headings, each with its rule such as "--:", and rows, whose cells are escaped already."""
    lines = [[name for name, _ in headings], [rule for _, rule in headings], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


LONGEST = 1_000

# A bracket matters only where a link's target or label can follow it.
_SPECIAL = re.compile(r"[\\`*_|~]|\](?=[(\[:])")
# Where nothing stands between them, "@name" would call somebody, and "#12" lead to an issue.
_CALLING = re.compile(r"(?<![\w;])[@#](?=[A-Za-z0-9])")
NO_WIDTH = "&#8203;"
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str, limit: int = LONGEST) -> str:
    """The text on one line for a paragraph, list item or table cell: no markup, HTML, link, mention or new cell."""
    plain = re.sub("[&<>]", lambda match: _HTML[match[0]], safe_text(text, limit))
    plain = _CALLING.sub(lambda match: f"{match[0]}{NO_WIDTH}", plain)
    plain = _SPECIAL.sub(lambda match: f"\\{match[0]}", plain)
    # An entity for the colon keeps "http://…" from becoming a link, and one for the dot "www.…".
    plain = plain.replace("://", "&#58;//")
    return re.sub(r"(?i)\b(www)\.", r"\1&#46;", plain)


def code(text: str, limit: int = LONGEST) -> str:
    """The text on one line as code, for a paragraph or list item but not a table."""
    plain = safe_text(text, limit)
    ticks = "`" * (_longest_run(plain) + 1)
    blank = " " if plain[:1] in ("`", "") or plain[-1:] == "`" else ""
    return f"{ticks}{blank}{plain}{blank}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """Lines of text as a block of code, each made safe on its own."""
    lines = [safe_text(line, LONGEST * 10) for line in text.split("\n")]
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return "\n".join((f"{fence}{language}", *lines, fence))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def to_markdown(report: Report) -> str:
    """Verdict, warnings, expectations, results and errors; the rest folded, the environment last."""
    contenders = in_order(report)
    parts = [f"# httptui: {escaped(name_of(report))}", _verdict(report)]
    notes = [f"**{escaped(kind)}:** {escaped(told)}" for kind, told in map(note_of, report.flags)]
    if notes := [*notes, *map(escaped, report.warnings)]:
        parts.append("\n".join(f"- ⚠ {note}" for note in notes))
    parts.append(" · ".join(filter(None, (code(request_of(report)), escaped(load_of(report))))))
    if question := question_of(report):
        parts.append(f"> {escaped(question)}")
    if report.expectations:
        parts += ["## Expectations", _expectations(report)]
    parts += ["## Results", _results(report, contenders)]
    parts += [f"{note}." for note in notes_on(contenders)]
    if apps := _apps(report):
        parts += [f"## {INSIDE_TITLE}", apps, CAPTION]
    if costs := _costs(report):
        parts += ["## CPU per request", costs]
    if errors := _errors(contenders):
        parts += ["## Errors", errors]
    parts += _answers(report)
    if rounds := _rounds(report, contenders):
        parts.append(folded("Rounds", rounds))
    limits = "\n".join(f"- {_named(contender)}: {_limit(contender)}" for contender in contenders)
    parts += [
        folded("What limits each contender", limits),
        folded("How to read it", method_of(report)),
        folded("Plan", fenced(*plan_text(report))),
        folded("Environment", _environment(report)),
    ]
    return "\n\n".join(parts) + "\n"


def _verdict(report: Report) -> str:
    sentence = f"**{escaped(report.verdict.sentence)}**"
    return sentence if report.complete else f"{sentence}\n\nThis run was not complete."


def _results(report: Report, contenders: Sequence[ReportContender]) -> str:
    places = {place.id: place for place in report.ranking}
    opened = is_open(report)
    service = "service " if opened else ""
    headings = (
        ("rank", "---"),
        ("contender", "---"),
        *([("offered/s", "--:"), ("served/s", "--:")] if opened else [("req/s", "--:")]),
        ("of the leader", "--:"),
        *([("response p50", "--:"), ("response p99", "--:")] if opened else []),
        (f"{service}p50", "--:"),
        (f"{service}p99", "--:"),
        ("CPU/req", "--:"),
        ("conns/req", "--:"),
        *([("lookups/req", "--:")] if has_lookups(report) else []),
        *([("dropped", "--:")] if opened else []),
        ("errors", "--:"),
        *([("retried", "--:")] if has_retries(report) else []),
        ("limited by", "---"),
    )
    rows = [_result(report, contender, places.get(contender.id)) for contender in contenders]
    return pipe_table(headings, rows)


def _result(report: Report, contender: ReportContender, place: Rank | None) -> tuple[str, ...]:
    opened = is_open(report)
    return (
        UNKNOWN if place is None else rank_text(place),
        _named(contender),
        *([format_rate(contender.offered_per_s)] if opened else []),
        format_rate(contender.req_per_s),
        UNKNOWN if place is None else format_ratio(place.ratio, place.ratio_low, place.ratio_high),
        *([median_of(contender.response_ms), response_p99_of(contender)] if opened else []),
        median_of(contender.latency_ms),
        p99_of(contender),
        cpu_of(contender),
        connections_of(contender),
        *([lookups_of(contender)] if has_lookups(report) else []),
        *([format_count(contender.requests.dropped)] if opened else []),
        format_count(failures_of(contender)),
        *([format_count(contender.requests.retried)] if has_retries(report) else []),
        "did not finish" if contender.state == "dnf" else contender.limiter.kind,
    )


def _expectations(report: Report) -> str:
    return "\n".join(f"- {escaped(expectation_line(result))}" for result in report.expectations)


def _apps(report: Report) -> str:
    """What clients inside an app did upstream, where there are any."""
    rows = [(_named(contender), *cells) for contender, cells in upstream_rows(report)]
    headings = [("contender", "---"), *((heading, "--:") for heading in HEADINGS)]
    return pipe_table(headings, rows) if rows else ""


def _costs(report: Report) -> str:
    """The ranking by CPU per request, where two or more are known."""
    by_id = {contender.id: contender for contender in report.contenders}
    places = [place for place in report.cpu_ranking if place.id in by_id]
    if len(places) < 2:
        return ""
    headings = (("rank", "---"), ("contender", "---"), ("CPU/req", "--:"), ("of the cheapest", "--:"))
    rows = [
        (rank_text(place), _named(by_id[place.id]), format_us(place.cpu_us_per_request), cost_of(place))
        for place in places
    ]
    return pipe_table(headings, rows)


def _rounds(report: Report, contenders: Sequence[ReportContender]) -> str:
    """Seconds of each round and their mean, where requests bound the rounds."""
    seconds = [(contender, round_seconds(report, contender)) for contender in contenders]
    count = max((len(rounds) for _, rounds in seconds), default=0)
    if not count:
        return ""
    shown = count if count <= MOST_ROUNDS else 0
    numbered = [(f"round {number + 1}, s", "--:") for number in range(shown)]
    headings = [("contender", "---"), *numbered, ("mean, s", "--:")]
    rows = []
    for contender, rounds in seconds:
        each = [f"{rounds[n]:.3f}" if n < len(rounds) else UNKNOWN for n in range(shown)]
        mean = f"{sum(rounds) / len(rounds):.3f}" if rounds else UNKNOWN
        rows.append((_named(contender), *each, mean))
    return pipe_table(headings, rows)


def _errors(contenders: Sequence[ReportContender]) -> str:
    headings = (("contender", "---"), ("error", "---"), ("count", "--:"), ("first message", "---"))
    rows = [
        (_named(contender), escaped(kind), format_count(count), escaped(message_of(contender, kind)))
        for contender in contenders
        for kind, count in sorted(contender.errors.items(), key=lambda item: -item[1])
    ]
    rows += [
        (_named(contender), "did not finish", UNKNOWN, escaped(contender.cause))
        for contender in contenders
        if contender.cause
    ]
    return pipe_table(headings, rows) if rows else ""


def _answers(report: Report) -> list[str]:
    """How often each status came, where not all is one success; folded, the first answer of each that is none."""
    headings = (("contender", "---"), ("status", "---"), ("count", "--:"), ("first answer", "---"))
    rows = [
        (_named(contender), status, format_count(count), escaped(_said(contender, status), 200))
        for contender, status, count in status_rows(report)
    ]
    parts = [f"## {ANSWERS}", pipe_table(headings, rows)] if rows else []
    if said := first_answers(report):
        blocks = (f"{escaped(letters)}:\n\n{fenced(chr(10).join(whole(answer)))}" for letters, answer in said)
        parts.append(folded(SAID, "\n\n".join(blocks)))
    return parts


def _said(contender: ReportContender, status: str) -> str:
    answer = contender.first_answers.get(status)
    return "" if answer is None else answer.told.removeprefix(f"{status}: ")


def _limit(contender: ReportContender) -> str:
    return escaped(contender.limiter.sentence)


def _environment(report: Report) -> str:
    rows = [tuple(escaped(cell) for cell in row) for row in environment_of(report)]
    return pipe_table((("of", "---"), ("what", "---"), ("value", "---")), rows)


def folded(title: str, body: str) -> str:
    """A part that a reader unfolds; the empty lines around the body keep it Markdown."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _named(contender: ReportContender) -> str:
    return f"{escaped(id_of(contender))} {escaped(contender.label, 200)}"
