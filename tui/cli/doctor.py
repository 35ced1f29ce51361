"""`httptui doctor`: does an engine behave as the tool takes for granted?"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Coroutine, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import click

from httptui.errors import ExitCode, PlanError
from httptui.tui.cli import completion
from httptui.tui.cli.streams import note, tell

if TYPE_CHECKING:
    from httptui.doctor.findings import Examination
    from httptui.engines.registry import EngineInfo

STDOUT = "-"
Found = TypeVar("Found")
FALLBACK = (100, 24)


@click.command()
@click.argument("engines", nargs=-1, metavar="[ENGINE|./FILE.py:CLASS]…", shell_complete=completion.engines)
@click.option("--json", "json_file", metavar="FILE|-", help="Write the findings as JSON.")
@click.option(
    "--markdown",
    "page_file",
    metavar="FILE|-",
    help="Write a page of all findings, with the cost of a request; takes some minutes.",
)
@click.option(
    "--accept", multiple=True, metavar="CHECK", help="Accept that this check is missed; may be repeated."
)
def doctor(
    engines: tuple[str, ...], json_file: str | None, page_file: str | None, accept: tuple[str, ...]
) -> int:
    """Check that engines behave as the tool assumes: all installed ones, or those named.

    Each engine runs against the built-in target on 127.0.0.1, in its own processes. The checks cover what it sends
    and reads, how many connections it opens, how it classifies errors, and what it leaves behind. --markdown also
    reports the defaults of each library and the cost of a request.

    \b
    Exit codes: 0 every check passed or is a known exception; 2 no such engine;
    3 an engine missed a check; 130 interrupted.
    """
    import asyncio

    from httptui.doctor.findings import NAMES
    from httptui.doctor.render import to_json, to_table
    from httptui.tui.cli.outputs import Delivery, Job, Outputs

    if unknown := [check for check in accept if check not in NAMES]:
        raise PlanError(f"--accept: there is no check {unknown[0]!r}; there are {', '.join(NAMES)}")
    if json_file == page_file == STDOUT:
        raise PlanError("--json and --markdown: only one of them can be on standard output")
    outputs = Outputs(json=json_file, markdown=page_file)
    outputs.check()
    chosen = named(engines) if engines else installed()
    page = ""
    try:
        if page_file is None:
            found = asyncio.run(heeded(examined(chosen, accept)))
        else:
            found, page = asyncio.run(heeded(described(chosen, accept)))
    except asyncio.CancelledError:
        return ExitCode.INTERRUPTED
    forms = (("--json", json_file, lambda: to_json(found) + b"\n"), ("--markdown", page_file, page.encode))
    delivery = Delivery()
    delivery.write(Job(flag, target, form) for flag, target, form in forms if target is not None)
    if not outputs.takes_stdout:
        delivery.attempt("stdout", lambda: tell(to_table(found, shutil.get_terminal_size(FALLBACK).columns)))
    delivery.tell()
    passed = all(one.passed for one in found)
    return delivery.code(ExitCode.DONE if passed else ExitCode.THRESHOLD_MISSED)


def named(names: Sequence[str]) -> tuple[EngineInfo, ...]:
    """The engines of these names or files; PlanError with a line for each that is not there."""
    from httptui.engines.registry import engine_info

    found, problems = [], []
    for name in dict.fromkeys(names):
        try:
            info = engine_info(name)
        except (LookupError, OSError, ValueError, RuntimeError) as error:
            problems.append(f"engine: {error.args[0] if error.args else error}")
            continue
        if info.installed:
            found.append(info)
        else:
            problems.append(
                f"engine: {name} needs {info.package}, which is not installed; {info.install_hint}"
            )
    if problems:
        raise PlanError(*problems)
    return tuple(found)


def installed() -> tuple[EngineInfo, ...]:
    """Every engine whose library is here; the others are named on stderr."""
    from httptui.engines.registry import list_engines

    engines = list_engines()
    for info in engines:
        if not info.installed:
            note(f"{info.name}: not installed; {info.install_hint}")
    return tuple(info for info in engines if info.installed)


async def heeded(work: Coroutine[Any, Any, Found]) -> Found:
    """Do some work, and give it up where this process is asked to end."""
    import asyncio

    task = asyncio.current_task()
    assert task is not None
    with suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


async def described(
    engines: Sequence[EngineInfo], accepted: Sequence[str]
) -> tuple[tuple[Examination, ...], str]:
    """The examinations, and the page made of them, of plain uses beside them, and of a run that tells the costs."""
    import asyncio
    from datetime import UTC, datetime

    from httptui.doctor.costs import costs, costs_of_lanes
    from httptui.doctor.plain import PATIENCE_SECONDS, plain_uses
    from httptui.doctor.render import Client, to_page
    from httptui.report.environment import describe_environment

    note(f"using libraries with nothing set, {PATIENCE_SECONDS:g} s before a server that does not answer")
    found, plain = await asyncio.gather(examined(engines, accepted), plain_uses(engines))
    note("running them in turns for what a request costs")
    cost, lanes = await costs([info.name for info in engines]), await costs_of_lanes()
    clients = [
        Client(info=info, examination=one, plain=plain.get(info.name))
        for info, one in zip(engines, found, strict=True)
    ]
    written = datetime.now(UTC).isoformat(timespec="minutes")
    return found, to_page(clients, cost, describe_environment(), written, lanes)


async def examined(engines: Sequence[EngineInfo], accepted: Sequence[str]) -> tuple[Examination, ...]:
    """The examinations in the order of the engines; each is told on stderr as it is done."""
    from httptui.doctor.examiner import examine

    note(f"examining {len(engines)} engine{'' if len(engines) == 1 else 's'} on 127.0.0.1")
    found: dict[str, Examination] = {}
    async with aclosing(examine(engines, accepted=accepted)) as running:
        async for one in running:
            found[one.engine] = one
            missed = ", ".join(finding.check for finding in one.findings if finding.passed is False)
            note(f"{one.engine}: missed {missed}" if missed else f"{one.engine}: conforms")
    return tuple(found[info.name] for info in engines)
