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
from collections.abc import Callable
from pathlib import Path
from time import monotonic

if sys.platform != "win32":
    import fcntl

STDOUT = 1
READER_SECONDS = 5.0
"""How long a FIFO waits for somebody to read it."""
SLICE_SECONDS = 0.1
CHUNK = 4_096
"""What a pipe takes without blocking once it takes anything (POSIX, PIPE_BUF)."""
MOST_LINKS = 40

_DESCRIPTOR = re.compile(r"(?:/dev/fd|/proc/(\d+)(?:/task/\d+)?/fd)/(\d+)")


def never() -> bool:
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


def write_through(path: Path, data: bytes, *, give_up: Callable[[], bool] = never) -> None:
    """Write to what is there, however long its reader takes, until `give_up`; OSError where it cannot be."""
    number = descriptor_of(path)
    handle = os.dup(number) if number is not None else _opened(path, give_up)
    try:
        write_to(handle, data, give_up=give_up)
    finally:
        os.close(handle)


def write_to(handle: int, data: bytes, *, give_up: Callable[[], bool] = never) -> None:
    """Write all to a descriptor, waiting for its reader until `give_up`."""
    rest = memoryview(data)
    while rest:
        while not can_take(handle, SLICE_SECONDS):
            if give_up():
                raise TimeoutError(errno.ETIMEDOUT, "its reader takes nothing, and the run was interrupted")
        rest = rest[os.write(handle, rest[:CHUNK]) :]


def can_take(handle: int, seconds: float) -> bool:
    """Whether a descriptor takes some bytes without blocking, or fails at once; true where nobody can tell."""
    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(handle, select.POLLOUT)
    return bool(poll.poll(seconds * 1000))


def _opened(path: Path, give_up: Callable[[], bool]) -> int:
    until = monotonic() + READER_SECONDS
    while True:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
            break
        except OSError as error:
            waiting = error.errno == errno.ENXIO and stat.S_ISFIFO(path.stat().st_mode)
            if not waiting:
                raise
            if give_up() or monotonic() > until:
                raise OSError(
                    errno.ENXIO, f"nobody has read it for {READER_SECONDS:g} s", str(path)
                ) from None
        select.select([], [], [], SLICE_SECONDS)
    os.set_blocking(handle, True)
    return handle
