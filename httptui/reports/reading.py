"""A saved report, read back from its file and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from httptui.errors import PlanError
from httptui.reports.report import Report
from httptui.safe_text import safe_text

MOST_REPORT_BYTES: Final = 256 * 1024 * 1024


def read_report(path: Path) -> Report:
    """The report in a JSON file; PlanError names a file that cannot be read, is too long, or holds no report."""
    where = safe_text(str(path))
    try:
        with path.open("rb") as opened:
            data = opened.read(MOST_REPORT_BYTES + 1)
    except OSError as error:
        raise PlanError(f"{where}: cannot be read: {error.strerror}") from None
    if len(data) > MOST_REPORT_BYTES:
        raise PlanError(f"{where}: longer than {MOST_REPORT_BYTES // 1024 // 1024} MiB")
    try:
        return msgspec.json.decode(data, type=Report)
    except (msgspec.DecodeError, RecursionError) as error:
        raise PlanError(f"{where}: not a report of httptui: {safe_text(str(error))}") from None
