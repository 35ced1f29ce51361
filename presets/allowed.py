"""Permission of plan files to send variables of the environment: asked for once for each file and host."""

from __future__ import annotations

from collections.abc import Container, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import platformdirs

from httptui.engines.files import read_file
from httptui.errors import PlanError
from httptui.plan.model import Plan
from httptui.plan.secrets import references_of
from httptui.plan.urls import split_target, with_urls_read
from httptui.report.store import write_atomically

MOST_ALLOWED = 1_000
MOST_BYTES = 4 * 1024 * 1024


class Wish(NamedTuple):
    """Request of a file's plan to send the variable `name` to `host`."""

    file: str
    host: str
    name: str


def allowed_path() -> Path:
    """Return the file of permissions, which need not exist."""
    return platformdirs.user_data_path("httptui", appauthor=False) / "allowed.json"


def wishes_of(
    path: Path, found: Plan, plan: Plan | None = None, replaced: Container[str] = frozenset()
) -> tuple[Wish, ...]:
    """Return the variables that the plan found in a file would send without permission; none for built-in presets.

    `plan` is the completed plan, which determines the hosts; `replaced` are paths of fields that the user replaced.
    """
    if is_built_in(path):
        return ()
    names = dict.fromkeys(
        name
        for field, name in references_of(found)
        if field.lower() not in replaced and field not in replaced
    )
    if not names:
        return ()
    urls: tuple[str, ...] = ()
    with suppress(PlanError):  # It is reported when the plan is run.
        urls = with_urls_read(plan or found).target.all_urls
    hosts = {_host_of(url): None for url in urls}
    file, allowed = str(path.resolve()), set(_allowed())
    wishes = (Wish(file, host, name) for host in hosts for name in names)
    return tuple(wish for wish in wishes if wish not in allowed)


def allow(wishes: Iterable[Wish]) -> None:
    """Save permissions, the newest first; if they cannot be saved, they are asked for again."""
    kept = tuple(dict.fromkeys((*wishes, *_allowed())))[:MOST_ALLOWED]
    path = allowed_path()
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, msgspec.json.format(msgspec.json.encode(kept), indent=1))


def is_built_in(path: Path) -> bool:
    """Return whether a file is a preset of this package."""
    return path.resolve().parent == Path(__file__).parent.resolve()


def _allowed() -> tuple[Wish, ...]:
    """Read the file; empty if it is absent or damaged."""
    try:
        return msgspec.json.decode(read_file(allowed_path(), MOST_BYTES), type=tuple[Wish, ...])
    except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return ()


def _host_of(url: str) -> str:
    try:
        return split_target(url).host
    except ValueError:
        return "?"
