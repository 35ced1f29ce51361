"""Finds, lists and reads presets: the built-in ones beside this file, and the user's own, which come first."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from httptui.engines.files import TooLongError, read_file
from httptui.errors import PlanError
from httptui.plan.decode import did_you_mean
from httptui.plan.io import MOST_BYTES, check_decoded, decode_plan, mapping_from_json, mapping_from_toml
from httptui.plan.model import Plan
from httptui.presets.replay import recorded_plan, refuse_masks
from httptui.report.saved import MOST_REPORT_BYTES
from httptui.safe_text import safe_text
from httptui.text_files import NOT_TEXT, as_utf8

DEFAULT_PRESET = "demo"

_PASSWORD = re.compile(r"^(?:\w+:/{1,2})?[^\s/:@]+:[^\s@]*@")


@dataclass(frozen=True)
class PresetInfo:
    """A preset that can be read; `plan` is decoded but not yet checked against this machine."""

    name: str
    description: str
    plan: Plan
    path: Path


@dataclass(frozen=True)
class BrokenPreset:
    """A preset that cannot be read, and every reason."""

    name: str
    path: Path
    problems: tuple[str, ...]


def user_presets_folder() -> Path:
    """Where users keep presets of their own; need not exist."""
    return platformdirs.user_config_path("httptui", appauthor=False) / "presets"


def preset_paths() -> dict[str, Path]:
    """Every preset by name, unread; a user's own preset takes the place of a built-in one of that name."""
    folders = (Path(__file__).parent, user_presets_folder())
    found = {
        path.stem: path for folder in folders for path in sorted(folder.glob("*.toml")) if path.is_file()
    }
    return dict(sorted(found.items(), key=lambda item: (item[0] != DEFAULT_PRESET, item[0])))


def list_presets() -> tuple[PresetInfo, ...]:
    """All presets that can be read, the default one first; a broken one hides no other."""
    return tuple(info for info in _read_all() if isinstance(info, PresetInfo))


def broken_presets() -> tuple[BrokenPreset, ...]:
    """The presets that cannot be read."""
    return tuple(info for info in _read_all() if isinstance(info, BrokenPreset))


def load_preset(name_or_path: str, *, check: bool = True, replaced: Container[str] = frozenset()) -> Plan:
    """The plan of a preset, or of a file where the word has a slash or ends in .toml or .json.

    PlanError lists every problem.  Without `check`, problems that depend on the machine or on other fields are
    left to whoever completes the plan.  `replaced` are paths of fields that the caller will replace, such as
    "contender" or "target.headers.x-token": what is not to be taken from a file is no problem there.
    """
    plan = read_plan(preset_path(name_or_path), replaced)
    return check_decoded(plan) if check else plan


def preset_text(name_or_path: str) -> str:
    """The text of a preset or plan file as it stands, comments and all; PlanError where it is not a plan."""
    path = preset_path(name_or_path)
    read_plan(path)
    return as_utf8(_read(path, MOST_REPORT_BYTES)).decode()


def is_built_in(path: Path) -> bool:
    """Whether a file is one of the presets that come with the project."""
    return path.resolve().parent == Path(__file__).parent.resolve()


def is_file_name(name_or_path: str) -> bool:
    """Whether a word names a file rather than a preset."""
    return "/" in name_or_path or "\\" in name_or_path or name_or_path.endswith((".toml", ".json"))


def read_plan(path: Path, replaced: Container[str] = frozenset()) -> Plan:
    """Read and decode one plan file or saved report, JSON by its name and TOML otherwise; problems start with the
    file's name.  `replaced` as for `load_preset`.
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
    """A name or a path as a message may repeat it: it may be an address with a password that was put there."""
    return safe_text(_PASSWORD.sub("***@", word, count=1))


def _read(path: Path, most: int) -> bytes:
    try:
        return read_file(path, most)
    except TooLongError as error:
        raise PlanError(str(error.strerror)) from None
    except OSError as error:
        raise PlanError(f"cannot be read: {safe_text(error.strerror or str(error))}") from None


def preset_path(name_or_path: str) -> Path:
    """The file of a preset, or the one that is named; PlanError where no preset is called so."""
    if is_file_name(name_or_path):
        return Path(name_or_path)
    paths = preset_paths()
    if name_or_path not in paths:
        near = did_you_mean(name_or_path, list(paths)) or f"; there are {', '.join(paths)}"
        raise PlanError(f'preset: no preset is called "{_named(name_or_path)}"{near}')
    return paths[name_or_path]


def refuse_code(plan: Plan) -> None:
    """A file that one was given must not choose what code runs: an engine of one's own is named by hand."""
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
