"""`httptui report`: saved reports of runs and sweeps shown, compared and exported."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import click

from httptui.errors import ExitCode, PlanError
from httptui.report.formats import FORMATS, forms_of
from httptui.safe_text import safe_text
from httptui.tui.cli.streams import columns_of, note, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from httptui.plan.expectations import Clause
    from httptui.report.document import Document
    from httptui.report.exports import What
    from httptui.results.report import Report, ReportContender


Command = TypeVar("Command", bound=Callable[..., Any])


def format_options(kind: str, names: Iterable[str] = tuple(FORMATS)) -> Callable[[Command], Command]:
    """Add a flag for each form that a report, or another `kind` of result, is written in."""
    options = [
        click.option(f"--{name}", metavar="FILE", help=FORMATS[name].flag.format(kind=kind)) for name in names
    ]

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@click.group()
def report() -> None:
    """Read saved reports."""


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """Print the results and the verdict of a saved JSON report, of a run or a sweep; - is stdin."""
    from httptui.report.render_text import render_text
    from httptui.sweeps.document import document_of
    from httptui.sweeps.report import read_either

    tell(render_text(document_of(read_either(file)), columns_of(sys.stdout)))
    if file.suffix == ".json":
        note(f"Run it again: httptui run {shlex.quote(safe_text(str(file)))}")


COMPARED_FORMS = tuple(name for name, form in FORMATS.items() if form.of_run is None)


@report.command()
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
    from httptui.tui.cli.outputs import Delivery, Outputs

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


class Paired(NamedTuple):
    """Two reports of one kind, and the functions that compare, judge and describe them."""

    compare: Callable[[str | None], Any]
    parse: Callable[..., Clause]
    judge: Callable[..., Any]
    document: Callable[[Any], Document]


def paired_reports(before: Path, after: Path) -> Paired:
    """Read both files; PlanError where one holds no report, or they cannot be compared with each other."""
    from httptui.compare.compare import compare as compare_runs
    from httptui.compare.document import comparison_document, sweep_comparison_document
    from httptui.compare.sweeps import compare_sweeps, paired_levels
    from httptui.compare.thresholds import judged, parse_sweep_threshold, parse_threshold
    from httptui.report.saved import STDIN
    from httptui.results.report import Report
    from httptui.sweeps.report import SweepReport, read_either

    if before == after == STDIN:
        raise PlanError("BEFORE and AFTER: only one of them can be -, which is standard input")
    earlier, later = read_either(before), read_either(after)
    if isinstance(earlier, Report) and isinstance(later, Report):
        runs = earlier, later
        return Paired(
            lambda control: compare_runs(*runs, control),
            parse_threshold,
            judged,
            comparison_document,
        )
    if isinstance(earlier, SweepReport) and isinstance(later, SweepReport):
        sweeps = earlier, later
        try:
            paired_levels(*sweeps)
        except ValueError as problem:
            raise PlanError(f"{_path_of(before)} and {_path_of(after)}: {problem}") from None
        return Paired(
            lambda control: compare_sweeps(*sweeps, control),
            parse_sweep_threshold,
            judged,
            sweep_comparison_document,
        )
    kinds = {Report: "a run", SweepReport: "a sweep"}
    raise PlanError(
        f"{_path_of(after)}: the report of {kinds[type(later)]}, and {_path_of(before)} that of "
        f"{kinds[type(earlier)]}; two reports of one kind can be compared"
    )


def _path_of(path: Path) -> str:
    return safe_text(str(path))


OTHER_FORMS = tuple(name for name in FORMATS if name != "json")


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
@format_options("report", OTHER_FORMS)
@click.option(
    "--hgrm",
    metavar="DIR|FILE",
    help="Write HdrHistogram percentiles: a file per contender into a folder, or one to FILE.hgrm or -.",
)
@click.option(
    "--contender", metavar="LETTER", help="The contender whose percentiles --hgrm writes to one file."
)
@click.option(
    "--what",
    type=click.Choice(["service", "response"]),
    help="Which times to write to that file: service times, or the response times of an open load.",
)
def export(
    file: Path,
    hgrm: str | None,
    contender: str | None,
    what: Literal["service", "response"] | None,
    **files: Any,
) -> int:
    """Write a report saved as JSON in other formats; - reads it from stdin.

    Only one format can go to stdout. The HTML page is self-contained and can be printed. Files are written completely
    or not at all, readable by you alone.
    """
    from httptui.report.exports import hgrm_files
    from httptui.sweeps.report import SweepReport, read_either
    from httptui.tui.cli.outputs import STDOUT, Outputs

    if not any((*files.values(), hgrm)):
        raise click.UsageError(f"say what to write: {', '.join(f'--{name}' for name in files)} or --hgrm")
    is_one = hgrm is not None and (hgrm == STDOUT or hgrm.endswith(".hgrm"))
    if contender is not None and not is_one:
        raise PlanError("--contender: goes with --hgrm FILE.hgrm or --hgrm -, which hold one contender")
    if what is not None and not is_one:
        raise PlanError(
            "--what: goes with --hgrm FILE.hgrm or --hgrm -; a folder gets the times of both kinds"
        )
    outputs = Outputs(
        hgrm_file=hgrm if is_one else None,
        hgrm_what=what or "service",
        hgrm=Path(hgrm) if hgrm is not None and not is_one else None,
        **files,
    )
    outputs.check()
    saved = read_either(file)
    if isinstance(saved, SweepReport):
        outputs.check_forms_of_sweep()
        delivery = outputs.report(saved)
    else:
        delivery = outputs.report(saved, _chosen(saved, contender, outputs.hgrm_what) if is_one else None)
        if outputs.hgrm is not None and not hgrm_files(saved):
            note("no percentiles: no contender has a latency")
    delivery.tell()
    return delivery.code()


def _chosen(report: Report, letter: str | None, what: What) -> ReportContender:
    """Return the contender for --hgrm FILE; PlanError where it has no such times, or is not named."""
    from httptui.report.exports import has_latencies

    able = {contender.id: contender for contender in report.contenders if has_latencies(contender, what)}
    if not able and what == "response":
        raise PlanError("--what: the report has no response times; only an open load has them")
    letters = safe_text(", ".join(able)) or "none, for no request succeeded"
    if letter is None and len(able) == 1:
        return next(iter(able.values()))
    if letter is None:
        raise PlanError(f"--contender: one file holds one contender; the report has {letters}")
    if letter not in able:
        raise PlanError(f"--contender: {safe_text(letter, 60)} has no latencies in the report; {letters}")
    return able[letter]
