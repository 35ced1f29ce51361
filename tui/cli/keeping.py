"""Keeping a report that nobody else has: of a run that was cut short, or whose results could not be delivered."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from httptui.errors import HttptuiError
from httptui.tui.cli.streams import complain, note
from httptui.tui.saving import save_report

if TYPE_CHECKING:
    from httptui.results.report import Report
    from httptui.sweeps.report import SweepReport


def keep(report: Report | SweepReport, out: Path | None = None) -> None:
    """Save a report into `out`, or the user's reports folder, or where neither can be written to the folder of
    temporary files, and tell where; or why not.
    """
    problems = []
    for folder in (*([out] if out is not None else []), None, Path(tempfile.gettempdir())):
        try:
            paths = save_report(report, folder)
        except (OSError, HttptuiError) as error:
            problems.append(f"not saved: {error}")
        else:
            note(f"saved {paths[0]}")
            return
    complain(*problems)
