"""A saved report, read back from its file and checked, of a run or of another kind."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from httptui.engines.read_file import TooLongError, read_file
from httptui.errors import PlanError
from httptui.plans.request_checks import shown
from httptui.reports.report import SCHEMA, Report
from httptui.safe_text import safe_text
from httptui.text_files import as_utf8

MOST_REPORT_BYTES: Final = 256 * 1024 * 1024
STDIN: Final = Path("-")
SWEEP_SCHEMA: Final = "httptui.sweep/1"
Read = TypeVar("Read", bound=msgspec.Struct)


class _Schema(msgspec.Struct):
    schema: str = ""


def read_report(path: Path) -> Report:
    """The report in a JSON file; PlanError names a file that cannot be read, is too long, or holds no report."""
    return decoded(read_bytes(path), Report, path)


def read_bytes(path: Path) -> bytes:
    """What is in a file, or in standard input, which "-" names; PlanError names one that cannot be read, is empty, or
    is longer than any report.
    """
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
    """The report of a kind in a file's JSON; PlanError names the file where it holds none."""
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
    """The schema that a report's JSON names, or nothing where it is no report of any kind."""
    try:
        return msgspec.json.decode(data, type=_Schema).schema
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return ""
