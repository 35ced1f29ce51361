"""How this package's own processes are started, from its own files whatever lies in the current folder, and heard."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from httptui.engines.protocol import GREETING, LARGEST_MESSAGE, LENGTH_BYTES

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
    """The command that runs a module of this package in a process of its own.

    `python` may be the interpreter of an environment in which this package is not installed: the package is lent to
    it, and nothing that lies beside the package.  With `-P`, nothing of the current folder can be imported either.
    """
    return [python or sys.executable, "-P", "-c", _BEGIN, _PACKAGE, module, *arguments]


class Messages:
    """The messages of a process of this package, as JSON.  What its Python printed before it began is left out."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream
        self._greeted = False

    async def next(self) -> bytes:
        """The next message; IncompleteReadError where the process has ended, OSError where this is no message."""
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
