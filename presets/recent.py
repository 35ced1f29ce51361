"""Recently run plans, the newest first and each once, without their secrets."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from httptui.engines.files import read_file
from httptui.errors import PlanError
from httptui.plan.io import MOST_BYTES as MOST_PLAN_BYTES
from httptui.plan.io import decode_plan
from httptui.plan.model import Plan
from httptui.plan.secrets import redacted_plan
from httptui.report.store import write_atomically

MOST_RECENT = 20
MOST_BYTES = 2 * MOST_PLAN_BYTES
"""Size of the file, beyond which the oldest plans are dropped."""


class RecentPlan(msgspec.Struct, frozen=True):
    """Plan with the time of its last run; masks stand for secrets."""

    at: datetime
    plan: Plan


class _Entry(msgspec.Struct):
    at: datetime
    plan: dict[str, Any]


class _Kept(msgspec.Struct):
    plans: list[_Entry] = []


def recent_path() -> Path:
    """Return the file of recent plans, which need not exist."""
    return platformdirs.user_data_path("httptui", appauthor=False) / "recent.json"


def recent_plans() -> tuple[RecentPlan, ...]:
    """Return at most MOST_RECENT plans, without those that can no longer be read."""
    found: list[RecentPlan] = []
    for entry in _entries():
        with suppress(PlanError):
            found.append(RecentPlan(entry.at, decode_plan(entry.plan)))
    return tuple(found[:MOST_RECENT])


def remember(plan: Plan, now: datetime | None = None) -> None:
    """Save a plan before all others, in a file that only its owner can read; OSError if that fails."""
    plain = msgspec.json.decode(msgspec.json.encode(redacted_plan(plan)))
    others = [entry for entry in _entries() if entry.plan != plain]
    newest = [_Entry(now or datetime.now(UTC), plain), *others][:MOST_RECENT]
    while len(data := _written(newest)) > MOST_BYTES and len(newest) > 1:
        newest.pop()
    path = recent_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(path, data)


def _written(entries: list[_Entry]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(_Kept(entries)), indent=1)


def _entries() -> list[_Entry]:
    """Read the file; empty if it is absent or damaged."""
    try:
        return msgspec.json.decode(read_file(recent_path(), MOST_BYTES), type=_Kept).plans
    except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return []
