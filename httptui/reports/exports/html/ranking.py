"""The rankings as bars from zero, each with its interval: by requests per second, and by CPU per request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from httptui.reports.exports.html.marks import colour_class, named
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.html.tables import Heading, table
from httptui.reports.exports.results import cost_of
from httptui.reports.report import Report, ReportContender
from httptui.snapshot import CpuRank, Rank, is_shared
from httptui.units import UNKNOWN, format_rate, format_ratio, format_us
from httptui.verdicts.ranking import rank_text

HEIGHT, MIDDLE, THICK, CAP = 18, 9, 10, 4


class Standing(NamedTuple):
    """A contender's place: its rank, its ratio with the ends of its interval, in words too, and its figure."""

    rank: str
    contender: ReportContender
    ratio: float
    low: float | None
    high: float | None
    told: str
    figure: str


def rankings(report: Report) -> list[Html]:
    """The rankings that have places, the one that leads first: by CPU where all shared a full machine."""
    by_id = {contender.id: contender for contender in report.contenders}
    rates = [_by_rate(place, by_id[place.id]) for place in report.ranking if place.id in by_id]
    costs = [_by_cost(place, by_id[place.id]) for place in report.cpu_ranking if place.id in by_id]
    both = [_ranking("Ranking by requests per second", "of the leader", "req/s", rates)] if rates else []
    if len(costs) > 1:
        both.append(_ranking("Ranking by CPU per request", "of the cheapest", "CPU/req", costs))
    return both[::-1] if is_shared(report.flags) else both


def _by_rate(place: Rank, contender: ReportContender) -> Standing:
    told = format_ratio(place.ratio, place.ratio_low, place.ratio_high)
    rate = format_rate(place.req_per_s)
    return Standing(rank_text(place), contender, place.ratio, place.ratio_low, place.ratio_high, told, rate)


def _by_cost(place: CpuRank, contender: ReportContender) -> Standing:
    cost = format_us(place.cpu_us_per_request)
    return Standing(
        rank_text(place), contender, place.ratio, place.ratio_low, place.ratio_high, cost_of(place), cost
    )


def _ranking(title: str, ratio: str, figure: str, places: Sequence[Standing]) -> Html:
    longest = max([1.0, *(place.high or place.ratio for place in places)])
    headings = (
        Heading("rank"),
        Heading("contender", words=True),
        Heading("", words=True),
        Heading(ratio),
        Heading(figure),
    )
    rows = [
        (
            place.rank,
            named(place.contender),
            _bar(place, longest),
            place.told or UNKNOWN,
            tag("strong", place.figure),
        )
        for place in places
    ]
    return tag("section", tag("h2", title), table(headings, rows, "ranking"))


def _bar(place: Standing, longest: float) -> Html:
    """A bar as long as the ratio, and over it a line from one end of the interval to the other."""

    def along(ratio: float) -> str:
        return f"{min(max(ratio / longest, 0.0), 1.0) * 100:.2f}%"

    parts = [tag("rect", x=0, y=MIDDLE - THICK / 2, width=along(place.ratio), height=THICK, class_="bar")]
    if place.low is not None and place.high is not None:
        low, high = along(place.low), along(place.high)
        parts.append(tag("line", x1=low, x2=high, y1=MIDDLE, y2=MIDDLE, class_="interval"))
        parts += [
            tag("line", x1=end, x2=end, y1=MIDDLE - CAP, y2=MIDDLE + CAP, class_="interval")
            for end in (low, high)
        ]
    return tag(
        "svg", *parts, class_=colour_class(place.contender), width="100%", height=HEIGHT, aria_hidden="true"
    )
