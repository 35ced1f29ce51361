"""A library used as its own documentation begins, with nothing set: `python -m httptui.engines.probe.plain ENGINE URL…`.

Sends a GET to each URL by one client object, and writes a line of JSON for each: {"seconds", "error": its class and
message or "", "lookups": "main" or "other" for the thread of each name that Python has looked up so far, "threads":
those of this process that Python did not start, or null}.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import socket
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from httptui.engines.errors import message_of
from httptui.engines.lane.lookups import is_name
from httptui.engines.probe.plain_uses import USES

THREADS = Path("/proc/self/task")
NO_PLAIN_USE = 4
"""The exit code for an engine that has no plain use."""


class Watch:
    """Tells of every request, and of the name lookups that pass Python's `socket`."""

    def __init__(self) -> None:
        self.lookups: list[str] = []

    def watch_lookups(self) -> None:
        """Take note of what is looked up from now on."""
        resolve = socket.getaddrinfo

        def getaddrinfo(host: Any, *options: Any, **named: Any) -> Any:
            if is_name(host):
                main = threading.current_thread() is threading.main_thread()
                self.lookups.append("main" if main else "other")
            return resolve(host, *options, **named)

        socket.getaddrinfo = getaddrinfo

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around one request: what it raises is told, and goes no further."""
        began, error = perf_counter(), ""
        try:
            yield
        except Exception as raised:  # noqa: BLE001 - a library may raise anything
            error = f"{type(raised).__name__}: {message_of(raised)}"
        line = {
            "seconds": perf_counter() - began,
            "error": error,
            "lookups": self.lookups,
            "threads": foreign_threads(),
        }
        sys.stdout.write(f"{json.dumps(line)}\n")
        sys.stdout.flush()


def foreign_threads() -> int | None:
    """Threads of this process that Python did not start; None where the system does not list them."""
    return len(os.listdir(THREADS)) - threading.active_count() if THREADS.is_dir() else None


def main() -> None:
    """Use the library of an engine for some URLs."""
    warnings.simplefilter("ignore")
    name, *urls = sys.argv[1:]
    if name not in USES:
        sys.exit(NO_PLAIN_USE)
    watch = Watch()
    watch.watch_lookups()
    used = USES[name](urls, watch.asking)
    if inspect.iscoroutine(used):
        asyncio.run(used)
    os._exit(0)


if __name__ == "__main__":
    main()
