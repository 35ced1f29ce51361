"""Saving what the screen shows: the report as JSON, Markdown and HTML, the screen as SVG, a contender as a script."""

from __future__ import annotations

from pathlib import Path

from httptui.reports.exports.formats import saved_files
from httptui.reports.files import file_stem, report_stem, reports_folder, write_atomically
from httptui.reports.report import Report
from httptui.sweeps.exports.formats import saved_sweep_files
from httptui.sweeps.report import SweepReport


def save_report(report: Report, out: Path | None, svg: str | None = None) -> tuple[Path, ...]:
    """Write the report's files, and the picture if there is one, into the reports folder (or `out`) and return their
    paths; OSError where it cannot.
    """
    return _save(report_stem(report), saved_files(report), out, svg)


def save_sweep(report: SweepReport, out: Path | None, svg: str | None = None) -> tuple[Path, ...]:
    """The same of a sweep's report."""
    return _save(report_stem(report), saved_sweep_files(report), out, svg)


def _save(stem: str, files: dict[str, bytes], out: Path | None, svg: str | None) -> tuple[Path, ...]:
    folder, paths = reports_folder(out), []
    picture = {} if svg is None else {".svg": svg.encode()}
    for suffix, data in {**files, **picture}.items():
        path = folder / f"{stem}{suffix}"
        write_atomically(path, data)
        paths.append(path)
    return tuple(paths)


def save_code(script: str, name: str, moment: str, out: Path | None) -> Path:
    """Write a script into the reports folder (or `out`) under a name and a moment in ISO 8601, and return its path;
    OSError where it cannot.
    """
    path = reports_folder(out) / f"{file_stem(moment, name)}.py"
    write_atomically(path, script.encode())
    return path
