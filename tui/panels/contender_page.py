"""The facts of one contender, and the panels of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from msgspec import UNSET, structs

from httptui.engines.registry import engine_info, loop_without_a_name
from httptui.figures import BY_NAME, CPU, FIGURES, RESPONSE, own_cpu_share, sent_in_all
from httptui.plan.model import Contender, Plan, concurrency_of, describe_policy, letter_of
from httptui.results.judge.ranking import rank_text
from httptui.results.snapshot import ContenderView, Upstream
from httptui.scale import short
from httptui.tui.panels.latency import HeatmapPanel, ThroughputPanel, distribution_of
from httptui.tui.panels.notices import Notice, message_of, reason_of, said
from httptui.tui.panels.panel import Panel, hanging, has_failed, until_any, wrapped
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, between, fit, hint, left, row_width
from httptui.tui.plots.histograms import Mark, plot_marked_histogram
from httptui.units import format_count, format_ms, format_percent, format_rate, format_us, plural

Fact = tuple[str, str]


def facts_of(view: ContenderView, *, is_open: bool = False, why: bool = True) -> list[Fact]:
    """The known facts of a contender as (name, words).  `is_open`: the load is; `why`: with the limiter."""
    facts = [("why", reason_of(view))] if why else []
    facts += [
        (f"{kind} × {format_count(count)}", message_of(view, kind) or "no message")
        for kind, count in view.errors.items()
    ]
    facts += [(f"first {status}", said(view, status) or "no body") for status in view.first_answers]
    facts.append(("requests", _requests(view)))
    if view.connections_opened is not None:
        facts.append(("connections", _connections(view, view.connections_opened)))
    if view.upstream is not None:
        facts.append(("upstream", _upstream(view.upstream)))
    if view.dns_lookups:
        facts.append(("lookups", f"{plural(view.dns_lookups, 'name')} looked up, warm-up included"))
    if view.cpu_us_per_request is not None:
        facts.append(("CPU", _cpu(view, view.cpu_us_per_request)))
    if view.loop_lag_ms is not None:
        facts.append(("event loop", f"late by up to {format_ms(view.loop_lag_ms)}"))
    if view.latency_ms is not None:
        facts.append(("service" if is_open else "latency", _latencies(view)))
    if view.response_ms is not None:
        facts.append(("response", _latencies(view, RESPONSE)))
    facts += [
        (figure.heading, figure.text(view))
        for figure in FIGURES
        if figure.fact and figure.of(view) is not None
    ]
    if view.status:
        told = [f"{status} × {format_count(count)}" for status, count in sorted(view.status.items())]
        facts.append(("status", " · ".join(told)))
    facts.append(
        ("HTTP", " · ".join([view.http_version or "not known yet", f"{view.concurrency} in flight at most"]))
    )
    return facts


def draw_facts(facts: Sequence[Fact], width: int) -> Cells:
    """A row or more for every fact, its words wrapped; a reason stands out."""
    names = min(max((len(name) for name, _ in facts), default=0) + 2, max(width // 3, 8))
    rows: list[Row] = []
    for name, words in facts:
        start: Row = ((f" {left(name, names)}", "axis"),)
        rows += hanging(start, wrapped(words, width - names - 2), "strong" if name == "why" else "")
    return tuple(fit(row, width) for row in rows)


def _upstream(upstream: Upstream) -> str:
    """The calls of the client inside an app, and the time that the app adds."""
    told = [plural(upstream.calls, "call")]
    if upstream.mean_ms is not None:
        told[0] += f" of {format_ms(upstream.mean_ms)}"
    if upstream.lost_ms is not None:
        told.append(f"{format_ms(upstream.lost_ms)} lost in the app")
    return " · ".join(told)


def _requests(view: ContenderView) -> str:
    counts = view.requests
    told = [f"{format_count(counts.ok)} ok", plural(counts.error, "error"), plural(counts.timeout, "timeout")]
    if counts.dropped:
        told.append(f"{format_count(counts.dropped)} dropped")
    if counts.cancelled:
        told.append(f"{format_count(counts.cancelled)} cancelled")
    if counts.retried:
        told.append(f"{format_count(counts.retried)} retried")
    return " · ".join([*told, f"{format_count(view.warmup_requests)} in the warm-up"])


def _connections(view: ContenderView, opened: int) -> str:
    return f"{format_count(opened)} opened for {plural(sent_in_all(view), 'request')}"


def _cpu(view: ContenderView, cost: float) -> str:
    share = "" if view.cpu_share is None else f" · {format_percent(view.cpu_share)} of a core"
    own = format_percent(own_cpu_share(view))
    tools = f" · beside it {own} of all was the tool's own" if CPU.is_rough(view) else ""
    return f"{format_us(cost)} per request{share}{tools}"


def _latencies(view: ContenderView, prefix: str = "") -> str:
    told = {part: BY_NAME[f"{prefix}{part}"].text(view) for part in ("p50", "p90", "p99", "max")}
    return " · ".join(f"{part} {words}" for part, words in told.items())


INDENT = 4
MOST_ROWS = 3


def draw_own_title(view: View, width: int) -> Cells:
    """The name with its place in the rankings, then the sentence, wrapped."""
    contender = view.contender(view.chosen)
    if contender is None:
        return ()
    name: Row = ((f" {contender.id} ", f"{contender.id} badge"), (f" {contender.label}", "strong"))
    lines = wrapped(reason_of(contender), width - INDENT - 1, MOST_ROWS)
    key = "bad" if contender.state == "dnf" else ""
    row = f"{[row.id for row in view.rows].index(contender.id) + 1} of {len(view.rows)} "
    places = _places(view)
    if row_width(name) + len(places) + len(row) < width:
        row = places + row
    return (
        between(name, ((row, "dim"),), width),
        *(fit(((" " * INDENT, ""), (line, key)), width) for line in lines),
    )


def _places(view: View) -> str:
    """Its places in the rankings, in words."""
    snapshot = view.snapshot
    by_rate = [f"{rank_text(rank)} by req/s" for rank in snapshot.ranking if rank.id == view.chosen]
    by_cost = [f"{rank_text(rank)} by CPU" for rank in snapshot.cpu_ranking if rank.id == view.chosen]
    places = ", ".join([*by_rate, *by_cost])
    return f"place {places} · " if places else ""


class OwnTitle(Notice):
    """The lines, at the top of the page."""

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_own_title(view, width)


READS = {
    "text": "the text that the library decodes",
    "json": "the JSON that the library parses",
    "headers": "only the headers, not the body",
}
IN_THE_TABLE = ("latency", "service", "response")


def measured(view: ContenderView) -> list[Fact]:
    """Pace, requests, errors with their first messages, connections, CPU, event loop and bytes."""
    over = view.state in ("finished", "stopped", "dnf")
    facts = [("state", view.state if over else f"{view.state} · {view.in_flight} in flight")]
    if view.requests.ok:
        live = f" · {format_rate(view.live_req_per_s)} now" if view.state == "running" else ""
        facts.append(("req/s", f"{format_rate(view.req_per_s)}{live}"))
    facts += [fact for fact in facts_of(view, why=False) if fact[0] not in IN_THE_TABLE]
    for status, answer in view.first_answers.items():
        if answer.headers:
            facts.append(
                (f"{status} headers", " · ".join(f"{name}: {value}" for name, value in answer.headers))
            )
    if view.bytes:
        each = f" · {_bytes(view.bytes / view.seconds)}/s" if view.seconds else ""
        facts.append(("bytes", f"{_bytes(view.bytes)} of answers{each}"))
    return facts


def _bytes(count: float) -> str:
    """A number of bytes in a few characters: 512 B, 1.55 MB."""
    text = short(count)
    return f"{text[:-1]} {text[-1]}B" if text[-1:].isalpha() else f"{text} B"


def settings(plan: Plan, contender: Contender) -> list[Fact]:
    """The contender's settings, defaults included."""
    mode, version = _of_engine(contender.engine)
    loop = "none, it runs in threads" if mode == "sync" else loop_without_a_name(contender.engine)
    in_flight = concurrency_of(plan, contender)
    pool = f"{in_flight}, as many as in flight" if contender.pool == "concurrency" else str(contender.pool)
    inside = contender.inside is not UNSET
    if inside:
        loop = "uvloop, the app's"
    shared = f", among {contender.processes} processes" if contender.processes > 1 else ""
    return [
        ("engine", f"{contender.engine} {version}".strip()),
        ("reuse", contender.reuse),
        *([("inside", str(contender.inside))] if inside else []),
        ("HTTP", contender.http),
        ("event loop", loop if contender.loop is UNSET else str(contender.loop)),
        ("pool", pool.replace("library-defaults", "the library's defaults")),
        ("in flight", f"{in_flight} at most{shared}"),
        *_handling(plan, contender),
        ("policy", describe_policy(plan)),
    ]


def _handling(plan: Plan, contender: Contender) -> list[Fact]:
    """The handling of answers and of names to look up, as far as it is unusual."""
    facts = [] if contender.read == "bytes" else [("reads", READS[contender.read])]
    if plan.target.dns_ms is not None:
        facts.append(("name", f"each lookup takes {plan.target.dns_ms:g} ms longer"))
    if contender.dns_ttl is not UNSET:
        kept = f"a name for {contender.dns_ttl:g} s" if contender.dns_ttl else "no name"
        facts.append(("DNS cache", f"keeps {kept}"))
    return facts


@lru_cache(maxsize=64)
def _of_engine(name: str) -> tuple[str, str]:
    """Mode and version of an engine's library, in words; empty where it is not known here."""
    try:
        info = engine_info(name)
    except LookupError:
        return "", ""
    elsewhere = "(in an environment of its own)" if info.installed else "(not installed)"
    return info.mode, f"({info.package} {info.version})" if info.version else elsewhere


class MeasuredPanel(Panel):
    """The measured facts."""

    def title(self, view: View) -> str:
        return "Measured"

    def draw(self, view: View, width: int, height: int) -> Cells:
        contender = view.contender(view.chosen)
        return () if contender is None else draw_facts(measured(contender), width)


class SettingsPanel(Panel):
    """The contender's settings."""

    def title(self, view: View) -> str:
        return "Settings"

    def parts(self, view: View) -> object:
        return self.look(view)

    def draw(self, view: View, width: int, height: int) -> Cells:
        if view.plan is None:
            return ()
        named = {letter_of(index): contender for index, contender in enumerate(view.plan.contender)}
        contender = named.get(view.chosen or "")
        return () if contender is None else draw_facts(settings(view.plan, contender), width)


class OwnHeatmapPanel(HeatmapPanel):
    """The heat map, without the contender's name and the keys for another one."""

    def title(self, view: View) -> str:
        return f"{'Response time' if view.is_open else 'Latency'} over time"

    def note(self, view: View) -> str:
        return ""


MARKED = ("p50", "p90", "p99", "p99.9", "max")


def draw_own_latency(view: View, width: int, height: int) -> Cells:
    """The histogram of the chosen contender."""
    contender = view.contender(view.chosen)
    if contender is None or contender.latency_ms is None or not contender.histogram:
        usual, of = "its histogram, once requests are answered", [] if contender is None else [contender]
        return hint(until_any(of, usual, over=view.over), width, height)
    times = [(name, getattr(contender.latency_ms, name.replace(".", "_"))) for name in MARKED]
    marks = [Mark(time, name, format_ms(time)) for name, time in times]
    return plot_marked_histogram(distribution_of(contender), marks, width, height)


class OwnLatencyPanel(Panel):
    """The histogram."""

    def title(self, view: View) -> str:
        return f"{'Service time' if view.is_open else 'Latency'} · log scale"

    def parts(self, view: View) -> object:
        """The latencies, which a run updates less often than the rest."""
        one = view.contender(view.chosen)
        return self.look(view), one and (one.histogram, one.latency_ms, has_failed(one))

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_own_latency(view, width, height)


class OwnThroughputPanel(ThroughputPanel):
    """The throughput of the chosen contender alone."""

    def draw(self, view: View, width: int, height: int) -> Cells:
        chosen = view.contender(view.chosen)
        if chosen is None or not chosen.series:
            return hint("its req/s over time", width, height)
        alone = structs.replace(view.snapshot, contenders=(chosen,))
        return super().draw(replace(view, snapshot=alone), width, height)
