"""A report in plain text, for a terminal of 80 columns or wider."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.exports.results import (
    FEW_SAMPLES,
    LONGEST,
    connections_of,
    failures_of,
    id_of,
    in_order,
    is_rough,
    label_of,
    load_of,
    name_of,
    p99_of,
    request_of,
    round_seconds,
)
from httptui.exports.table import Column, cells_of, fitted, padded, table_lines, wrapped
from httptui.ranking import rank_text
from httptui.report import Report, ReportContender
from httptui.safe_text import safe_text
from httptui.snapshot import ContenderView, Rank, Snapshot
from httptui.units import UNKNOWN, format_count, format_ms, format_rate, format_ratio, format_us

WIDTH = 80


def to_text(report: Report, width: int = WIDTH) -> str:
    """Results, ranking, verdict and warnings, each line at most `width` cells (80 or more)."""
    contenders = in_order(report)
    heading = " · ".join(part for part in (name_of(report), request_of(report), load_of(report)) if part)
    lines = [*wrapped(heading, width, "  "), "", *table_lines(_columns(report, contenders), width)]
    if any(is_rough(contender) for contender in contenders):
        lines.append(FEW_SAMPLES)
    for contender in contenders:
        if contender.cause:
            cause = safe_text(contender.cause, LONGEST)
            lines += wrapped(f"{id_of(contender)} did not finish: {cause}", width, "  ")
    if report.ranking:
        lines += ["", *ranking_lines(report, width)]
    lines += ["", *wrapped(safe_text(report.verdict.sentence, LONGEST), width)]
    if not report.complete:
        lines += ["", "This run was not complete."]
    if report.warnings:
        lines.append("")
    for warning in report.warnings:
        lines += wrapped(f"Warning: {safe_text(warning, LONGEST)}", width, "  ")
    return "\n".join(lines) + "\n"


def ranking_lines(source: Snapshot | Report, width: int = WIDTH) -> list[str]:
    """One line a rank: place, contender, ratio to the leader with its interval, and what limits it."""
    by_id: dict[str, ContenderView | ReportContender] = {
        contender.id: contender for contender in source.contenders
    }
    places = [(place, by_id[place.id]) for place in source.ranking if place.id in by_id]
    if not places:
        return []
    ranks = [rank_text(place) for place, _ in places]
    ratios = _aligned([_ratio(place) for place, _ in places])
    limits = [_limit(contender) for _, contender in places]
    labels = [f"{id_of(contender)}  {label_of(contender)}" for _, contender in places]
    ranks_width, ratios_width, limits_width = (
        max(cells_of(text) for text in texts) for texts in (ranks, ratios, limits)
    )
    room = max(width - ranks_width - ratios_width - limits_width - 6, 4)
    label_width = min(max(cells_of(label) for label in labels), room)
    return [
        "  ".join(
            (
                padded(rank, ranks_width),
                padded(fitted(label, label_width), label_width),
                padded(ratio, ratios_width),
                limit,
            )
        ).rstrip()
        for rank, label, ratio, limit in zip(ranks, labels, ratios, limits, strict=True)
    ]


def _columns(report: Report, contenders: Sequence[ReportContender]) -> list[Column]:
    def median(contender: ReportContender) -> str:
        return format_ms(None if contender.latency_ms is None else contender.latency_ms.p50)

    columns = [
        Column("", [id_of(contender) for contender in contenders]),
        Column("contender", [label_of(contender) for contender in contenders], "left", label=True),
        Column("req/s", [format_rate(contender.req_per_s) for contender in contenders]),
        Column("p50", [median(contender) for contender in contenders]),
        Column("p99", [p99_of(contender) for contender in contenders], keep=1),
        Column("CPU/req", [format_us(contender.cpu_us_per_request) for contender in contenders]),
        Column("conns/req", [connections_of(contender) for contender in contenders], keep=3),
        Column("errors", [format_count(failures_of(contender)) for contender in contenders]),
    ]
    rounds = [round_seconds(report, contender) for contender in contenders]
    if any(rounds):
        columns.append(Column("s/round", [_mean_seconds(seconds) for seconds in rounds], keep=2))
    return columns


def _mean_seconds(seconds: Sequence[float]) -> str:
    return f"{sum(seconds) / len(seconds):.2f}" if seconds else UNKNOWN


def _ratio(place: Rank) -> str:
    return format_ratio(place.ratio, place.ratio_low, place.ratio_high)


def _aligned(ratios: Sequence[str]) -> list[str]:
    """The ratios with their per cent signs below one another."""
    before = max(ratio.index("%") for ratio in ratios)
    return [" " * (before - ratio.index("%")) + ratio for ratio in ratios]


def _limit(contender: ContenderView | ReportContender) -> str:
    if contender.state == "dnf":
        return "did not finish"
    return "" if contender.limiter is None else contender.limiter.kind
