"""Signals that ask this process to end: Ctrl-C, `kill`, and a terminal that closes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def taken(handler: Callable[[], object]) -> Iterator[None]:
    """Call something for each of these signals, in the main thread, also while that waits for a lock or a reader.

    SIGHUP stays ignored where it is, as `nohup` has it.
    """
    before = {number: signal.getsignal(number) for number in ENDING}
    numbers = [number for number in ENDING if number.name != "SIGHUP" or before[number] is not signal.SIG_IGN]
    for number in numbers:
        signal.signal(number, lambda _number, _frame: handler())
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, before[number])
