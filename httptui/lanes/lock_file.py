"""A lock that one process holds at a time, in a file; the system frees it when its holder ends, however that is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

LOOK_SECONDS = 0.1


@asynccontextmanager
async def held(path: Path) -> AsyncIterator[None]:
    """Hold a lock, once nobody else does; nothing of it is left afterwards."""
    while (descriptor := _taken(path)) is None:  # noqa: ASYNC110 - its holder is another process
        await asyncio.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(path)
        os.close(descriptor)


def _taken(path: Path) -> int | None:
    """The descriptor of a lock that was free, or None."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    with suppress(OSError):
        _lock(descriptor)
        # The holder before may have removed the file that was opened here.
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    os.close(descriptor)
    return None


def _lock(descriptor: int) -> None:
    """OSError where another has it."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
