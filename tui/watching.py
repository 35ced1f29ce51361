"""How often the screen was drawn, told in the report beside what that cost."""

from __future__ import annotations

from msgspec.structs import replace

from httptui.reports.report import Report


def with_pictures(report: Report, drawn: int) -> Report:
    """The report with the number of pictures drawn while its run was on."""
    watching = {**report.environment.get("watching", {}), "pictures": drawn}
    return replace(report, environment={**report.environment, "watching": watching})
