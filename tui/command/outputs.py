"""What a headless run writes: the report to files or stdout, and snapshots as JSON lines."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from httptui.errors import HttptuiError, PlanError
from httptui.plans.request_checks import shown
from httptui.reports.exports.formats import FORMATS, indented, saved_files
from httptui.reports.files import report_stem, reports_folder, write_atomically
from httptui.reports.report import Report, ReportContender
from httptui.snapshot import Snapshot
from httptui.timelines import without_timelines

__all__ = ["STDOUT", "Outputs", "deliver", "indented"]

STDOUT = "-"
ONE_FILE = (*FORMATS, "hgrm_file")


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Where results go: a form is written to a file or "-", and only one of all may claim stdout.

    `hgrm` and `out` are folders, of the percentiles of each contender and of the report as it is saved; `hgrm_file`
    has one contender's, of the times that `hgrm_what` names.
    """

    json: str | None = None
    html: str | None = None
    markdown: str | None = None
    csv: str | None = None
    bmf: str | None = None
    hgrm_file: str | None = None
    hgrm_what: Literal["service", "response"] = "service"
    hgrm: Path | None = None
    stream: bool = False
    out: Path | None = None

    @property
    def takes_stdout(self) -> bool:
        """Whether any of them goes to stdout."""
        return self.stream or STDOUT in self._targets().values()

    def check(self) -> None:
        """PlanError where results could not be written, so that no load is spent on them."""
        targets = self._targets()
        claims = [f"{flag} -" for flag, target in targets.items() if target == STDOUT]
        claims += ["--stream"] if self.stream else []
        problems = [f"{' and '.join(claims)}: only one of them can have stdout"] if len(claims) > 1 else []
        for flag, target in targets.items():
            if target is not None and target != STDOUT:
                problems += _file_problems(flag, Path(target))
        for flag, folder in (("--hgrm", self.hgrm), ("--out", self.out)):
            if folder is not None:
                problems += _folder_problems(flag, folder)
        if problems:
            raise PlanError(*problems)

    def _targets(self) -> dict[str, str | None]:
        """Each flag of a form that is one file, and where that goes."""
        return {f"--{name.removesuffix('_file')}": getattr(self, name) for name in ONE_FILE}

    def snapshot(self, snapshot: Snapshot) -> None:
        """One line of JSON, where a stream was asked for."""
        if self.stream:
            line({"snapshot": without_timelines(snapshot)})

    def report(self, report: Report, chosen: ReportContender | None = None) -> list[Path]:
        """Write the report wherever it was asked for, and the percentiles of the one `chosen` to `hgrm_file`; the
        files written.  OSError where one cannot be.
        """
        if self.stream:
            line({"report": report})
        written = []
        for name, form in FORMATS.items():
            if (target := getattr(self, name)) is not None:
                written += deliver(target, form(report))
        written += self._percentiles(report, chosen)
        if self.out is not None:
            stem = reports_folder(self.out) / report_stem(report)
            for ending, data in saved_files(report).items():
                written += deliver(f"{stem}{ending}", data)
        return written

    def _percentiles(self, report: Report, chosen: ReportContender | None) -> list[Path]:
        from httptui.reports.exports.hgrm import hgrm_files, to_hgrm

        written = []
        if self.hgrm_file is not None and chosen is not None:
            written += deliver(self.hgrm_file, to_hgrm(chosen, self.hgrm_what).encode())
        if self.hgrm is not None:
            for name, text in hgrm_files(report).items():
                written += deliver(str(reports_folder(self.hgrm) / name), text.encode())
        return written


def deliver(target: str, data: bytes) -> list[Path]:
    """Write to a file, or to stdout where the target is "-"; the file written.  OSError where it cannot be."""
    if target == STDOUT:
        _write(data)
        return []
    write_atomically(Path(target), data)
    return [Path(target)]


def line(value: object) -> None:
    """One line of JSON on stdout."""
    _write(msgspec.json.encode(value) + b"\n")


def _write(data: bytes) -> None:
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # What is still buffered goes nowhere, so that the interpreter's last flush stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise HttptuiError("stdout was closed by its reader") from None


def _folder_problems(flag: str, folder: Path) -> list[str]:
    try:
        reports_folder(folder)
    except OSError as error:
        return [f"{flag}: {shown(str(folder), 200)} cannot be made: {error.strerror}"]
    return []


def _file_problems(flag: str, path: Path) -> list[str]:
    where = f"{flag}: {shown(str(path), 200)}"
    if path.is_dir():
        return [f"{where} is a folder; name a file"]
    if not path.parent.is_dir():
        return [f"{where} is in a folder that does not exist"]
    return [] if os.access(path.parent, os.W_OK) else [f"{where} is in a folder that cannot be written to"]
