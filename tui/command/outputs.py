"""What a headless run writes: the report to files or stdout, and snapshots as JSON lines."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from httptui.errors import HttptuiError, PlanError
from httptui.plans.request_checks import shown
from httptui.reports.exports.markdown import to_markdown
from httptui.reports.files import report_stem, reports_folder, write_atomically
from httptui.reports.report import Report
from httptui.snapshot import Snapshot
from httptui.timelines import without_timelines

STDOUT = "-"


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Where results go; `json` and `markdown` are a file or "-", and only one of all may claim stdout."""

    json: str | None = None
    markdown: str | None = None
    stream: bool = False
    out: Path | None = None

    def check(self) -> None:
        """PlanError where results could not be written, so that no load is spent on them."""
        claims = [f"--{name} -" for name in ("json", "markdown") if getattr(self, name) == STDOUT]
        claims += ["--stream"] if self.stream else []
        problems = [f"{' and '.join(claims)}: only one of them can have stdout"] if len(claims) > 1 else []
        for name in ("json", "markdown"):
            value = getattr(self, name)
            if value is not None and value != STDOUT:
                problems += _file_problems(f"--{name}", Path(value))
        if self.out is not None:
            try:
                reports_folder(self.out)
            except OSError as error:
                problems.append(f"--out: {shown(str(self.out), 200)} cannot be made: {error.strerror}")
        if problems:
            raise PlanError(*problems)

    def snapshot(self, snapshot: Snapshot) -> None:
        """One line of JSON, where a stream was asked for."""
        if self.stream:
            _line({"snapshot": without_timelines(snapshot)})

    def report(self, report: Report) -> list[Path]:
        """Write the report wherever it was asked for; the files written.  OSError where one cannot be."""
        if self.stream:
            _line({"report": report})
        written = []
        for target, data in ((self.json, indented(report)), (self.markdown, to_markdown(report).encode())):
            if target is not None:
                written += deliver(target, data)
        if self.out is not None:
            stem = reports_folder(self.out) / report_stem(report)
            for ending, data in ((".json", indented(report)), (".md", to_markdown(report).encode())):
                path = stem.with_name(stem.name + ending)
                write_atomically(path, data)
                written.append(path)
        return written


def deliver(target: str, data: bytes) -> list[Path]:
    """Write to a file, or to stdout where the target is "-"; the file written.  OSError where it cannot be."""
    if target == STDOUT:
        _write(data)
        return []
    write_atomically(Path(target), data)
    return [Path(target)]


def indented(value: object) -> bytes:
    """A result as indented JSON with a line break at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _line(value: object) -> None:
    _write(msgspec.json.encode(value) + b"\n")


def _write(data: bytes) -> None:
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # What is still buffered goes nowhere, so that the interpreter's last flush stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise HttptuiError("stdout was closed by its reader") from None


def _file_problems(flag: str, path: Path) -> list[str]:
    where = f"{flag}: {shown(str(path), 200)}"
    if path.is_dir():
        return [f"{where} is a folder; name a file"]
    if not path.parent.is_dir():
        return [f"{where} is in a folder that does not exist"]
    return [] if os.access(path.parent, os.W_OK) else [f"{where} is in a folder that cannot be written to"]
