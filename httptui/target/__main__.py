"""`python -m httptui.target`: an embedded target, controlled over stdin and stdout by the process that started it.

The channel carries JSON lines; the end of stdin ends the target. The first line in is the options; the first line out
is `{"ready": {"ports", "ca_file", "nonce", "pid"}}` or `{"error": "one line"}`. Then each request has one answer:
`{"do": "stats"}` → `{"stats": …}`; `{"do": "set", "latency_ms": 5}` → `{"ok": true}` or an error; `{"do": "quit"}` →
`{"ok": true}`, and the target ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from httptui.errors import TargetError
from httptui.target.listening import raise_file_limit, run_in_fast_loop
from httptui.target.options import TargetOptions, checked_options
from httptui.target.server import Target

STDIN, STDOUT, STDERR = 0, 1, 2


async def serve_parent() -> int:
    """Serve until the parent sends quit, closes the channel or dies; return the exit code."""
    lines, tell = _stdin_lines(), _reserved_stdout()
    if os.name == "posix":
        # An exit raised inside a callback could be taken for that callback's error.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lines.put_nowait, None)
    first = await lines.get()
    if first is None:
        return 0
    try:
        async with Target(_options(first)) as target:
            ready = {
                "ports": target.ports,
                "ca_file": target.ca_file,
                "nonce": target.options.nonce,
                "pid": os.getpid(),
            }
            tell({"ready": ready})
            while (text := await lines.get()) is not None:
                reply, more = _obey(target, text)
                tell(reply)
                if not more:
                    break
    except TargetError as error:
        tell({"error": str(error)})
        return int(error.exit_code)
    except BrokenPipeError:
        pass
    return 0


def _options(text: bytes) -> TargetOptions:
    try:
        return checked_options(msgspec.json.decode(text, type=dict[str, Any]))
    except msgspec.MsgspecError as error:
        raise TargetError(f"target: the first line must be the options as JSON: {error}") from None


def _obey(target: Target, text: bytes) -> tuple[dict[str, object], bool]:
    try:
        order = msgspec.json.decode(text, type=dict[str, Any])
        verb = order.pop("do", None)
        if verb == "stats":
            return {"stats": target.stats()}, True
        if verb == "set":
            target.set_pacing(order)
            return {"ok": True}, True
        if verb == "quit":
            return {"ok": True}, False
        return {"error": "target: do must be one of stats, set, quit"}, True
    except (msgspec.MsgspecError, TargetError) as error:
        return {"error": str(error)}, True


def _reserved_stdout() -> Callable[[dict[str, object]], None]:
    """Reserve stdout for answers; other prints of this process go to stderr."""
    channel = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)

    def tell(reply: dict[str, object]) -> None:
        data = msgspec.json.encode(reply) + b"\n"
        while data:
            data = data[os.write(channel, data) :]

    return tell


def _stdin_lines() -> asyncio.Queue[bytes | None]:
    """Return a queue of lines from stdin, then None; a thread reads them, which works for every kind of stdin."""
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: bytes | None) -> None:
        try:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        except RuntimeError:
            return

    def read() -> None:
        rest = b""
        while data := os.read(STDIN, 65_536):
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                put(line)
        put(None)

    threading.Thread(target=read, daemon=True, name="control").start()
    return lines


def main() -> int:
    """Serve the parent, which also handles Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name == "posix":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    raise_file_limit()
    return run_in_fast_loop(serve_parent())


if __name__ == "__main__":
    sys.exit(main())
