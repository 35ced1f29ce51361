"""Files that a run leaves: where they go, what they are called, and how they are written."""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import platformdirs

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from httptui.reports.exports.results import Recorded

PART = ".httptui.part"
_LONGEST_NAME = 60
_LONGEST_PART_NAME = 40
"""Characters, of at most four bytes: what is added to them must fit into the 255 bytes of a name."""


class Saved(NamedTuple):
    """The files that were written, and a line for each that was not."""

    paths: tuple[Path, ...]
    problems: tuple[str, ...]


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that is whole or not there at all, readable by its owner only; OSError where it cannot be.

    A symbolic link stays, and the file that it names is replaced.  One that is there and cannot be replaced, as it is
    mounted, or another's in a folder such as /tmp, is written over: whole unless this process ends meanwhile.
    """
    path = Path(os.path.realpath(path))
    if path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    with _part_of(path, data) as part:
        try:
            part.replace(path)
        except OSError as error:
            if error.errno not in (errno.EBUSY, errno.EPERM) or not path.is_file():
                raise
            _write_over(path, data)
    _sync_folder(path.parent)


def write_new(path: Path, data: bytes) -> None:
    """The same for a name that must be free; FileExistsError where it is taken, also by another process just now."""
    with _part_of(path, data) as part:
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:
            # A file system without links: take the name first, then put the content in its place.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            part.replace(path)
    _sync_folder(path.parent)


def save_together(folder: Path, stem: str, forms: Mapping[str, Callable[[], bytes]]) -> Saved:
    """Write files that share a name and differ in their ending, each made when its turn comes.

    Where any of the names is taken, a number is added to all: `stem-2`.  A file that cannot be made or written costs
    no other one.
    """
    paths: list[Path] = []
    problems: list[str] = []
    for ending, form in forms.items():
        try:
            data = form()
            if paths:
                path = folder / f"{stem}{ending}"
                write_new(path, data)
            else:
                stem, path = _write_first(folder, stem, ending, tuple(forms), data)
            paths.append(path)
        except Exception as error:  # noqa: BLE001 - a mistake in one form must not cost the others.
            problems.append(f"{stem}{ending}: {why(error)}")
    return Saved(tuple(paths), tuple(problems))


def why(error: Exception) -> str:
    """Why a file could not be made or written, in a few words."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"this is a bug in httptui: {type(error).__name__}: {error}"


def _write_first(
    folder: Path, stem: str, ending: str, endings: tuple[str, ...], data: bytes
) -> tuple[str, Path]:
    """Write the file that claims a name for all; that name, and the file."""
    for number in count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        if any(os.path.lexists(folder / f"{name}{other}") for other in endings):
            continue
        with suppress(FileExistsError):
            write_new(path := folder / f"{name}{ending}", data)
            return name, path
    raise AssertionError("numbers do not end")


def _write_over(path: Path, data: bytes) -> None:
    """Put content in the place of a file's own, for its owner only where that is us."""
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "wb") as file:
        with suppress(OSError):
            path.chmod(0o600)
        file.truncate()
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _part_of(path: Path, data: bytes) -> Iterator[Path]:
    """A file beside the one that is to be, with its content; gone afterwards, whatever happens.

    It is locked while it is written: one that nobody has locked was left by a process that was killed.
    """
    _remove_leftovers(path.parent)
    handle, part = _open_part(path)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if sys.platform != "win32":
                yield part
        if sys.platform == "win32":  # Where an open file can be neither moved nor deleted.
            yield part
    finally:
        with suppress(OSError):
            part.unlink()


def _open_part(path: Path) -> tuple[int, Path]:
    while True:
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name[:_LONGEST_PART_NAME]}.", suffix=PART
        )
        if sys.platform != "win32":
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.lexists(name):
            return handle, Path(name)
        os.close(handle)  # Taken for a leftover before it was locked.


def _remove_leftovers(folder: Path) -> None:
    """Remove what killed processes have left of files they were writing."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") and entry.name.endswith(PART):
                _remove_if_unlocked(entry.path)


def _remove_if_unlocked(part: str) -> None:
    if sys.platform == "win32":
        return
    with suppress(OSError):
        handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(part)
        finally:
            os.close(handle)


def reports_folder(out: Path | None = None) -> Path:
    """The folder that reports go to, made if need be: `out`, or the user's data folder."""
    folder = out or platformdirs.user_data_path("httptui", appauthor=False) / "reports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def report_stem(report: Recorded) -> str:
    """A file name without its ending: when it started and the plan's name, such as `20260102-030405-demo`."""
    unnamed = "sweep" if report.plan.get("sweep") else "run"
    return file_stem(report.started, str(report.plan.get("name") or unnamed))


def file_stem(moment: str, name: str) -> str:
    """A file name without its ending, of a moment in ISO 8601 and a name whose characters may be any."""
    digits = re.sub(r"[^0-9]", "", moment)[:14]
    dated = f"{digits[:8]}-{digits[8:]}".strip("-") or "undated"
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")[:_LONGEST_NAME].rstrip("-")
    return f"{dated}-{slug or 'run'}"


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
