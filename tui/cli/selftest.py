"""`httptui selftest`: a check that this machine can tell two clients apart today."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from httptui.tui.cli.streams import note, tell

if TYPE_CHECKING:
    from httptui.plan.model import Plan
    from httptui.results.report import Report
    from httptui.tui.cli.outputs import Outputs


@click.command()
@click.option(
    "--seconds",
    type=click.IntRange(15, 3600),
    default=60,
    show_default=True,
    metavar="N",
    help="The time it may take, at least 15 s; a longer test sees smaller differences.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**62), default=1, metavar="N", help="Seed of the order of turns."
)
@click.option("--json", metavar="FILE", help="Write the result as JSON; - is stdout.")
def selftest(seconds: int, seed: int, json: str | None) -> int:
    """Run one client against itself, and against itself with 5 % more CPU per request.

    This tests whether this machine finds no difference where there is none, and finds one where there is, and prints
    the smallest difference between two clients that it can show now. A difference between equals can be chance: then
    they run again.

    \b
    Exit codes: 0 this machine can be trusted today; 3 it cannot.
    """
    from httptui.tui.cli.headless import in_loop
    from httptui.tui.cli.outputs import Outputs

    outputs = Outputs(json=json)
    outputs.check()
    return in_loop(examine(seconds, seed, outputs))


async def examine(seconds: float, seed: int, outputs: Outputs) -> int:
    """Run, judge, tell the result, and return the exit code."""
    from httptui.errors import ExitCode
    from httptui.report.formats import indented
    from httptui.selftest import compared, effect_plan, judge, same_plan
    from httptui.tui.cli.outputs import Delivery

    effect = await report_of(effect_plan(seconds, seed))
    same = [await report_of(same_plan(seconds, seed))]
    if compared(same[0]).parted:
        note("a difference between equals, which can be chance: repeating")
        same.append(await report_of(same_plan(seconds, seed + 1)))
    result = judge(same, effect)
    delivery = Delivery()
    delivery.write(outputs.jobs(result, {"json": indented}))
    told = note if outputs.takes_stdout else tell
    for sentence in result.sentences:
        delivery.attempt("stdout", partial(told, sentence))
    delivery.tell()
    return delivery.code(ExitCode.DONE if result.trusted else ExitCode.THRESHOLD_MISSED)


async def report_of(plan: Plan) -> Report:
    """Follow one run to its end; CancelledError where it was interrupted, as half a self-test says nothing."""
    from asyncio import CancelledError

    from httptui import run
    from httptui.results.report import Report
    from httptui.tui.cli.headless import Interrupts, follow

    with Interrupts().caught() as interrupts:
        report, failure = await follow(run(plan), interrupts)
    if interrupts.count:
        raise CancelledError
    if failure is not None:
        raise failure
    assert isinstance(report, Report)
    return report
