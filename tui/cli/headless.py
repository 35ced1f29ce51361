"""A run without a screen: progress on stderr, results where they were asked for, and what it all means as a code."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from msgspec.structs import replace

from httptui.daemon_executor import DaemonExecutor
from httptui.errors import ExitCode, HttptuiError, NothingFinishedError, PlanError
from httptui.log import log_of
from httptui.plan.io import checked_plan
from httptui.plan.model import Plan
from httptui.report.formats import saved_forms
from httptui.report.render_text import render_text
from httptui.report.run_document import run_document
from httptui.report.store import READER_SECONDS, GiveUp, never, why
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Snapshot
from httptui.safe_text import safe_text
from httptui.sweeps.document import SWEEP_FORMATS, sweep_document
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.tui.cli.entry import taken
from httptui.tui.cli.outputs import Delivery, Outputs
from httptui.tui.cli.progress import Progress, SweepProgress, Teller
from httptui.tui.cli.streams import StdoutError, all_told, columns_of, complain, note
from httptui.tui.exit_codes import any_finished, exit_code_of, measured
from httptui.tui.saving import save_report, save_sweep

if TYPE_CHECKING:
    from httptui.results.report import Report
    from httptui.sweeps.report import SweepReport


LOG = log_of(__name__)


class Stoppable(Protocol):
    """What an interrupt needs of a run or a sweep."""

    def stop(self) -> None:
        """Send no more, drain, and end with a report."""


class Interrupts:
    """The first drains what is on and keeps its report; the second keeps the report as it stands, and leaves at once.

    Where nothing is on any more and results are being written, they are only counted: whoever waits for a reader
    gives it up, as `impatience` tells.
    """

    def __init__(self) -> None:
        self.count = 0
        self._session: Stoppable | None = None
        self._progress: Teller | None = None
        self._keep: Callable[[], object] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()

    @contextmanager
    def caught(self) -> Iterator[Interrupts]:
        """Take the signals over for a while."""
        with taken(self._received):
            yield self

    @contextmanager
    def stopping(
        self, session: Stoppable, progress: Teller, keep: Callable[[], object] = lambda: None
    ) -> Iterator[None]:
        """Stop this session where they come; `keep` saves its report as it stands."""
        self._session, self._progress, self._keep = session, progress, keep
        try:
            yield
        finally:
            self._session = None

    def impatience(self) -> GiveUp:
        """When to give up a reader of what is written from now on: where another one comes, and READER_SECONDS after
        its turn began where one came before.
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


R = TypeVar("R", Report, SweepReport)


class Session(Stoppable, Protocol):
    """What is needed of a run or a sweep; `httptui.run` and `httptui.sweep` give one."""

    def __aiter__(self) -> AsyncIterator[Any]: ...

    async def aclose(self) -> None:
        """End it at once."""

    def report_now(self) -> Any:
        """What its report would say at this moment."""


def run_headless(plan: Plan, *, consent: frozenset[str], outputs: Outputs, settle: bool = False) -> int:
    """Run a checked plan to its end and return the exit code; HttptuiError for what stops it before any load.

    With `settle`, a concurrent run is followed by an interleaved one, which is the one reported.
    """
    from httptui import run
    from httptui.tui.control.run import can_be_settled, settling
    from httptui.tui.debugging import mask_secrets_of

    mask_secrets_of(plan)
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
    LOG.error("in the background: %s", context["message"], exc_info=error)
    complain(f"in the background: {error if isinstance(error, HttptuiError) else context['message']}")


async def conduct(sessions: Sequence[Callable[[], Session]], outputs: Outputs) -> int:
    """Follow one run after the other, then write the last one's report and judge how it ended.

    A run that was interrupted, that failed, or in which nothing finished, is the last.
    """
    with Interrupts().caught() as interrupts:
        for number, begin in enumerate(sessions, start=1):
            report, failure = await follow_run(begin(), interrupts, outputs)
            if interrupts.count or failure or number == len(sessions) or not any_finished(report):
                break
            tell_result(report)
            note("the same again, interleaved, to settle the order")
        code = finish(report, outputs, interrupts, failed=failure is not None)
        if failure is not None and not interrupts.count:
            raise failure
        return code


async def follow_run(
    session: Session, interrupts: Interrupts, outputs: Outputs | None = None
) -> Followed[Report]:
    """Follow a run, showing its snapshots."""
    progress = Progress()

    def see(snapshot: Snapshot) -> None:
        progress.show(snapshot)
        if outputs is not None:
            outputs.snapshot(snapshot)

    return await follow(session, Report, see, progress, interrupts, outputs)


class Followed(NamedTuple, Generic[R]):
    """The report of a run or a sweep, and what ended it before its time."""

    report: R
    failure: Exception | None


async def follow(
    session: Session,
    kind: type[R],
    see: Callable[[Any], None],
    progress: Teller,
    interrupts: Interrupts,
    outputs: Outputs | None,
) -> Followed[R]:
    """Show each snapshot of a run or a sweep of which the report is of a `kind`.

    What shows it cannot end it, unless it is done for nothing but a stream whose reader has gone.  What ends it after
    something was measured is handed over beside the report; what ends it before is raised.  A second interrupt keeps
    the report as it stands, if there are `outputs` of it at all.
    """
    report: R | None = None
    failure: Exception | None = None

    def so_far() -> R | None:
        made: R = report or session.report_now()
        return made if report or measured(made) else None

    def keep_so_far() -> None:
        if outputs is not None and (made := so_far()) is not None:
            keep(made, outputs.out)

    shown = Shown(see, session, outputs)
    with interrupts.stopping(session, progress, keep_so_far):
        try:
            async with aclosing(session):
                async for item in session:
                    if isinstance(item, kind):
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
    return Followed(report, failure)


class Shown:
    """Shows snapshots, and tells once where it cannot."""

    def __init__(self, see: Callable[[Any], None], session: Stoppable, outputs: Outputs | None) -> None:
        self._see, self._session, self._outputs = see, session, outputs
        self._told = False

    def take(self, snapshot: object) -> None:
        """Show one; stop the session where the reader of its stream has gone, and nobody else waits for it."""
        try:
            self._see(snapshot)
        except StdoutError:
            if self._outputs is not None and self._outputs.only_streams:
                self._session.stop()
        except Exception as error:
            if not self._told:
                LOG.error("progress", exc_info=error)
                complain(f"progress: {why(error)}")
            self._told = True


def finish(report: Report, outputs: Outputs, interrupts: Interrupts, *, failed: bool = False) -> int:
    """Write the report, tell the ranking on stderr, and return the exit code; where the run `failed`, its caller
    tells why.
    """
    delivery = outputs.report(report, give_up=interrupts.impatience())
    hand_over(report, delivery, partial(tell_result, report), interrupts, outputs)
    if interrupts.count:
        return ExitCode.INTERRUPTED
    if left_by_reader(report, delivery, outputs):
        return ExitCode.BAD_INPUT
    code = exit_code_of(report)
    if code is ExitCode.NOTHING_FINISHED and not failed:
        complain(why_nothing(report))
    return delivery.code(code)


def left_by_reader(report: Report | SweepReport, delivery: Delivery, outputs: Outputs) -> bool:
    """Whether a run or a sweep was cut short because nobody read its stream any more."""
    return not report.complete and outputs.only_streams and bool(delivery.problems)


def hand_over(
    report: Report | SweepReport,
    delivery: Delivery,
    tell: Callable[[], None],
    interrupts: Interrupts,
    outputs: Outputs,
) -> None:
    """Tell the results on stderr, then write what waits for a reader, then tell what was saved.

    A report that was cut short is kept before all that, and one that could not be written or told after it, unless
    somebody has the whole of it by then.
    """

    def owed() -> bool:
        return not delivery.whole and measured(report)

    kept = owed() and bool(interrupts.count or not report.complete or delivery.problems)
    if kept:
        keep(report, outputs.out)
    delivery.attempt("the result", tell)
    delivery.serve()
    if owed() and not kept and (interrupts.count or delivery.problems or not all_told()):
        keep(report, outputs.out)
    delivery.tell()


def tell_result(report: Report) -> None:
    """Results, ranking and verdict, on stderr."""
    for line in render_text(run_document(report), columns_of(sys.stderr)).splitlines():
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


def keep(report: Report | SweepReport, out: Path | None = None) -> None:
    """Save a report into `out`, or the user's reports folder, or where neither can be written to the folder of
    temporary files, and tell where; or why not.
    """
    problems = []
    for folder in (*([out] if out is not None else []), None, Path(tempfile.gettempdir())):
        try:
            paths = _save(report, folder)
        except (OSError, HttptuiError) as error:
            problems.append(f"not saved: {error}")
        else:
            note(f"saved {paths[0]}")
            return
    complain(*problems)


def _save(report: Report | SweepReport, folder: Path | None) -> tuple[Path, ...]:
    from httptui.sweeps.report import SweepReport

    return save_sweep(report, folder) if isinstance(report, SweepReport) else save_report(report, folder)


def run_sweep(plan: Plan, *, consent: frozenset[str], outputs: Outputs, settle: bool = False) -> int:
    """Run a checked plan's sweep and return the exit code; HttptuiError for what stops it before any load."""
    from httptui import sweep
    from httptui.tui.debugging import mask_secrets_of

    mask_secrets_of(plan)
    if settle:
        raise PlanError("--settle: a sweep leaves no order to settle")
    check_outputs(outputs)
    return in_loop(conduct_sweep(sweep(plan, consent=consent), outputs))


def check_outputs(outputs: Outputs) -> None:
    """PlanError where results could not be written, or have no such form."""
    asked = [f"--{name}" for name in outputs.files if name not in SWEEP_FORMATS]
    asked += ["--hgrm"] if outputs.hgrm is not None else []
    if asked:
        forms = ", ".join(f"--{name}" for name in SWEEP_FORMATS)
        raise PlanError(f"{' and '.join(asked)}: has no form for a sweep; {forms} or --out")
    outputs.check()


async def conduct_sweep(session: Session, outputs: Outputs) -> int:
    """Follow a sweep, write its report, and judge how it ended."""
    progress = SweepProgress()

    def see(snapshot: SweepSnapshot) -> None:
        progress.show(snapshot)
        if outputs.stream:
            outputs.line({"snapshot": without_slices(snapshot)})

    with Interrupts().caught() as interrupts:
        report, failure = await follow(session, SweepReport, see, progress, interrupts, outputs)
        delivery = write_sweep(report, outputs, give_up=interrupts.impatience())
        hand_over(report, delivery, partial(tell_sweep, report), interrupts, outputs)
        if not interrupts.count and left_by_reader(report, delivery, outputs):
            return ExitCode.BAD_INPUT
        code = _code(report, interrupted=interrupts.count > 0)
        if failure is not None and not interrupts.count:
            raise failure
        return delivery.code(code)


def tell_sweep(report: SweepReport) -> None:
    """Results and verdict of a sweep, on stderr."""
    for text in render_text(sweep_document(report), columns_of(sys.stderr)).splitlines():
        note(text)


def write_sweep(report: SweepReport, outputs: Outputs, *, give_up: GiveUp = never) -> Delivery:
    """Write the report wherever it was asked for; what was written, and what could not be."""
    delivery = Delivery(give_up)
    outputs.deliver(report, SWEEP_FORMATS, saved_forms(report, SWEEP_FORMATS), delivery, give_up=give_up)
    return delivery


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
