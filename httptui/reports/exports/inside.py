"""What clients inside an app did upstream, as the cells of a table that every written form has."""

from __future__ import annotations

from httptui.reports.exports.results import in_order
from httptui.reports.report import Report, ReportContender
from httptui.units import format_count, format_ms

TITLE = "Inside an app"
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
