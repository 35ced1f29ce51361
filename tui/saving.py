"""Saving what the screen shows: the report as JSON, Markdown and HTML, the screen as SVG, a contender as a script."""

from __future__ import annotations

from pathlib import Path

from httptui.reports.exports.formats import saved_files
from httptui.reports.files import file_stem, report_stem, reports_folder, write_atomically
from httptui.reports.report import Report


def save_report(report: Report, out: Path | None, svg: str | None = None) -> tuple[Path, ...]:
    """Write the report's files, and the picture if there is one, into the reports folder (or `out`) and return their
    paths; OSError where it cannot.
    """
    folder, stem = reports_folder(out), report_stem(report)
    paths = []
    picture = {} if svg is None else {".svg": svg.encode()}
    for suffix, data in {**saved_files(report), **picture}.items():
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
