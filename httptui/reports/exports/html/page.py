"""The page: the verdict first, what it rests on, what casts doubt on it, and last how to run it once more."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.reports.exports.html.background import environment, plan, replay
from httptui.reports.exports.html.details import details
from httptui.reports.exports.html.document import document
from httptui.reports.exports.html.latency import Measured, latency_chart
from httptui.reports.exports.html.marks import legend, named
from httptui.reports.exports.html.markup import Html, joined, tag
from httptui.reports.exports.html.ranking import rankings
from httptui.reports.exports.html.results import answers, apps, errors, results, rounds
from httptui.reports.exports.html.sections import Note, figure, footer, heading, notes, verdict
from httptui.reports.exports.html.throughput import throughput_chart
from httptui.reports.exports.results import in_order, is_open, load_of, name_of, note_of
from httptui.reports.report import Report

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
