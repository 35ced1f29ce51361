"""Saving what the screen shows: the report as JSON and Markdown, and the screen as SVG."""

from __future__ import annotations

from pathlib import Path

import msgspec

from httptui.reports.exports.markdown import to_markdown
from httptui.reports.files import report_stem, reports_folder, write_atomically
from httptui.reports.report import Report


def save_report(report: Report, svg: str, out: Path | None) -> tuple[Path, ...]:
    """Write the three files into the reports folder (or `out`) and return their paths; OSError where it cannot."""
    folder, stem = reports_folder(out), report_stem(report)
    contents = {
        ".json": msgspec.json.format(msgspec.json.encode(report), indent=2),
        ".md": to_markdown(report).encode(),
        ".svg": svg.encode(),
    }
    paths = []
    for suffix, data in contents.items():
        path = folder / f"{stem}{suffix}"
        write_atomically(path, data)
        paths.append(path)
    return tuple(paths)
