"""Pauses: a worker's after an answer, and those that keep the requests to each host apart."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.snippets.client import Client
from httptui.snippets.layout import Line
from httptui.snippets.usage import Usage

PACE = '''
class Pace:
    """Lets RATE requests a second go to one host, evenly spaced."""

    def __init__(self) -> None:
        self._free = 0.0
'''
OF_TASKS = """
    async def wait(self) -> None:
        start = max(self._free, time.monotonic())
        self._free = start + 1 / RATE
        await asyncio.sleep(start - time.monotonic())
"""
OF_THREADS = """
        self._lock = Lock()

    def wait(self) -> None:
        with self._lock:
            start = max(self._free, time.monotonic())
            self._free = start + 1 / RATE
        time.sleep(max(start - time.monotonic(), 0))
"""


def pacing_imports(usage: Usage, client: Client) -> set[str]:
    """What it takes to pause."""
    wanted: set[str] = set()
    if usage.per_host_rate is not None:
        wanted |= {"import time"} | (set() if client.asynchronous else {"from threading import Lock"})
        if usage.requested.hosts > 1:
            wanted |= {"from collections import defaultdict", "from urllib.parse import urlsplit"}
    if usage.think and not client.asynchronous:
        wanted |= {"import time"}
    return wanted


def pacing_constants(usage: Usage) -> Iterator[Line]:
    """How long workers pause, and how many requests go to a host."""
    if usage.think:
        yield f"THINK = {usage.think:g}  # Seconds between an answer and a worker's next request."
    if usage.per_host_rate is not None:
        yield f"RATE = {usage.per_host_rate:g}  # Requests a second to each host."


def pace_class(usage: Usage, client: Client) -> tuple[Line, ...]:
    """The pace of a host, and the paces of all."""
    if usage.per_host_rate is None:
        return ()
    made = "defaultdict(Pace)" if usage.requested.hosts > 1 else "Pace()"
    name = "paces" if usage.requested.hosts > 1 else "pace"
    between = "\n" if client.asynchronous else ""
    written = (
        PACE.strip("\n") + "\n" + between + (OF_TASKS if client.asynchronous else OF_THREADS).strip("\n")
    )
    return (*written.split("\n"), "", "", f"{name} = {made}")


def before_request(usage: Usage, client: Client) -> tuple[Line, ...]:
    """Waits until the host may be sent the next request."""
    if usage.per_host_rate is None:
        return ()
    which = "paces[urlsplit(url).netloc]" if usage.requested.hosts > 1 else "pace"
    return (f"{'await ' if client.asynchronous else ''}{which}.wait()",)


def after_request(usage: Usage, client: Client) -> tuple[Line, ...]:
    """The pause of a worker."""
    if not usage.think:
        return ()
    return (f"{'await asyncio' if client.asynchronous else 'time'}.sleep(THINK)",)
