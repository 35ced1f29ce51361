"""Saved reports: reading one, listing those of a folder without keeping all of each, and deleting one."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from httptui.engines.files import TooLongError, read_file
from httptui.errors import HttptuiError, PlanError
from httptui.plan.requests import shown
from httptui.plan.sweep import describe_axes
from httptui.plan.urls import describe_recorded
from httptui.results.report import SCHEMA, Report
from httptui.results.snapshot import VerdictKind
from httptui.safe_text import safe_text
from httptui.text_files import as_utf8

MOST_REPORT_BYTES: Final = 256 * 1024 * 1024
STDIN: Final = Path("-")
SWEEP_SCHEMA: Final = "httptui.sweep/1"
MOST_LISTED_BYTES: Final = 32 * 1024 * 1024
LONGEST = 1_000
_FAMILY = SCHEMA.rpartition("/")[0] + "/"
_OUR_NAME = re.compile(r"(\d{8}-\d{6}|undated)-[a-z0-9-]+\.json")
Read = TypeVar("Read", bound=msgspec.Struct)


class _Schema(msgspec.Struct):
    schema: str = ""


def read_report(path: Path) -> Report:
    """Read the report in a JSON file; PlanError names a file that cannot be read, is too long, or holds no report."""
    return decoded(read_bytes(path), Report, path)


def read_bytes(path: Path) -> bytes:
    """Read a file, or standard input for "-"; PlanError if it is unreadable, empty or longer than any report."""
    where = _where(path)
    try:
        data = (
            sys.stdin.buffer.read(MOST_REPORT_BYTES + 1)
            if path == STDIN
            else read_file(path, MOST_REPORT_BYTES)
        )
    except TooLongError as error:
        raise PlanError(f"{where}: {error.strerror}") from None
    except OSError as error:
        raise PlanError(f"{where}: cannot be read: {error.strerror}") from None
    if len(data) > MOST_REPORT_BYTES:
        raise PlanError(f"{where}: longer than {MOST_REPORT_BYTES // 1024 // 1024} MiB")
    if not data.strip():
        raise PlanError(f"{where}: not a report of httptui: it is empty")
    return as_utf8(data)


def decoded(data: bytes, kind: type[Read], path: Path) -> Read:
    """Decode a report of a kind; PlanError names the file if it holds none."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        where, schema = _where(path), schema_of(data)
        if kind is Report and schema == SWEEP_SCHEMA:
            raise PlanError(
                f"{where}: the report of a sweep; only the report of a run can be read here"
            ) from None
        if schema not in ("", SCHEMA, SWEEP_SCHEMA):
            raise PlanError(
                f"{where}: not a report of httptui: its schema is {shown(schema)}; {SCHEMA}, {SWEEP_SCHEMA}"
            ) from None
        raise PlanError(f"{where}: not a report of httptui: {safe_text(str(error))}") from None


def _where(path: Path) -> str:
    return "standard input" if path == STDIN else safe_text(str(path))


def schema_of(data: bytes) -> str:
    """Return the schema that a report's JSON names; "" if it is no report of any kind."""
    try:
        return msgspec.json.decode(data, type=_Schema).schema
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return ""


class SavedContender(Struct, frozen=True):
    """A contender of a saved report."""

    id: str
    label: str
    req_per_s: float
    state: str


class SavedOne(Struct, frozen=True, kw_only=True):
    """A saved report of any kind as a list shows it: texts safe to show, the contenders best first."""

    path: Path
    at: datetime
    name: str
    target: str
    contenders: tuple[SavedContender, ...]
    sentence: str
    seconds: float
    complete: bool


class SavedReport(SavedOne, frozen=True, kw_only=True):
    """The report of a run in a list; `flags` is their number."""

    kind: VerdictKind
    flags: int


class SavedSweep(SavedOne, frozen=True, kw_only=True):
    """The report of a sweep in a list: axes and levels in words, contenders with their highest req/s at any level."""

    axes: str


class BrokenReport(Struct, frozen=True):
    """A file that should be a report, and why it cannot be read; `at` is when it was written."""

    path: Path
    at: datetime
    problem: str


Listed = SavedReport | SavedSweep | BrokenReport


class _Said(Struct):
    sentence: str


class _Verdict(_Said):
    kind: VerdictKind


class _Place(Struct):
    id: str


class _Value(Struct):
    value: float


class _Axis(Struct):
    path: str
    levels: tuple[float, ...]


class _Swept(Struct):
    id: str
    label: str
    cause: str | None = None


class _Point(Struct):
    contender: str
    req_per_s: _Value | None = None


class _Recorded(Struct, kw_only=True):
    """The part of a report that a list needs; histograms and slices are skipped."""

    complete: bool
    started: str
    seconds: float
    plan: dict[str, Any]
    verdict: _Said


class _RecordedRun(_Recorded, kw_only=True):
    contenders: tuple[SavedContender, ...]
    ranking: tuple[_Place, ...]
    verdict: _Verdict
    flags: tuple[Any, ...] = ()


class _RecordedSweep(_Recorded, kw_only=True):
    axes: tuple[_Axis, ...]
    contenders: tuple[_Swept, ...]
    points: tuple[_Point, ...]


def saved_reports(folder: Path) -> Iterator[Listed]:
    """The reports right in a folder, those written last first; other files are passed over.

    OSError where the folder cannot be read.
    """
    found = [
        (status.st_mtime, path) for path in folder.glob("*.json") if (status := _status(path)) is not None
    ]
    for written, path in sorted(found, reverse=True):
        listed = listed_report(path, datetime.fromtimestamp(written, UTC))
        if listed is not None:
            yield listed


def listed_report(path: Path, written: datetime) -> Listed | None:
    """Return the entry of a file that was `written` at a moment, or None if it is no report at all."""
    try:
        data = as_utf8(read_file(path, MOST_LISTED_BYTES))
    except OSError as error:
        return BrokenReport(path, written, error.strerror or "cannot be read") if _is_ours(path) else None
    schema = schema_of(data)
    try:
        if schema == SWEEP_SCHEMA:
            return _saved_sweep(path, written, msgspec.json.decode(data, type=_RecordedSweep))
        if schema == SCHEMA:
            return _saved(path, written, msgspec.json.decode(data, type=_RecordedRun))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        return BrokenReport(path, written, safe_text(str(error)))
    if schema.startswith(_FAMILY):
        return BrokenReport(path, written, f"its schema is {shown(schema)}; {SCHEMA}")
    return BrokenReport(path, written, "not a report of httptui, or cut off") if _is_ours(path) else None


def moment_of(started: str) -> datetime | None:
    """A report's `started` as a moment, in UTC where it names no zone; None where it is none."""
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def delete_report(path: Path, folder: Path) -> None:
    """Delete a report of a folder; HttptuiError where the file is not in it or is no report that can be read, OSError
    where it cannot be deleted.
    """
    where = safe_text(path.name)
    if path.parent.resolve() != folder.resolve() or path.is_symlink():
        raise HttptuiError(f"{where}: not a file of {safe_text(str(folder))}; nothing was deleted")
    if not isinstance(listed_report(path, datetime.now(UTC)), SavedReport | SavedSweep):
        raise HttptuiError(f"{where}: not a report that can be read; nothing was deleted")
    path.unlink()


def _saved(path: Path, written: datetime, recorded: _RecordedRun) -> SavedReport:
    places = {place.id: at for at, place in reversed(list(enumerate(recorded.ranking)))}
    best_first = sorted(recorded.contenders, key=lambda one: places.get(one.id, len(places)))
    return SavedReport(
        **_told(path, written, recorded),
        contenders=tuple(
            SavedContender(
                safe_text(one.id, 4), safe_text(one.label), one.req_per_s, safe_text(one.state, 20)
            )
            for one in best_first
        ),
        kind=recorded.verdict.kind,
        flags=len(recorded.flags),
    )


def _saved_sweep(path: Path, written: datetime, recorded: _RecordedSweep) -> SavedSweep:
    best: dict[str, float] = {}
    for point in recorded.points:
        if point.req_per_s is not None:
            best[point.contender] = max(best.get(point.contender, 0.0), point.req_per_s.value)
    axes = {axis.path: axis.levels for axis in recorded.axes if axis.levels}
    return SavedSweep(
        **_told(path, written, recorded),
        axes=safe_text(describe_axes(axes)) if axes else "",
        contenders=tuple(
            SavedContender(
                safe_text(one.id, 4),
                safe_text(one.label),
                best.get(one.id, 0.0),
                "dnf" if one.cause is not None and one.id not in best else "done",
            )
            for one in sorted(recorded.contenders, key=lambda one: -best.get(one.id, 0.0))
        ),
    )


def _told(path: Path, written: datetime, recorded: _Recorded) -> dict[str, Any]:
    """The fields that are told of reports of both kinds."""
    target = recorded.plan.get("target")
    return {
        "path": path,
        "at": moment_of(recorded.started) or written,
        "name": safe_text(str(recorded.plan.get("name") or "run")),
        "target": safe_text(describe_recorded(target if isinstance(target, dict) else {}), LONGEST),
        "sentence": safe_text(recorded.verdict.sentence, LONGEST),
        "seconds": recorded.seconds,
        "complete": recorded.complete,
    }


def _is_ours(path: Path) -> bool:
    """Return whether a file is named as reports are; others in a user's folder are ignored."""
    return _OUR_NAME.fullmatch(path.name) is not None


def _status(path: Path) -> Any:
    """The status of a regular file, which reading cannot wait for, or None."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None
