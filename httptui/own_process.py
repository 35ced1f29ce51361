"""Start of this package's own processes, from its own files whatever the current folder holds, and their messages."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from httptui.engines.protocol import GREETING, LARGEST_MESSAGE, LENGTH_BYTES
from httptui.errors import NO_MORE, is_refused
from httptui.process_group import OWN_SESSION

_PACKAGE = str(Path(__file__).parent)
_BEGIN = """
import importlib.util, runpy, sys
place, module = sys.argv[1:3]
del sys.argv[1:3]
spec = importlib.util.spec_from_file_location("httptui", place + "/__init__.py", submodule_search_locations=[place])
sys.modules["httptui"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["httptui"])
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def own_command(module: str, *arguments: str, python: str = "") -> list[str]:
    """Return the command that runs a module of this package in a separate process.

    `python` may be the interpreter of an environment without this package, which is then lent to it, but nothing that
    lies beside it. With `-P`, nothing in the current folder can be imported.
    """
    return [python or sys.executable, "-P", "-c", _BEGIN, _PACKAGE, module, *arguments]


async def start_process(*command: str, stderr: int = PIPE) -> Process:
    """Start a process in a session of its own, its streams being pipes; OSError where the system does not allow one
    more, or not the thread in which Python may wait for its end.
    """
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=stderr, start_new_session=OWN_SESSION
        )
    except (RuntimeError, OSError) as error:
        if is_refused(error):
            raise OSError(NO_MORE) from None
        raise


class Messages:
    """Messages of a process of this package, as JSON; text that its Python printed before the greeting is skipped."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream
        self._greeted = False

    async def next(self) -> bytes:
        """Return the next message; IncompleteReadError if the process has ended, OSError if it is no message."""
        if not self._greeted:
            try:
                await self._stream.readuntil(GREETING)
            except asyncio.LimitOverrunError as error:
                raise OSError(f"printed {error.consumed:,} bytes before it began") from None
            self._greeted = True
        length = int.from_bytes(await self._stream.readexactly(LENGTH_BYTES), "big")
        if length > LARGEST_MESSAGE:
            raise OSError(f"sent a message of {length:,} bytes")
        return await self._stream.readexactly(length)
