"""A sweep without a screen: progress on stderr, its report where it was asked for, and what it means as a code."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from httptui.errors import ExitCode, NothingFinishedError, PlanError
from httptui.plans.plan import Plan
from httptui.reports.files import report_stem, reports_folder
from httptui.sweeps.exports.formats import SWEEP_FORMATS, saved_sweep_files
from httptui.sweeps.exports.text import to_text
from httptui.sweeps.report import SweepReport
from httptui.sweeps.snapshot import SweepSnapshot
from tui.command.headless import Interrupts, Stoppable, in_loop
from tui.command.outputs import Outputs, deliver, line
from tui.command.stderr import complain, note
from tui.command.sweep_progress import SweepProgress
from tui.command.width import columns_of

OF_RUNS_ONLY = ("hgrm", "hgrm_file")


class SweepSession(Stoppable, Protocol):
    """What is needed of a sweep; `httptui.sweep` gives one."""

    def __aiter__(self) -> AsyncIterator[SweepSnapshot | SweepReport]: ...

    async def aclose(self) -> None:
        """End the sweep at once."""


def run_sweep(plan: Plan, *, consent: frozenset[str], outputs: Outputs, settle: bool = False) -> int:
    """Run a checked plan's sweep and return the exit code; HttptuiError for what stops it before any load."""
    from httptui import sweep

    if settle:
        raise PlanError("--settle: a sweep leaves no order to settle")
    check_outputs(outputs)
    return in_loop(conduct_sweep(sweep(plan, consent=consent), outputs))


def check_outputs(outputs: Outputs) -> None:
    """PlanError where results could not be written, or have no such form."""
    if asked := [
        f"--{name.removesuffix('_file')}" for name in OF_RUNS_ONLY if getattr(outputs, name) is not None
    ]:
        forms = ", ".join(f"--{name}" for name in SWEEP_FORMATS)
        raise PlanError(f"{' and '.join(asked)}: has no form for a sweep; {forms} or --out")
    outputs.check()


async def conduct_sweep(session: SweepSession, outputs: Outputs) -> int:
    """Follow a sweep, write its report, and judge how it ended."""
    report: SweepReport | None = None
    progress = SweepProgress()
    interrupts = Interrupts(session, progress)
    with interrupts.caught():
        async with aclosing(session):
            async for item in session:
                if isinstance(item, SweepReport):
                    report = item
                    continue
                if outputs.stream:
                    line({"snapshot": without_slices(item)})
                progress.show(item)
    progress.end()
    if report is None:
        raise NothingFinishedError("the sweep ended without a report")
    paths = write_sweep(report, outputs)
    for text in to_text(report, columns_of(sys.stderr)).splitlines():
        note(text)
    for path in paths:
        note(f"saved {path}")
    return _code(report, interrupted=interrupts.count > 0)


def write_sweep(report: SweepReport, outputs: Outputs) -> list[Path]:
    """Write the report wherever it was asked for; the files written.  OSError where one cannot be."""
    if outputs.stream:
        line({"report": report})
    written = []
    for name, form in SWEEP_FORMATS.items():
        if (target := getattr(outputs, name)) is not None:
            written += deliver(target, form(report))
    if outputs.out is not None:
        stem = reports_folder(outputs.out) / report_stem(report)
        for ending, data in saved_sweep_files(report).items():
            written += deliver(f"{stem}{ending}", data)
    return written


def without_slices(snapshot: SweepSnapshot) -> SweepSnapshot:
    """The snapshot with figures only, so that a stream does not repeat every turn so far four times a second."""
    return replace(snapshot, points=tuple(replace(point, slices=()) for point in snapshot.points))


def _code(report: SweepReport, *, interrupted: bool) -> int:
    if interrupted:
        return ExitCode.INTERRUPTED
    if report.verdict.kind == "invalid":
        complain(report.verdict.sentence.removeprefix("Invalid: ").removesuffix("."))
        return ExitCode.NOTHING_FINISHED
    if not any(point.ok for point in report.points):
        causes = [one.cause for one in report.contenders if one.cause]
        why = (
            causes[0]
            if causes
            else next((event.text for event in report.events if event.level != "info"), "")
        )
        complain(f"no contender finished: {why or 'no request succeeded'}")
        return ExitCode.NOTHING_FINISHED
    return ExitCode.DONE
