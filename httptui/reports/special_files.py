"""Outputs that are no regular files: descriptors that a shell has opened, FIFOs and devices.

They are written to where they are.  Replacing them, as a regular file is replaced, would put a file in the place of a
device, or leave the reader of a FIFO without an answer.
"""

from __future__ import annotations

import errno
import os
import re
import select
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

if sys.platform != "win32":
    import fcntl

STDOUT = 1
READER_SECONDS = 5.0
"""How long a FIFO waits for somebody to read it, and whoever has to end waits for each reader."""
SLICE_SECONDS = 0.1
CHUNK = 4_096
"""What a pipe takes without blocking once it takes anything (POSIX, PIPE_BUF)."""
MOST_LINKS = 40

GiveUp = Callable[[float], bool]
"""Whether to give up a reader that has kept its writer waiting for so many seconds."""

_DESCRIPTOR = re.compile(r"(?:/dev/fd|/proc/(\d+)(?:/task/\d+)?/fd)/(\d+)")


def never(_waited: float) -> bool:
    """For writing that nothing breaks off."""
    return False


def is_special(path: Path) -> bool:
    """Whether a path, its links followed, leads to what must be written to where it is."""
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
    """What tells the regular file at a path, there or to be made, or behind a descriptor, from all others, by
    whatever name it goes; None for anything else.
    """
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
    """Why it cannot be written to, as far as can be known before, or None: "is a block device"."""
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
    """Why a descriptor of this process cannot be written to, or None."""
    try:
        os.fstat(number)
        if sys.platform != "win32" and fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            return "is open for reading only"
    except OSError:
        return "is not open"
    return None


def write_through(path: Path, data: bytes, *, give_up: GiveUp = never) -> None:
    """Write to what is there, however long its reader takes, until `give_up`; OSError where it cannot be."""
    began = monotonic()
    number = descriptor_of(path)
    handle = os.dup(number) if number is not None else _opened(path, give_up)
    try:
        write_to(handle, data, give_up=give_up, began=began)
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
                raise TimeoutError(errno.ETIMEDOUT, "its reader takes nothing, and was given up")


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
    """How many bytes were taken; none by a terminal with room for a part of a character only."""
    try:
        return os.write(handle, data)
    except BlockingIOError:
        sleep(SLICE_SECONDS / 10)
        return 0


def can_take(handle: int, seconds: float) -> bool:
    """Whether a descriptor takes some bytes without blocking, or fails at once; true where nobody can tell."""
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
