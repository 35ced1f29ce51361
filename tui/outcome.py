"""What the report of a whole run means for the process that ran it."""

from __future__ import annotations

from httptui.errors import ExitCode
from httptui.reports.report import Report


def exit_code_of(report: Report) -> ExitCode:
    """Nothing finished, an expectation was missed, or all is well."""
    if not any_finished(report):
        return ExitCode.NOTHING_FINISHED
    if any(not expectation.met for expectation in report.expectations):
        return ExitCode.THRESHOLD_MISSED
    return ExitCode.DONE


def any_finished(report: Report) -> bool:
    """Whether any contender has a result."""
    return any(contender.requests.ok and contender.state != "dnf" for contender in report.contenders)
