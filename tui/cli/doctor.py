"""`httptui doctor`: a check that engines behave as httptui assumes."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Coroutine, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import click

from httptui.errors import ExitCode, PlanError
from httptui.tui.cli import completion
from httptui.tui.cli.engines import engine_named
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
    from httptui.tui.cli.outputs import Delivery, Outputs

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
    delivery = Delivery()
    delivery.write(
        outputs.jobs(
            found, {"json": lambda found: to_json(found) + b"\n", "markdown": lambda _: page.encode()}
        )
    )
    if not outputs.takes_stdout:
        delivery.attempt("stdout", lambda: tell(to_table(found, shutil.get_terminal_size(FALLBACK).columns)))
    delivery.tell()
    passed = all(one.passed for one in found)
    return delivery.code(ExitCode.DONE if passed else ExitCode.THRESHOLD_MISSED)


def named(names: Sequence[str]) -> tuple[EngineInfo, ...]:
    """Return the engines of these names or files; PlanError with a line for each that is missing."""
    found: list[EngineInfo] = []
    problems: list[str] = []
    for name in dict.fromkeys(names):
        try:
            info = engine_named(name)
        except PlanError as error:
            problems += error.problems
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
    """Return every engine whose library is installed; name the others on stderr."""
    from httptui.engines.registry import list_engines

    engines = list_engines()
    for info in engines:
        if not info.installed:
            note(f"{info.name}: not installed; {info.install_hint}")
    return tuple(info for info in engines if info.installed)


async def heeded(work: Coroutine[Any, Any, Found]) -> Found:
    """Do some work, and cancel it at SIGTERM."""
    import asyncio

    task = asyncio.current_task()
    assert task is not None
    with suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


async def described(
    engines: Sequence[EngineInfo], accepted: Sequence[str]
) -> tuple[tuple[Examination, ...], str]:
    """Return the examinations, and the page of them, the libraries' defaults and the cost of a request."""
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
    """Return the examinations in the order of the engines; tell each on stderr when it is done."""
    from httptui.doctor.examiner import examine

    note(f"examining {len(engines)} engine{'' if len(engines) == 1 else 's'} on 127.0.0.1")
    found: dict[str, Examination] = {}
    async with aclosing(examine(engines, accepted=accepted)) as running:
        async for one in running:
            found[one.engine] = one
            missed = ", ".join(finding.check for finding in one.findings if finding.passed is False)
            note(f"{one.engine}: missed {missed}" if missed else f"{one.engine}: conforms")
    return tuple(found[info.name] for info in engines)
