"""Files that a run leaves: where they go, what they are called, and how they are written."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from httptui.reports.exports.results import Recorded

_LONGEST_NAME = 60


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that is whole or not there at all, readable by its owner only; OSError where it cannot be."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_LONGEST_NAME]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(path.parent)


def reports_folder(out: Path | None = None) -> Path:
    """The folder that reports go to, made if need be: `out`, or the user's data folder."""
    folder = out or platformdirs.user_data_path("httptui", appauthor=False) / "reports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def report_stem(report: Recorded) -> str:
    """A file name without its ending: when it started and the plan's name, such as `20260102-030405-demo`."""
    unnamed = "sweep" if report.plan.get("sweep") else "run"
    return file_stem(report.started, str(report.plan.get("name") or unnamed))


def file_stem(moment: str, name: str) -> str:
    """A file name without its ending, of a moment in ISO 8601 and a name whose characters may be any."""
    digits = re.sub(r"[^0-9]", "", moment)[:14]
    dated = f"{digits[:8]}-{digits[8:]}".strip("-") or "undated"
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")[:_LONGEST_NAME].rstrip("-")
    return f"{dated}-{slug or 'run'}"


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
