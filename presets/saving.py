"""Presets of the user's own, written where the loader finds them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from httptui.errors import PlanError
from httptui.plan.io import MOST_BYTES, plan_to_toml
from httptui.plan.model import Plan
from httptui.plan.requests import shown
from httptui.plan.titles import original_name
from httptui.presets.allowed import allow, wishes_of
from httptui.presets.loader import refuse_code, user_presets_folder
from httptui.report.store import write_atomically
from httptui.safe_text import safe_text

LONGEST_NAME = 60

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def user_preset_path(name: str) -> Path:
    """The file of a preset of the user's own; PlanError where the name can be none."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise PlanError(
            f"name: {shown(name)} is no name of a preset; letters, digits, - and _, at most {LONGEST_NAME}"
        )
    return user_presets_folder() / f"{name}.toml"


def suggested_name(text: str) -> str:
    """A text as the name of a preset, or the empty text where nothing of it can be."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", folded).strip("-_")[:LONGEST_NAME].rstrip("-_")


def name_saved_as(name: str, preset: str) -> str:
    """Return the name of a plan that is saved as a preset: its own if the preset got that, else the preset's."""
    return name if suggested_name(name) == preset and name == original_name(name) else preset


def save_preset(plan: Plan, name: str, *, replace: bool = False) -> Path:
    """Write a plan as the preset of a name, in a file that only its owner can read.

    PlanError where the name can be none, the plan could not be read again, the file exists and is not to be replaced,
    or it cannot be written.
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
    # Whoever saves a plan here has seen it, and what it takes.
    allow(wishes_of(path, plan))
    return path
