"""`httptui selftest`: can this machine be trusted today?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from httptui.tui.command.listing import tell
from httptui.tui.command.stderr import note

if TYPE_CHECKING:
    from httptui.plans.plan import Plan
    from httptui.reports.report import Report


@click.command()
@click.option(
    "--seconds",
    type=click.IntRange(15, 3600),
    default=60,
    show_default=True,
    metavar="N",
    help="How long it may take, at least 15; longer is finer.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**62), default=1, metavar="N", help="Seed of the order of turns."
)
@click.option("--json", metavar="FILE", help="Write the result as JSON; - is stdout.")
def selftest(seconds: int, seed: int, json: str | None) -> int:
    """Run one client against itself, and against itself with 5 % more CPU per request.

    It tells whether this machine finds no difference where there is none, and finds the one that there is, and how
    far apart two clients must be to be told apart here and now.  A difference between equals can be chance: then
    they are run once more.

    \b
    Exit codes: 0 this machine can be trusted today; 3 it cannot.
    """
    from httptui.tui.command.headless import in_loop
    from httptui.tui.command.outputs import Outputs

    Outputs(json=json).check()
    return in_loop(examine(seconds, seed, json))


async def examine(seconds: float, seed: int, json: str | None) -> int:
    """Run, judge and tell; the exit code."""
    from httptui.errors import ExitCode
    from httptui.selftest.figures import compared
    from httptui.selftest.plans import effect_plan, same_plan
    from httptui.selftest.result import judge
    from httptui.tui.command.delivery import Delivery, Job, is_stdout
    from httptui.tui.command.outputs import indented

    effect = await report_of(effect_plan(seconds, seed))
    same = [await report_of(same_plan(seconds, seed))]
    if compared(same[0]).parted:
        note("a difference between equals, which can be chance: once more")
        same.append(await report_of(same_plan(seconds, seed + 1)))
    result = judge(same, effect)
    delivery = Delivery()
    if json is not None:
        delivery.write([Job("--json", json, lambda: indented(result))])
    told = note if json is not None and is_stdout(json) else tell
    for sentence in result.sentences:
        delivery.attempt("stdout", partial(told, sentence))
    delivery.tell()
    return delivery.code(ExitCode.DONE if result.trusted else ExitCode.THRESHOLD_MISSED)


async def report_of(plan: Plan) -> Report:
    """Follow one run to its end; CancelledError where it was interrupted, for half a self-test says nothing."""
    from asyncio import CancelledError

    from httptui import run
    from httptui.tui.command.headless import follow_run
    from httptui.tui.command.interrupts import Interrupts

    with Interrupts().caught() as interrupts:
        report, failure = await follow_run(run(plan), interrupts)
    if interrupts.count:
        raise CancelledError
    if failure is not None:
        raise failure
    return report
