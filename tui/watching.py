"""What the screen did while a run was on, told in the report beside what that cost."""

from __future__ import annotations

from msgspec.structs import replace

from httptui.results.report import Report


def with_watching(report: Report, drawn: int, *, precedence: bool) -> Report:
    """The report with the number of pictures drawn while its run was on, and whether the screen came first."""
    watching = {**report.environment.get("watching", {}), "pictures": drawn, "precedence": precedence}
    return replace(report, environment={**report.environment, "watching": watching})
