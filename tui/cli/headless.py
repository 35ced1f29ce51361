"""A run or a sweep without a screen: progress on stderr, results as asked for, interrupts, and the exit code."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from httptui.daemon_executor import DaemonExecutor
from httptui.errors import ExitCode, HttptuiError, NothingFinishedError, PlanError
from httptui.log import log_of
from httptui.plan.io import checked_plan
from httptui.plan.model import Plan
from httptui.report.render_text import render_text
from httptui.report.store import READER_SECONDS, GiveUp, why
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Snapshot
from httptui.safe_text import safe_text
from httptui.sweeps.document import document_of
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.tui.cli.entry import taken
from httptui.tui.cli.outputs import Delivery, Outputs
from httptui.tui.cli.progress import Progress
from httptui.tui.cli.streams import StdoutError, all_told, columns_of, complain, note
from httptui.tui.exit_codes import any_finished, exit_code_of, measured
from httptui.tui.saving import save_report

LOG = log_of(__name__)


AnyReport = Report | SweepReport


class Session(Protocol):
    """A run or a sweep, as `httptui.run` and `httptui.sweep` return it."""

    def __aiter__(self) -> AsyncIterator[Any]: ...

    def stop(self) -> None:
        """Send no more, drain, and end with a report."""

    async def aclose(self) -> None:
        """End it at once."""

    def report_now(self) -> Any:
        """Its report as it would be at this moment."""


class Interrupts:
    """Signals that ask the command to end.

    The first stops the session, which ends with a report; the second keeps the report as it stands and leaves at
    once. While results are written, signals are only counted: `impatience` then gives up a slow reader.
    """

    def __init__(self) -> None:
        self.count = 0
        self._session: Session | None = None
        self._progress: Progress | None = None
        self._keep: Callable[[], object] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()

    @contextmanager
    def caught(self) -> Iterator[Interrupts]:
        """Receive the signals while the block runs."""
        with taken(self._received):
            yield self

    @contextmanager
    def stopping(self, session: Session, progress: Progress, keep: Callable[[], object]) -> Iterator[None]:
        """Stop this session at a signal; `keep` saves its report as it stands."""
        self._session, self._progress, self._keep = session, progress, keep
        try:
            yield
        finally:
            self._session = None

    def impatience(self) -> GiveUp:
        """Return when to give up a reader from now on: at the next signal, and READER_SECONDS after its turn began if
        a signal came before.
        """
        before = self.count
        return lambda waited: self.count > before or (before > 0 and waited > READER_SECONDS)

    def _received(self) -> None:
        self.count += 1
        with suppress(RuntimeError):  # The loop may be closed already.
            self._loop.call_soon_threadsafe(self._act, self.count)

    def _act(self, number: int) -> None:
        if self._session is None or self._progress is None:
            return
        if number == 1:
            self._progress.say("stopping, keeping the results so far; Ctrl-C again quits at once")
            self._session.stop()
        elif self._task is not None:
            self._session = None
            try:
                self._keep()
            finally:
                self._task.cancel()


def run_headless(plan: Plan, *, consent: frozenset[str], outputs: Outputs, settle: bool = False) -> int:
    """Run a checked plan or its sweep and return the exit code; raise HttptuiError for what prevents any load.

    With `settle`, a concurrent run is followed by an interleaved one, which is the one reported.
    """
    from httptui import run, sweep
    from httptui.tui.control.run import can_be_settled, settling
    from httptui.tui.debugging import mask_secrets_of

    mask_secrets_of(plan)
    if plan.sweep:
        if settle:
            raise PlanError("--settle: a sweep leaves no order to settle")
        outputs.check_forms_of_sweep()
    outputs.check()
    if settle and not can_be_settled(plan):
        raise PlanError("--settle: only a concurrent run of two contenders or more leaves an order to settle")
    plans = [plan, checked_plan(settling(plan))] if settle else [plan]
    start = sweep if plan.sweep else run
    return in_loop(conduct([partial(start, one, consent=consent) for one in plans], outputs))


def in_loop(work: Coroutine[Any, Any, int]) -> int:
    """Run the work; return its exit code, or that of an interrupt. Background errors become one line each."""

    async def watched() -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_tell_background_error)
        loop.set_default_executor(DaemonExecutor())
        return await work

    try:
        return asyncio.run(watched())
    except (asyncio.CancelledError, KeyboardInterrupt):
        return ExitCode.INTERRUPTED


def _tell_background_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Write one line instead of the traceback that asyncio would print for a task nobody awaits."""
    error = context.get("exception")
    LOG.error("in the background: %s", context["message"], exc_info=error)
    complain(f"in the background: {error if isinstance(error, HttptuiError) else context['message']}")


async def conduct(sessions: Sequence[Callable[[], Session]], outputs: Outputs) -> int:
    """Follow one run or sweep after the other, then write the last one's report and return the exit code.

    One that was interrupted, that failed, or in which nothing finished, is the last.
    """
    with Interrupts().caught() as interrupts:
        for number, begin in enumerate(sessions, start=1):
            report, failure = await follow(begin(), interrupts, outputs)
            if interrupts.count or failure or number == len(sessions) or not any_finished(report):
                break
            tell_result(report)
            note("the same again, interleaved, to settle the order")
        code = finish(report, outputs, interrupts, failed=failure is not None)
        if failure is not None and not interrupts.count:
            raise failure
        return code


async def follow(
    session: Session, interrupts: Interrupts, outputs: Outputs | None = None
) -> tuple[AnyReport, Exception | None]:
    """Show each snapshot of a run or a sweep; return its report, and the error that ended it early.

    An error before anything was measured is raised. A second interrupt keeps the report as it stands, if there are
    `outputs` at all.
    """
    progress = Progress()
    report: AnyReport | None = None
    failure: Exception | None = None

    def so_far() -> AnyReport | None:
        made: AnyReport = report or session.report_now()
        return made if report or measured(made) else None

    def keep_so_far() -> None:
        if outputs is not None and (made := so_far()) is not None:
            keep(made, outputs.out)

    shown = Shown(progress, session, outputs)
    with interrupts.stopping(session, progress, keep_so_far):
        try:
            async with aclosing(session):
                async for item in session:
                    if isinstance(item, AnyReport):
                        report = item
                    else:
                        shown.take(item)
        except Exception as error:
            if (report := so_far()) is None:
                raise
            failure = error
    progress.end()
    if report is None:
        raise NothingFinishedError("it ended without a report")
    return report, failure


class Shown:
    """Shows snapshots; an error of that costs one line, not the run."""

    def __init__(self, progress: Progress, session: Session, outputs: Outputs | None) -> None:
        self._progress, self._session, self._outputs = progress, session, outputs
        self._told = False

    def take(self, snapshot: Snapshot | SweepSnapshot) -> None:
        """Show one; stop the session if its stream has lost its reader and is the only output."""
        try:
            self._progress.show(snapshot)
            if self._outputs is not None:
                self._outputs.snapshot(snapshot)
        except StdoutError:
            if self._outputs is not None and self._outputs.only_streams:
                self._session.stop()
        except Exception as error:
            if not self._told:
                LOG.error("progress", exc_info=error)
                complain(f"progress: {why(error)}")
            self._told = True


def finish(report: AnyReport, outputs: Outputs, interrupts: Interrupts, *, failed: bool) -> int:
    """Write the report, tell the result on stderr, and return the exit code; the caller tells why a run `failed`."""
    delivery = outputs.report(report, give_up=interrupts.impatience())
    hand_over(report, delivery, interrupts, outputs)
    if interrupts.count:
        return ExitCode.INTERRUPTED
    if not report.complete and outputs.only_streams and delivery.problems:  # Its reader has gone.
        return ExitCode.BAD_INPUT
    code = exit_code_of(report)
    if code is ExitCode.NOTHING_FINISHED and not failed:
        complain(why_nothing(report))
    return delivery.code(code)


def hand_over(report: AnyReport, delivery: Delivery, interrupts: Interrupts, outputs: Outputs) -> None:
    """Tell the results on stderr, then write what waits for a reader, then tell what was saved.

    A report that was cut short is kept before all that; one that could not be written or told is kept after it,
    unless it has been delivered whole by then.
    """

    def owed() -> bool:
        return not delivery.whole and measured(report)

    kept = owed() and bool(interrupts.count or not report.complete or delivery.problems)
    if kept:
        keep(report, outputs.out)
    delivery.attempt("the result", partial(tell_result, report))
    delivery.serve()
    if owed() and not kept and (interrupts.count or delivery.problems or not all_told()):
        keep(report, outputs.out)
    delivery.tell()


def keep(report: AnyReport, out: Path | None = None) -> None:
    """Save a report that would be lost, and tell where, or why not.

    The first folder that can be written to gets it: `out`, the user's reports folder, that of temporary files.
    """
    problems = []
    for folder in (*([out] if out is not None else []), None, Path(tempfile.gettempdir())):
        try:
            paths = save_report(report, folder)
        except (OSError, HttptuiError) as error:
            problems.append(f"not saved: {error}")
        else:
            note(f"saved {paths[0]}")
            return
    complain(*problems)


def tell_result(report: AnyReport) -> None:
    """Write results, ranking and verdict to stderr."""
    for line in render_text(document_of(report), columns_of(sys.stderr)).splitlines():
        note(line)


def why_nothing(report: AnyReport) -> str:
    """Say in one sentence why no contender has a result: the commonest reason, and a library's own words for it."""
    if report.verdict.kind == "invalid" and (isinstance(report, SweepReport) or not report.complete):
        return safe_text(report.verdict.sentence.removeprefix("Invalid: ").removesuffix("."), 500)
    if isinstance(report, SweepReport):
        causes = (one.cause for one in report.contenders if one.cause)
        events = (event.text for event in report.events if event.level != "info")
        return f"no contender finished: {next(causes, '') or next(events, '') or 'no request succeeded'}"
    reasons = Counter(_reason(contender)[0] for contender in report.contenders)
    commonest, count = reasons.most_common(1)[0]
    words = next(words for kind, words in map(_reason, report.contenders) if kind == commonest)
    share = "" if count == len(report.contenders) else f", {count} of {len(report.contenders)}"
    detail = f" ({words})" if words and words != commonest else ""
    return safe_text(f"no contender finished: {commonest}{share}{detail}", 500)


def _reason(contender: ReportContender) -> tuple[str, str]:
    if contender.cause:
        return contender.cause, ""
    failing = {code: count for code, count in contender.status.items() if not code.startswith("2")}
    kind = max(contender.errors, key=lambda name: contender.errors[name], default="status")
    if kind != "status":  # Which is the kind of all that failing has.
        return kind, contender.first_messages.get(kind, "")
    if failing:
        return f"status {max(failing, key=lambda code: failing[code])}", ""
    return "no answer came", ""
