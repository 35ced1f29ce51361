"""Files that a run leaves: where they go, what they are called, and how they are written.

A regular file is replaced as a whole.  Descriptors that a shell has opened, FIFOs and devices are written to where
they are: replacing one would put a file in the place of a device, or leave the reader of a FIFO without an answer.
"""

from __future__ import annotations

import errno
import os
import re
import select
import stat
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple

import platformdirs

if TYPE_CHECKING:
    from httptui.results.report import Recorded

if sys.platform != "win32":
    import fcntl


PART = ".httptui.part"
_LONGEST_NAME = 60
_LONGEST_PART_NAME = 40
"""Characters, of at most four bytes: what is added to them must fit into the 255 bytes of a name."""

STDOUT = 1
READER_SECONDS = 5.0
"""The longest wait for a FIFO's reader, and at the end for each reader."""
SLICE_SECONDS = 0.1
CHUNK = 4_096
"""Bytes that a pipe takes without blocking once it takes any (POSIX, PIPE_BUF)."""
MOST_LINKS = 40

GiveUp = Callable[[float], bool]
"""Decides whether to give up a reader that has kept its writer waiting for so many seconds."""

_DESCRIPTOR = re.compile(r"(?:/dev/fd|/proc/(\d+)(?:/task/\d+)?/fd)/(\d+)")


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
    """Write a file whose name must be free; FileExistsError if it is taken, even by another process just now."""
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
    """Describe in a few words why a file could not be made or written."""
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


def never(_waited: float) -> bool:
    """For writing that nothing breaks off."""
    return False


def is_special(path: Path) -> bool:
    """Return whether a path, its links followed, leads to something that must be written to in place."""
    if descriptor_of(path) is not None:
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def descriptor_of(path: Path) -> int | None:
    """The descriptor of this process that a path such as /dev/fd/63 or /dev/stdout names, or None."""
    text = os.path.abspath(path)
    for _ in range(MOST_LINKS):
        folder = os.path.realpath(os.path.dirname(text))
        text = os.path.join(folder, os.path.basename(text))
        found = _DESCRIPTOR.fullmatch(text)
        if found is not None and found[1] in (None, str(os.getpid())):
            return int(found[2])
        try:
            text = os.path.normpath(os.path.join(folder, os.readlink(text)))
        except OSError:
            return None
    return None


def regular_file(place: Path | int) -> tuple[object, ...] | None:
    """Identify the regular file at a path (existing or to be made) or descriptor, whatever its name; else None."""
    number = place if isinstance(place, int) else descriptor_of(place)
    try:
        status = os.stat(place) if number is None else os.fstat(number)
    except OSError:
        return _file_to_be(place) if isinstance(place, Path) and number is None else None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def _file_to_be(path: Path) -> tuple[object, ...] | None:
    folder, name = os.path.split(os.path.realpath(path))
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino, name


def why_not_special(path: Path) -> str | None:
    """Return why a path cannot be written to, as far as can be known before: "is a block device"; else None."""
    number = descriptor_of(path)
    if number is not None:
        return why_not_descriptor(number)
    mode = path.stat().st_mode
    if stat.S_ISBLK(mode):
        return "is a block device"
    if stat.S_ISSOCK(mode):
        return "is a socket"
    return None if os.access(path, os.W_OK) else "cannot be written to"


def why_not_descriptor(number: int) -> str | None:
    """Return why a descriptor of this process cannot be written to, or None."""
    try:
        os.fstat(number)
        if sys.platform != "win32" and fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            return "is open for reading only"
    except OSError:
        return "is not open"
    return None


def write_through(path: Path, data: bytes, *, give_up: GiveUp = never) -> None:
    """Write to what is there, however long its reader takes, until `give_up`; OSError where it cannot be.

    A reader that leaves after it has taken something, as `head` does, has had enough, which is no error.
    """
    began = monotonic()
    number = descriptor_of(path)
    handle = os.dup(number) if number is not None else _opened(path, give_up)
    try:
        write_to(handle, data[:CHUNK], give_up=give_up, began=began)
        with suppress(BrokenPipeError):
            write_to(handle, data[CHUNK:], give_up=give_up, began=began)
    finally:
        os.close(handle)


def write_to(handle: int, data: bytes, *, give_up: GiveUp = never, began: float | None = None) -> None:
    """Write all to a descriptor, waiting for its reader until `give_up`, which is asked with the time since it
    `began`, or since now, whenever nothing is taken.
    """
    since = monotonic() if began is None else began
    rest = memoryview(data)
    with unblocked(handle) as own:
        while rest:
            taken = _write_some(own, rest[:CHUNK]) if can_take(own, SLICE_SECONDS) else 0
            rest = rest[taken:]
            if not taken and give_up(monotonic() - since):
                raise TimeoutError(errno.ETIMEDOUT, "its reader does not read, so writing was abandoned")


@contextmanager
def unblocked(handle: int) -> Iterator[int]:
    """A descriptor that never holds up its writer once it can take something.

    A pipe then takes a whole CHUNK.  A terminal may take less and wait for its reader with the rest, so it is opened
    once more, where it can be.
    """
    anew = opened_anew(handle)
    try:
        yield handle if anew is None else anew
    finally:
        if anew is not None:
            os.close(anew)


def opened_anew(handle: int) -> int | None:
    """A terminal, opened once more so that writing to it never blocks; None where that is impossible."""
    try:
        return os.open(os.ttyname(handle), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except (AttributeError, OSError):
        return None


def _write_some(handle: int, data: memoryview) -> int:
    """Write and return the number of bytes taken; 0 if a terminal has room for part of a character only."""
    try:
        return os.write(handle, data)
    except BlockingIOError:
        sleep(SLICE_SECONDS / 10)
        return 0


def can_take(handle: int, seconds: float) -> bool:
    """Return whether a descriptor takes some bytes without blocking, or fails at once; true if that is unknown."""
    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(handle, select.POLLOUT)
    return bool(poll.poll(seconds * 1000))


def _opened(path: Path, give_up: GiveUp) -> int:
    began = monotonic()
    while True:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
            break
        except OSError as error:
            waiting = error.errno == errno.ENXIO and stat.S_ISFIFO(path.stat().st_mode)
            if not waiting:
                raise
            waited = monotonic() - began
            if give_up(waited) or waited > READER_SECONDS:
                raise OSError(
                    errno.ENXIO, f"nobody has read it for {READER_SECONDS:g} s", str(path)
                ) from None
        select.select([], [], [], SLICE_SECONDS)
    os.set_blocking(handle, True)
    return handle
