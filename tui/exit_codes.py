"""Exit codes of the process that ran or swept a plan, by its report."""

from __future__ import annotations

from httptui.errors import ExitCode
from httptui.results.report import Report
from httptui.sweeps.report import SweepReport


def exit_code_of(report: Report | SweepReport) -> ExitCode:
    """Return the code for: nothing finished or the target failed, an expectation was not met, or all is well."""
    if not any_finished(report):
        return ExitCode.NOTHING_FINISHED
    missed = isinstance(report, Report) and any(not one.met for one in report.expectations)
    return ExitCode.THRESHOLD_MISSED if missed else ExitCode.DONE


def exit_code_in_app(report: Report | SweepReport) -> ExitCode:
    """Return the same, but DONE for a run that its user stopped, unless its failures had stopped it before."""
    return exit_code_of(report) if report.complete or report.verdict.kind == "invalid" else ExitCode.DONE


def any_finished(report: Report | SweepReport) -> bool:
    """Check for a contender with a result that counts; there is none where the target failed."""
    if report.verdict.kind == "invalid":
        return False
    if isinstance(report, SweepReport):
        return any(point.ok for point in report.points)
    return any(contender.requests.ok and contender.state != "dnf" for contender in report.contenders)


def measured(report: Report | SweepReport) -> bool:
    """Check for anything that would be lost with the report."""
    if isinstance(report, SweepReport):
        return any(point.ok for point in report.points)
    return any(contender.requests.planned for contender in report.contenders)
