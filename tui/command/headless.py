"""A run without a screen: progress on stderr, results where they were asked for, and what it all means as a code."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any, Protocol

from httptui.daemon_executor import DaemonExecutor
from httptui.errors import ExitCode, HttptuiError, NothingFinishedError, PlanError
from httptui.plans.file import checked_plan
from httptui.plans.plan import Plan
from httptui.reports.exports.text import to_text
from httptui.reports.report import Report, ReportContender
from httptui.safe_text import safe_text
from httptui.snapshot import Snapshot
from tui.command.outputs import Outputs
from tui.command.progress import Progress, Teller
from tui.command.stderr import complain, note
from tui.command.width import columns_of
from tui.outcome import any_finished, exit_code_of


class Stoppable(Protocol):
    """What an interrupt needs of a run or a sweep."""

    def stop(self) -> None:
        """Send no more, drain, and end with a report."""


class Session(Stoppable, Protocol):
    """What is needed of a run; `httptui.run` gives one."""

    def __aiter__(self) -> AsyncIterator[Snapshot | Report]: ...

    async def aclose(self) -> None:
        """End the run at once."""


def run_headless(plan: Plan, *, consent: frozenset[str], outputs: Outputs, settle: bool = False) -> int:
    """Run a checked plan to its end and return the exit code; HttptuiError for what stops it before any load.

    With `settle`, a concurrent run is followed by an interleaved one, which is the one reported.
    """
    from httptui import run
    from tui.settling import can_be_settled, settling

    outputs.check()
    if settle and not can_be_settled(plan):
        raise PlanError("--settle: only a concurrent run of two contenders or more leaves an order to settle")
    plans = [plan, checked_plan(settling(plan))] if settle else [plan]
    return in_loop(conduct([partial(run, plan, consent=consent) for plan in plans], outputs))


def in_loop(work: Coroutine[Any, Any, int]) -> int:
    """What the work gives, or the exit code of an interrupt; its background errors are a line each."""

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
    """One line in place of the traceback that asyncio would print for a task nobody waits for."""
    error = context.get("exception")
    complain(f"in the background: {error if isinstance(error, HttptuiError) else context['message']}")


async def conduct(sessions: Sequence[Callable[[], Session]], outputs: Outputs) -> int:
    """Follow one run after the other, then write the last one's report and judge how it ended.

    A run that was interrupted, or in which nothing finished, is the last.
    """
    for number, session in enumerate(sessions, start=1):
        report, interrupted = await follow(session(), Progress(), outputs.snapshot)
        if interrupted or number == len(sessions) or not any_finished(report):
            break
        tell_result(report)
        note("the same again, interleaved, to settle the order")
    return finish(report, outputs, interrupted=interrupted)


async def follow(
    session: Session, progress: Progress, see: Callable[[Snapshot], None]
) -> tuple[Report, bool]:
    """Follow a run, showing its snapshots; its report, and whether it was interrupted."""
    report: Report | None = None
    interrupts = Interrupts(session, progress)
    with interrupts.caught():
        async with aclosing(session):
            async for item in session:
                if isinstance(item, Report):
                    report = item
                else:
                    see(item)
                    progress.show(item)
    progress.end()
    if report is None:
        raise NothingFinishedError("the run ended without a report")
    return report, interrupts.count > 0


def finish(report: Report, outputs: Outputs, *, interrupted: bool) -> int:
    """Write the report, tell the ranking on stderr, and return the exit code."""
    paths = outputs.report(report)
    tell_result(report)
    for path in paths:
        note(f"saved {path}")
    if interrupted:
        return ExitCode.INTERRUPTED
    code = exit_code_of(report)
    if code is ExitCode.NOTHING_FINISHED:
        complain(why_nothing(report))
    return code


def tell_result(report: Report) -> None:
    """Results, ranking and verdict, on stderr."""
    for line in to_text(report, columns_of(sys.stderr)).splitlines():
        note(line)


def why_nothing(report: Report) -> str:
    """One sentence on why no contender has a result: the commonest reason, and a library's own words for it."""
    if report.verdict.kind == "invalid" and not report.complete:
        return safe_text(report.verdict.sentence.removeprefix("Invalid: ").removesuffix("."), 500)
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


class Interrupts:
    """Ctrl-C and SIGTERM: the first drains the run and keeps its report, the second leaves at once."""

    def __init__(self, session: Stoppable, progress: Teller) -> None:
        self.count = 0
        self._session = session
        self._progress = progress
        self._task = asyncio.current_task()

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Take the signals over for a while; where the system has none for loops, Ctrl-C leaves at once."""
        loop = asyncio.get_running_loop()
        taken = []
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, self.interrupt)
            except NotImplementedError:
                break
            taken.append(number)
        try:
            yield
        finally:
            for number in taken:
                loop.remove_signal_handler(number)

    def interrupt(self) -> None:
        """What a signal does."""
        self.count += 1
        if self.count == 1:
            self._progress.say("stopping, and keeping what there is; Ctrl-C again leaves at once")
            self._session.stop()
        elif self._task is not None:
            self._task.cancel()
