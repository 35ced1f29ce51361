"""Presets and plan files: found, listed, read and saved. Built-in ones lie beside this file; the user's come first.

A report is a plan file too: its run or sweep is repeated with the same plan and seed, but without secrets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from httptui.engines.files import TooLongError, read_file
from httptui.errors import PlanError
from httptui.plan.decode import did_you_mean
from httptui.plan.io import (
    MOST_BYTES,
    check_decoded,
    decode_plan,
    mapping_from_json,
    mapping_from_toml,
    plan_to_toml,
)
from httptui.plan.model import Plan
from httptui.plan.requests import shown
from httptui.plan.secrets import MASK
from httptui.plan.titles import original_name
from httptui.presets.allowed import allow, wishes_of
from httptui.report.saved import MOST_REPORT_BYTES, SWEEP_SCHEMA
from httptui.report.store import write_atomically
from httptui.results.report import SCHEMA
from httptui.safe_text import safe_text
from httptui.text_files import NOT_TEXT, as_utf8

DEFAULT_PRESET = "demo"

_PASSWORD = re.compile(r"^(?:\w+:/{1,2})?[^\s/:@]+:[^\s@]*@")


@dataclass(frozen=True)
class PresetInfo:
    """Readable preset; `plan` is decoded but not yet checked against this machine."""

    name: str
    description: str
    plan: Plan
    path: Path


@dataclass(frozen=True)
class BrokenPreset:
    """Unreadable preset, with every reason."""

    name: str
    path: Path
    problems: tuple[str, ...]


def user_presets_folder() -> Path:
    """Return the folder of the user's presets, which need not exist."""
    return platformdirs.user_config_path("httptui", appauthor=False) / "presets"


def preset_paths() -> dict[str, Path]:
    """Return the file of each preset by name; a user's preset replaces a built-in one of the same name."""
    folders = (Path(__file__).parent, user_presets_folder())
    found = {
        path.stem: path for folder in folders for path in sorted(folder.glob("*.toml")) if path.is_file()
    }
    return dict(sorted(found.items(), key=lambda item: (item[0] != DEFAULT_PRESET, item[0])))


def list_presets() -> tuple[PresetInfo, ...]:
    """Return all readable presets, the default one first."""
    return tuple(info for info in _read_all() if isinstance(info, PresetInfo))


def broken_presets() -> tuple[BrokenPreset, ...]:
    """Return all unreadable presets."""
    return tuple(info for info in _read_all() if isinstance(info, BrokenPreset))


def load_preset(name_or_path: str, *, check: bool = True, replaced: Container[str] = frozenset()) -> Plan:
    """Return the plan of a preset, or of a file if the name has a slash or ends in .toml or .json.

    PlanError lists every problem. Without `check`, problems that depend on the machine or on other fields are left to
    the caller, who completes the plan. `replaced` are paths of fields that the caller will replace, such as
    "contender" or "target.headers.x-token"; contents that a file may not have are accepted there.
    """
    plan = read_plan(preset_path(name_or_path), replaced)
    return check_decoded(plan) if check else plan


def preset_text(name_or_path: str) -> str:
    """Return the unchanged text of a preset or plan file; PlanError if it is not a plan."""
    path = preset_path(name_or_path)
    read_plan(path)
    return as_utf8(_read(path, MOST_REPORT_BYTES)).decode()


def is_file_name(name_or_path: str) -> bool:
    """Return whether a word names a file rather than a preset."""
    return "/" in name_or_path or "\\" in name_or_path or name_or_path.endswith((".toml", ".json"))


def read_plan(path: Path, replaced: Container[str] = frozenset()) -> Plan:
    """Read and decode a plan file or saved report, as JSON if so named, else as TOML; problems begin with its name.

    `replaced` is as for `load_preset`.
    """
    where = _named(str(path))
    try:
        raw = as_utf8(_read(path, MOST_REPORT_BYTES if path.suffix == ".json" else MOST_BYTES))
        if path.suffix == ".json" and (recorded := recorded_plan(raw)) is not None:
            plan = decode_plan(recorded)
            refuse_masks(plan, replaced)
        else:
            text = raw.decode()
            plan = decode_plan(mapping_from_json(text) if path.suffix == ".json" else mapping_from_toml(text))
        if "contender" not in replaced:
            refuse_code(plan)
    except UnicodeDecodeError:
        raise PlanError(f"{where}: {NOT_TEXT}") from None
    except PlanError as error:
        raise PlanError(*(f"{where}: {problem}" for problem in error.problems)) from None
    return plan


def _named(word: str) -> str:
    """Return a name or path for a message; it may be a URL with a password, given by mistake."""
    return safe_text(_PASSWORD.sub("***@", word, count=1))


def _read(path: Path, most: int) -> bytes:
    try:
        return read_file(path, most)
    except TooLongError as error:
        raise PlanError(str(error.strerror)) from None
    except OSError as error:
        raise PlanError(f"cannot be read: {safe_text(error.strerror or str(error))}") from None


def preset_path(name_or_path: str) -> Path:
    """Return the file of a preset or the named file; PlanError if there is no such preset."""
    if is_file_name(name_or_path):
        return Path(name_or_path)
    paths = preset_paths()
    if name_or_path not in paths:
        near = did_you_mean(name_or_path, list(paths)) or f"; there are {', '.join(paths)}"
        raise PlanError(f'preset: no preset is called "{_named(name_or_path)}"{near}')
    return paths[name_or_path]


def refuse_code(plan: Plan) -> None:
    """Raise PlanError if a file names an engine's code, which only the user may choose."""
    named = [index for index, contender in enumerate(plan.contender) if ":" in contender.engine]
    if named:
        raise PlanError(
            *(
                f"contender[{index}].engine: a preset may not name a file of code; give it with -e"
                for index in named
            )
        )


def _read_all() -> list[PresetInfo | BrokenPreset]:
    found: list[PresetInfo | BrokenPreset] = []
    for name, path in preset_paths().items():
        try:
            plan = read_plan(path)
        except PlanError as error:
            found.append(BrokenPreset(name, path, error.problems))
        else:
            found.append(PresetInfo(name, plan.description.strip(), plan, path))
    return found


FAMILY = SCHEMA.rpartition("/")[0] + "/"


class _Recorded(msgspec.Struct):
    """Parts of a report that are needed; a plan in JSON has none of these fields."""

    schema: str = ""
    plan: Any = None


def recorded_plan(raw: bytes) -> Any:
    """Return the undecoded plan of a report in JSON, or None for other JSON; PlanError for another version."""
    try:
        recorded = msgspec.json.decode(raw, type=_Recorded)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    if not recorded.schema.startswith(FAMILY) and recorded.schema != SWEEP_SCHEMA:
        return None
    if recorded.schema not in (SCHEMA, SWEEP_SCHEMA):
        raise PlanError(f"schema: {shown(recorded.schema)} cannot be repeated here; {SCHEMA}")
    return recorded.plan if recorded.plan is not None else {}


def refuse_masks(plan: Plan, replaced: Container[str] = frozenset()) -> None:
    """Raise PlanError with every field, except those to be `replaced`, in which a mask stands for a secret."""
    problems = [
        f"{path}: holds {MASK} in place of a secret, which no report keeps; give it again with {how}"
        for path, how in masked_fields(plan)
        if path.lower() not in replaced
    ]
    if problems:
        raise PlanError(*problems)


def masked_fields(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the path of every field in which a mask stands for a secret, and the flag that sets it again."""
    if MASK in plan.target.url:
        yield "target.url", "--url"
    if any(MASK in url for url in plan.target.urls):
        yield "target.urls", "--urls"
    for name, value in plan.target.headers.items():
        if MASK in value:
            yield f"target.headers.{safe_text(name, 60)}", f"-H '{safe_text(name, 60)}: …'"
    if MASK in plan.target.body:
        yield "target.body", "--data"
    if MASK in plan.target.body_base64:
        yield "target.body_base64", "--data-binary"


LONGEST_NAME = 60

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def user_preset_path(name: str) -> Path:
    """Return the file of a user's preset; PlanError for an invalid name."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise PlanError(
            f"name: {shown(name)} is no name of a preset; letters, digits, - and _, at most {LONGEST_NAME}"
        )
    return user_presets_folder() / f"{name}.toml"


def suggested_name(text: str) -> str:
    """Convert a text to a valid name of a preset, or "" if nothing of it is usable."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", folded).strip("-_")[:LONGEST_NAME].rstrip("-_")


def name_saved_as(name: str, preset: str) -> str:
    """Return the name of a plan that is saved as a preset: its own if the preset got that, else the preset's."""
    return name if suggested_name(name) == preset and name == original_name(name) else preset


def save_preset(plan: Plan, name: str, *, replace: bool = False) -> Path:
    """Write a plan as the preset of a name, in a file that only its owner can read.

    PlanError if the name is invalid, the plan could not be read again, the file exists without `replace`, or it
    cannot be written.
    """
    path = user_preset_path(name)
    refuse_code(plan)
    data = plan_to_toml(plan).encode()
    if len(data) > MOST_BYTES:
        raise PlanError(
            f"plan: longer than {MOST_BYTES // 1024 // 1024} MiB, which is what a preset may have"
        )
    try:
        if path.exists() and not replace:
            raise PlanError(f"name: a preset {shown(name)} exists already")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, data)
    except OSError as error:
        raise PlanError(f"{safe_text(str(path))}: cannot be written: {safe_text(str(error))}") from None
    # The user has seen the plan, and the variables that it reads.
    allow(wishes_of(path, plan))
    return path
