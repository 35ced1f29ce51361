"""What the app remembers by itself from one time to the next: the theme chosen last, and that the hint was shown.

It is kept apart from the settings, so that no file that a user writes is ever rewritten.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec
import platformdirs
from msgspec import Struct

from httptui.reports.files import write_atomically


class Remembered(Struct, frozen=True, kw_only=True):
    """All that is remembered."""

    theme: str | None = None
    hinted: bool = False


class Memory:
    """Keeps it in a file; one that cannot be read or written is as good as none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.kept = _read(path)

    def keep(self, *, theme: str | None = None, hinted: bool | None = None) -> None:
        """Remember what is given, and leave the rest."""
        kept = Remembered(
            theme=self.kept.theme if theme is None else theme,
            hinted=self.kept.hinted if hinted is None else hinted,
        )
        if kept == self.kept:
            return
        self.kept = kept
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, msgspec.json.encode(kept))


def memory_path() -> Path:
    """Where it is kept."""
    return platformdirs.user_state_path("httptui", appauthor=False) / "state.json"


def _read(path: Path) -> Remembered:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Remembered)
    except (OSError, msgspec.DecodeError, RecursionError):
        return Remembered()
