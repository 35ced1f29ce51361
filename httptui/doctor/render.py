"""Findings as a table for people and as JSON for programs, and the page of clients in Markdown; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from msgspec import Struct

from httptui.doctor.costs import BESIDE, BLOCKS, IN_FLIGHT, Cost
from httptui.doctor.findings import CATALOGUE, SHORT_TIMEOUT, Examination
from httptui.doctor.judges import REQUESTS
from httptui.doctor.plain import Plain
from httptui.engines.registry import EngineInfo
from httptui.report.document import Column
from httptui.report.render_markdown import escaped, pipe_table
from httptui.report.render_text import GAP, cells_of, table_lines, wrapped
from httptui.safe_text import safe_text
from httptui.statistics import Estimate
from httptui.units import UNKNOWN, format_ms, format_rate, format_ratio, format_times, format_us, plural

INDENT = "  "
WIDEST_NAME = 40
DESCRIPTIONS = {name: text for checks in CATALOGUE.values() for name, text in checks.items()}
CHECK_WIDTH = max(map(len, DESCRIPTIONS)) + len(INDENT)


class FoundJson(Struct, frozen=True):
    """One finding: `outcome` is pass, known (a documented exception, by `remark`), FAIL or – (does not apply)."""

    group: str
    check: str
    outcome: str
    said: str
    remark: str


class EngineJson(Struct, frozen=True):
    """One engine's findings."""

    engine: str
    package: str
    version: str | None
    passed: bool
    findings: tuple[FoundJson, ...]


class DoctorJson(Struct, frozen=True):
    """The whole conformance run."""

    schema: Literal["httptui.doctor/1"]
    passed: bool
    engines: tuple[EngineJson, ...]


def to_table(examinations: Sequence[Examination], width: int) -> str:
    """Format a row per check and a column per engine, in as many tables as needed, then failures in words."""
    tables = [_table(part) for part in _parts(examinations, width)]
    words = [line for text in _words(examinations) for line in wrapped(text, width, INDENT)]
    return "\n\n".join("\n".join(lines) for lines in (*tables, words, [_summary(examinations)]) if lines)


def to_json(examinations: Sequence[Examination]) -> bytes:
    """Encode examinations as JSON of schema `httptui.doctor/1`."""
    engines = tuple(_engine_json(examination) for examination in examinations)
    whole = DoctorJson("httptui.doctor/1", all(engine.passed for engine in engines), engines)
    return msgspec.json.format(msgspec.json.encode(whole), indent=2)


def _parts(examinations: Sequence[Examination], width: int) -> Iterator[list[Examination]]:
    """Yield the engines in groups that fit beside each other."""
    part: list[Examination] = []
    taken = CHECK_WIDTH
    for examination in examinations:
        needed = len(GAP) + max(cells_of(_name(examination)), len("known"))
        if part and taken + needed > width:
            yield part
            part, taken = [], CHECK_WIDTH
        part.append(examination)
        taken += needed
    if part:
        yield part


def _table(examinations: Sequence[Examination]) -> list[str]:
    rows = [
        row
        for group, checks in CATALOGUE.items()
        for row in ((group, ""), *((INDENT + name, name) for name in checks))
    ]
    first = Column("", [label for label, _ in rows], "left")
    others = [
        Column(
            _name(examination),
            [examination.finding(check).outcome if check else "" for _, check in rows],
            "left",
        )
        for examination in examinations
    ]
    return table_lines([first, *others], 10_000)


def _words(examinations: Sequence[Examination]) -> Iterator[str]:
    """Yield a sentence for each failure, with its check's description, and for each kind of exception."""
    remarks: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for examination in examinations:
        for finding in examination.findings:
            if finding.outcome == "FAIL":
                wanted = DESCRIPTIONS[finding.check]
                yield f"FAIL {_name(examination)}, {finding.check}: {safe_text(finding.said, 500)} – {wanted}"
            elif finding.remark:
                checks, engines = remarks.setdefault(finding.remark, ({}, {}))
                checks[finding.check] = engines[_name(examination)] = None
    for remark, (checks, engines) in remarks.items():
        yield f"known {', '.join(engines)}, {', '.join(checks)}: {remark}"


def _summary(examinations: Sequence[Examination]) -> str:
    failed = [_name(examination) for examination in examinations if not examination.passed]
    if failed:
        return f"{len(failed)} of {len(examinations)} do not conform: {', '.join(failed)}"
    return f"all {len(examinations)} conform" if len(examinations) > 1 else "it conforms"


def _name(examination: Examination) -> str:
    return safe_text(examination.engine, WIDEST_NAME)


def _engine_json(examination: Examination) -> EngineJson:
    groups = {name: group for group, checks in CATALOGUE.items() for name in checks}
    return EngineJson(
        examination.engine,
        examination.package,
        examination.version,
        examination.passed,
        tuple(
            FoundJson(groups[finding.check], finding.check, finding.outcome, finding.said, finding.remark)
            for finding in examination.findings
        ),
    )


COMMAND = "httptui doctor --markdown docs/clients.md"
CONNECTIONS = {
    "keep-alive": f"{REQUESTS} requests one after another",
    "shared": "`shared` by 4 workers",
    "per-worker": "`per-worker`, 4 workers",
    "per-request": f"`per-request`, {REQUESTS} requests",
    "every-5": f"`every-5`, {REQUESTS} requests",
    "pool size": "6 workers with a pool of 2",
}
"""Check → how a client was used."""


class Client(Struct, frozen=True, kw_only=True):
    """Observations of an engine; `plain` is None if its library was not used plainly."""

    info: EngineInfo
    examination: Examination
    plain: Plain | None = None


def to_page(
    clients: Sequence[Client],
    costs: Mapping[str, Cost],
    environment: Mapping[str, Any],
    written: str,
    lanes: Mapping[str, float] = MappingProxyType({}),
) -> str:
    """Write the page of clients in Markdown.

    `costs` are by engine, `environment` is a report's, `written` a time in ISO 8601, and `lanes` the lane's own CPU
    microseconds per request by the way it drives a client.
    """
    python, system, cpu = (environment.get(key) or {} for key in ("python", "system", "cpu"))
    made_on = [
        f"httptui {environment.get('httptui', '')}",
        f"{python.get('implementation', 'Python')} {python.get('version', '')}",
        f"{system.get('os', '')} {system.get('machine', '')}",
        f"{cpu.get('model') or 'a CPU not told'}, {plural(cpu.get('logical') or 0, 'core')}",
    ]
    parts = [
        "# HTTP clients: defaults and cost",
        f"Written by `{COMMAND}`; every value in the tables was observed in that run: {written}, "
        f"{escaped(' · '.join(made_on))}. Run the command for the figures of your own machine.",
        "## Cost of a request",
        f"A GET of 1 KiB from the target on 127.0.0.1, {IN_FLIGHT} in flight over one client object, in {BLOCKS} "
        "blocks of short turns in a random order. CPU is that of the client's process. "
        f"`{BESIDE}` is httptui's own client, which does nothing but HTTP; ratios to it are compared inside the "
        "blocks, with 95 % intervals.",
        _costs({client.info.name: client.info for client in clients}, costs),
        *_costs_of_lanes(lanes),
        "## Defaults",
        "Each library, used as its documentation begins, before a server that reports what arrives. “Sends what "
        "broke” is how often it sends a GET whose connection ends without an answer.",
        _defaults(clients),
    ]
    for client in clients:
        parts += [f"## {escaped(client.info.name)}", _told_of(client, costs.get(client.info.name))]
    return "\n\n".join(parts) + "\n"


def _costs(infos: Mapping[str, EngineInfo], costs: Mapping[str, Cost]) -> str:
    cheapest_first = sorted(costs.items(), key=lambda pair: pair[1].cpu_us_per_request or float("inf"))
    rows = [
        (
            escaped(name),
            escaped((infos[name].version if name in infos else "") or UNKNOWN),
            cost.workers,
            format_us(cost.cpu_us_per_request),
            _times(cost.cpu_ratio),
            format_rate(cost.req_per_s),
            _share(cost.rate_ratio),
            format_ms(cost.p50_ms),
        )
        for name, cost in cheapest_first
    ]
    headings = (
        *(("engine", "---"), ("version", "---"), ("workers", "---")),
        *(("CPU a request", "--:"), (f"of {BESIDE}'s", "--:")),
        *(("req/s", "--:"), (f"of {BESIDE}'s", "--:"), ("median", "--:")),
    )
    return pipe_table(headings, rows)


def _costs_of_lanes(lanes: Mapping[str, float]) -> list[str]:
    if not lanes:
        return []
    told = ", ".join(f"{format_us(cost)} by {way}" for way, cost in lanes.items())
    return [
        f"Part of that CPU time is httptui's own: for a client that does nothing, a lane uses {told}. "
        f"`{BESIDE}` is driven by callbacks. Subtract it before you rank clients that cost little more."
    ]


def _defaults(clients: Sequence[Client]) -> str:
    known = [
        (client, client.plain) for client in clients if client.plain is not None and not client.plain.failure
    ]
    rows = [
        (
            escaped(client.info.name),
            _yes(plain.keeps_alive),
            _yes(plain.keeps_cookies),
            _yes(plain.redirects),
            UNKNOWN if plain.tries is None else plural(plain.tries, "time"),
            _yes(plain.proxies),
            _yes(plain.netrc),
            _patience(plain),
        )
        for client, plain in known
    ]
    names = (
        "engine",
        "keeps connections",
        "keeps cookies",
        "follows redirects",
        "sends what broke",
        "proxies of the environment",
        "netrc",
        "without an answer",
    )
    return pipe_table([(name, "---") for name in names], rows)


def _told_of(client: Client, cost: Cost | None) -> str:
    rows = [(name, value) for name, value in (*_rows(client), *_cost_rows(client, cost)) if value]
    return pipe_table((("", "---"), ("", "---")), rows)


def _rows(client: Client) -> Iterator[tuple[str, str]]:
    """Yield the facts of one client, with text escaped; empty ones are unknown."""
    info, plain = client.info, client.plain
    library = f"{info.package or 'the standard library of Python'} {info.version or ''}".strip()
    yield "library", f"{escaped(library)}, driven by {'tasks' if info.mode == 'async' else 'threads'}"
    if plain is not None and plain.failure:
        yield "where nothing is set", escaped(plain.failure)
    elif plain is not None:
        yield "headers of its own", _headers(plain.headers)
        yield "name look-ups", _lookups(plain)
        yield "threads of its own", "" if plain.threads is None else str(plain.threads)
        yield "without an answer", _patience(plain)
        yield "a broken connection", _broken(plain)
    yield "headers in a comparison", _said(client, "headers added")
    yield "HTTP versions", ", ".join(_versions(client))
    yield "connections opened", _connections(client)
    yield "pool, asked for its count", _said(client, "connections told")
    yield "a gzip body", _said(client, "gzip")
    yield f"a hanging target, time-out {SHORT_TIMEOUT:g} s", _kind(client, "hang")
    yield "a cancelled request", _said(client, "after a cancel")
    remarks = dict.fromkeys(finding.remark for finding in client.examination.findings if finding.remark)
    yield "known exceptions", "; ".join(map(escaped, remarks))
    missed = [finding.check for finding in client.examination.findings if finding.passed is False]
    yield "missed checks", ", ".join(missed)


def _cost_rows(client: Client, cost: Cost | None) -> Iterator[tuple[str, str]]:
    if cost is None:
        return
    other = client.info.name != BESIDE
    yield (
        "CPU a request",
        format_us(cost.cpu_us_per_request) + (f", {_times(cost.cpu_ratio)} {BESIDE}'s" if other else ""),
    )
    yield (
        "req/s",
        format_rate(cost.req_per_s) + (f", {_share(cost.rate_ratio)} of {BESIDE}'s" if other else ""),
    )
    yield "limited by", escaped(cost.limiter)


def _said(client: Client, check: str) -> str:
    finding = client.examination.finding(check)
    return "" if finding.passed is None else escaped(finding.said)


def _kind(client: Client, check: str) -> str:
    """Return kind and class of an error, without its message, which contains ports."""
    finding = client.examination.finding(check)
    told, colon, _ = finding.said.partition(":")
    return "" if finding.passed is None else escaped(f"{told})" if colon and "(" in told else told)


def _versions(client: Client) -> Iterator[str]:
    for version in client.info.http_versions:
        finding = client.examination.finding(f"HTTP/{version}")
        yield version if finding.passed else f"{version} (asked for, and missed: {escaped(finding.said)})"


def _connections(client: Client) -> str:
    figures = {check: client.examination.finding(check).figure for check in CONNECTIONS}
    return " · ".join(
        f"{CONNECTIONS[check]}: {figure}" for check, figure in figures.items() if figure is not None
    )


def _headers(headers: Sequence[tuple[str, str]]) -> str:
    return "<br>".join(escaped(f"{name}: {value}") for name, value in headers) or "none but Host"


def _lookups(plain: Plain) -> str:
    if not plain.looked_up_in:
        return "by a resolver of its own: Python's was not asked"
    whose = "in the calling thread" if plain.looked_up_in == ("main",) else "in a thread of a pool"
    if not plain.connections or plain.lookups is None:
        return f"`getaddrinfo` {whose}"
    kept = "kept" if plain.lookups == 0 else "not kept"
    count = f"{plural(plain.lookups, 'look-up')} for {plural(plain.connections, 'new connection')}"
    return f"`getaddrinfo` {whose}, {kept}: {count} to a known name"


def _patience(plain: Plain) -> str:
    if plain.hung_seconds is None:
        return f"still waiting after {plain.patience:.0f} s"
    return f"{escaped(plain.hung.partition(':')[0] or 'no error')} after {plain.hung_seconds:.0f} s"


def _broken(plain: Plain) -> str:
    if plain.tries is None:
        return ""
    return f"sent {plural(plain.tries, 'time')}, then {escaped(plain.broke.partition(':')[0] or 'no error')}"


def _yes(value: bool | None) -> str:
    return UNKNOWN if value is None else "yes" if value else "no"


def _times(ratio: Estimate | None) -> str:
    return UNKNOWN if ratio is None or ratio.low is None else format_times(*ratio)


def _share(ratio: Estimate | None) -> str:
    return UNKNOWN if ratio is None or ratio.low is None else format_ratio(*ratio)
