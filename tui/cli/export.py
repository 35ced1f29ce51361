"""`httptui report export`: a saved report in the forms that other tools and people read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from httptui.errors import PlanError
from httptui.report.formats import FORMATS
from httptui.safe_text import safe_text
from httptui.tui.cli.format_options import format_options
from httptui.tui.cli.streams import note

if TYPE_CHECKING:
    from httptui.report.exports import What
    from httptui.results.report import Report, ReportContender
    from httptui.tui.cli.outputs import Delivery

OTHER_FORMS = tuple(name for name in FORMATS if name != "json")


@click.command()
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
    from httptui.tui.cli.sweep_headless import check_outputs, write_sweep

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
    report = read_either(file)
    if isinstance(report, SweepReport):
        check_outputs(outputs)
        return _told(write_sweep(report, outputs))
    chosen = _chosen(report, contender, outputs.hgrm_what) if is_one else None
    delivery = outputs.report(report, chosen)
    if outputs.hgrm is not None and not hgrm_files(report):
        note("no percentiles: no contender has a latency")
    return _told(delivery)


def _told(delivery: Delivery) -> int:
    """Tell what was written and what was not; the exit code."""
    delivery.tell()
    return delivery.code()


def _chosen(report: Report, letter: str | None, what: What) -> ReportContender:
    """The contender of which one file is; PlanError where it has no such times, or it is not said which."""
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
