"""All that is known of one contender, in facts."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.figures import BY_NAME, CPU, FIGURES, RESPONSE, own_cpu_share, sent_in_all
from httptui.results.snapshot import ContenderView, Upstream
from httptui.tui.panels.panel import wrapped
from httptui.tui.panels.reason import message_of, reason_of, said
from httptui.tui.plots.cells import Cells, Row, fit, left
from httptui.units import format_count, format_ms, format_percent, format_us, plural

Fact = tuple[str, str]


def facts_of(view: ContenderView, *, is_open: bool = False, why: bool = True) -> list[Fact]:
    """What there is to tell, as (name, words); what nothing is known of is left out.  `is_open`: the load is; `why`:
    with the reason for its speed.
    """
    facts = [("why", reason_of(view))] if why else []
    facts += [
        (f"{kind} × {format_count(count)}", _message(view, kind)) for kind, count in view.errors.items()
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


def draw_detail(view: ContenderView, width: int, *, is_open: bool = False, why: bool = True) -> Cells:
    """A row or more for every fact."""
    return draw_facts(facts_of(view, is_open=is_open, why=why), width)


def draw_facts(facts: Sequence[Fact], width: int) -> Cells:
    """A row or more for every fact, its words wrapped; a reason stands out."""
    names = min(max((len(name) for name, _ in facts), default=0) + 2, max(width // 3, 8))
    rows: list[Row] = []
    for name, words in facts:
        lines = wrapped(words, width - names - 2) or [""]
        rows.append(((f" {left(name, names)}", "axis"), (lines[0], "strong" if name == "why" else "")))
        rows += [((" " * (names + 1), ""), (line, "strong" if name == "why" else "")) for line in lines[1:]]
    return tuple(fit(row, width) for row in rows)


def _upstream(upstream: Upstream) -> str:
    """What the client inside an app did, and how much time the app adds."""
    told = [plural(upstream.calls, "call")]
    if upstream.mean_ms is not None:
        told[0] += f" of {format_ms(upstream.mean_ms)}"
    if upstream.lost_ms is not None:
        told.append(f"{format_ms(upstream.lost_ms)} lost in the app")
    return " · ".join(told)


def _message(view: ContenderView, kind: str) -> str:
    return message_of(view, kind) or "no message"


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
