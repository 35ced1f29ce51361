"""`httptui report compare`: what changed from one saved report to another, of two runs or of two sweeps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from httptui.errors import ExitCode, PlanError
from httptui.report.formats import FORMATS, forms_of
from httptui.tui.cli.format_options import format_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from httptui.plan.expectations import Clause

COMPARED_FORMS = tuple(name for name, form in FORMATS.items() if form.of_run is None)


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--control", metavar="NAME", help="Compare all others with this contender: a letter, label or engine."
)
@click.option(
    "-t",
    "--threshold",
    "thresholds",
    multiple=True,
    metavar="CLAUSE",
    help="The largest change allowed, such as 'req_per_s > -5%' or 'httpx.p99 < 10%'; may be repeated.",
)
@click.option(
    "--point",
    is_flag=True,
    help="Judge the change itself, without its interval; noise of the machine can fail it.",
)
@click.option("--strict", is_flag=True, help="Fail also if a threshold is undecided.")
@click.option("--significant", is_flag=True, help="Judge by the whole interval (the default).")
@format_options("comparison", COMPARED_FORMS)
def compare(
    before: Path,
    after: Path,
    control: str | None,
    thresholds: tuple[str, ...],
    point: bool,
    strict: bool,
    significant: bool,
    **files: Any,
) -> int:
    """Print what changed from the report BEFORE to the report AFTER.

    BEFORE and AFTER are reports saved as JSON, both of runs or both of sweeps; one of them can be - for stdin. The
    text goes to stdout unless a format does. Contenders are matched by label, else by engine and reuse; sweeps are
    compared at each level that both have. Each change has an interval, also relative to all other contenders or to
    --control, which cancels effects of the machine.

    A threshold limits the change of req_per_s, cpu, or a latency such as p99, for one contender or all, at every
    level of a sweep. It is missed only if the change exceeds it and so does the whole interval of the change relative
    to the others (or the control), widened by the usual difference between two runs of one build. It is met if both
    stay within it; otherwise it is undecided. --point judges the change alone.

    Exit code 3 if a threshold is missed, or with --strict if one is undecided.
    """
    from msgspec.structs import replace

    from httptui.compare.words import undecided_line
    from httptui.report.render_text import render_text
    from httptui.tui.cli.comparing import paired_reports
    from httptui.tui.cli.outputs import Delivery, Outputs
    from httptui.tui.cli.streams import columns_of, note, tell

    outputs = Outputs(**files)
    outputs.check()
    if point and significant:
        raise PlanError("--point and --significant: thresholds are judged in one way only")
    pair = paired_reports(before, after)
    clauses = _clauses(thresholds, pair.parse)
    try:
        found = pair.compare(control)
    except ValueError as problem:
        raise PlanError(f"--control: {problem}") from None
    try:
        found = replace(found, thresholds=pair.judge(found, clauses, point=point))
    except ValueError as problem:
        raise PlanError(f"--threshold: {problem}") from None
    delivery = Delivery()
    if not outputs.takes_stdout:
        delivery.attempt("stdout", lambda: tell(render_text(pair.document(found), columns_of(sys.stdout))))
    delivery.write(outputs.jobs(found, forms_of(pair.document, {})))
    delivery.tell()
    outcomes = {result.outcome for result in found.thresholds}
    if outputs.takes_stdout:
        for line in undecided_line(found.thresholds, found.kind):
            note(line)
    failing = {"missed", "open"} if strict else {"missed"}
    return delivery.code(ExitCode.THRESHOLD_MISSED if outcomes & failing else ExitCode.DONE)


def _clauses(thresholds: tuple[str, ...], parse: Callable[[str], Clause]) -> list[Clause]:
    clauses, problems = [], []
    for text in thresholds:
        try:
            clauses.append(parse(text))
        except ValueError as problem:
            problems.append(f"--threshold: {problem}")
    if problems:
        raise PlanError(*problems)
    return clauses
