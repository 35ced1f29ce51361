"""A sweep without a screen: progress on stderr, its report where it was asked for, and what it means as a code."""

from __future__ import annotations

import sys
from functools import partial

from msgspec.structs import replace

from httptui.errors import ExitCode, PlanError
from httptui.plan.model import Plan
from httptui.report.formats import saved_forms
from httptui.report.render_text import render_text
from httptui.report.store import GiveUp, never
from httptui.sweeps.document import SWEEP_FORMATS, sweep_document
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.tui.cli.headless import Interrupts, Session, follow, hand_over, in_loop, left_by_reader
from httptui.tui.cli.outputs import Delivery, Outputs
from httptui.tui.cli.progress import SweepProgress
from httptui.tui.cli.streams import columns_of, complain, note


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
