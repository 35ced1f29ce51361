"""Limits of files: read a file whole within a size limit, and raise the number of files a process may have open."""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
from pathlib import Path
from time import monotonic, sleep

PIPE_SECONDS = 10.0
"""Seconds for which a pipe, or a file that would block, may deliver nothing."""
PAUSE_SECONDS = 0.05
PIECE = 1024 * 1024
_KINDS = (
    (stat.S_ISDIR, os.strerror(errno.EISDIR)),
    (stat.S_ISCHR, "Is a device"),
    (stat.S_ISBLK, "Is a device"),
    (stat.S_ISSOCK, "Is a socket"),
)


class TooLongError(OSError):
    """A file is longer than the reader allows."""


def read_file(path: Path, most: int) -> bytes:
    """Read all bytes of a file, or of a pipe such as a shell's `<(command)`.

    Raises TooLongError if there are more than `most`, and OSError with a reason in `strerror` for a directory, a
    device or a socket, for a source that delivers nothing for PIPE_SECONDS, and for any error of the system.
    """
    try:
        _check(
            os.stat(path), path, most
        )  # Checked before opening, because opening has effects on many devices.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # A NUL in the name.
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    try:
        status = os.fstat(handle)
        _check(status, path, most)
        return _read(handle, path, most, waits=not stat.S_ISREG(status.st_mode))
    finally:
        os.close(handle)


def _check(status: os.stat_result, path: Path, most: int) -> None:
    for is_of_kind, words in _KINDS:
        if is_of_kind(status.st_mode):
            raise OSError(errno.EINVAL, words, str(path))
    if status.st_size > most:
        raise _too_long(path, most)


def _read(handle: int, path: Path, most: int, *, waits: bool) -> bytes:
    data: list[bytes] = []
    size = 0
    until = monotonic() + PIPE_SECONDS
    while True:
        if waits:
            _wait(handle, path, until)
        try:
            piece = os.read(handle, min(PIECE, most + 1 - size))
        except BlockingIOError:  # Happens too with files that claim to be regular, such as /proc/kmsg.
            if monotonic() >= until:
                raise _nothing_from(path) from None
            sleep(PAUSE_SECONDS)
            continue
        until = monotonic() + PIPE_SECONDS
        size += len(piece)
        if size > most:
            raise _too_long(path, most)
        if not piece:
            return b"".join(data)
        data.append(piece)


def _wait(handle: int, path: Path, until: float) -> None:
    """Wait until a pipe is readable or at its end; OSError if neither happens in time."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    while not poll.poll(max(0.0, until - monotonic()) * 1000):
        if monotonic() >= until:
            raise _nothing_from(path)


def _nothing_from(path: Path) -> OSError:
    return OSError(errno.ETIMEDOUT, f"nothing came from it for {PIPE_SECONDS:g} s", str(path))


def _too_long(path: Path, most: int) -> TooLongError:
    mebi = 1024 * 1024
    size = f"{most // mebi} MiB" if most >= mebi and most % mebi == 0 else f"{most // 1024} KiB"
    return TooLongError(errno.EFBIG, f"longer than {size}", str(path))


OTHER_FILES = 64
"""Open files of a process besides its connections: modules, pipes, logs and the event loop."""


def make_room_for(connections: int) -> None:
    """Raise this process's limit of open files for so many connections, as far as permitted and only if needed."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if (raised := raised_limit(connections, soft, hard, resource.RLIM_INFINITY)) is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))


def raised_limit(connections: int, soft: int, hard: int, endless: int) -> int | None:
    """Return the soft limit needed for so many connections, at most the hard limit; None if it suffices now."""
    needed = connections + OTHER_FILES
    wanted = needed if hard == endless else min(needed, hard)
    return None if soft == endless or soft >= wanted else wanted
