"""State that the app keeps between starts: the theme chosen last, the columns ticked and cleared in the table, that
the hint was shown, and the plans that were run.

It is kept apart from the settings, so that no file that a user writes is ever rewritten.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs
from msgspec import Struct

from httptui.engines.files import read_file
from httptui.plan.model import Plan
from httptui.presets.recent import remember
from httptui.report.store import write_atomically
from httptui.tui.control.session import Start
from httptui.tui.panels.columns import BY_NAME, Picked

MOST_BYTES = 64 * 1024


class Remembered(Struct, frozen=True, kw_only=True):
    """The remembered state."""

    theme: str | None = None
    hinted: bool = False
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()

    @property
    def picked(self) -> Picked:
        """Columns picked for the table, without names that no column has any more."""
        added, removed = (
            frozenset(names) & BY_NAME.keys() for names in (self.columns_added, self.columns_removed)
        )
        return Picked(added, removed)


class Memory:
    """Keeps the state in a file; one that cannot be read or written counts as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.kept = _read(path)

    def keep(
        self, *, theme: str | None = None, hinted: bool | None = None, picked: Picked | None = None
    ) -> None:
        """Remember what is given, and leave the rest."""
        columns = self.kept.picked if picked is None else picked
        kept = Remembered(
            theme=self.kept.theme if theme is None else theme,
            hinted=self.kept.hinted if hinted is None else hinted,
            columns_added=tuple(sorted(columns.added)),
            columns_removed=tuple(sorted(columns.removed)),
        )
        if kept == self.kept:
            return
        self.kept = kept
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, msgspec.json.encode(kept))


def memory_path() -> Path:
    """Return the path of that file."""
    return platformdirs.user_state_path("httptui", appauthor=False) / "state.json"


def _read(path: Path) -> Remembered:
    try:
        return msgspec.json.decode(read_file(path, MOST_BYTES), type=Remembered)
    except (OSError, msgspec.DecodeError, RecursionError):
        return Remembered()


Session = TypeVar("Session")


def remembering(start: Start[Session]) -> Start[Session]:
    """Return a start that first adds the plan to the recent ones, where that can be."""

    def begin(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Session:
        with suppress(OSError):
            remember(plan)
        return start(plan, consent=consent)

    return begin
