"""The first and the last lines of the `httptui` command, and the signals that ask it to end: Ctrl-C, `kill`, and a
terminal that closes.

A signal shows no traceback, neither while the command's own code is being read nor once it has ended, and standard
streams that are closed from the start are nobody else's: the next file that is opened would get their numbers.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

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


INTERRUPTED = 130
"""`httptui.errors.ExitCode`, which has not been read yet."""


def main() -> int:
    """Run the command of `sys.argv`; its exit code."""
    _let_signals(lambda _number, _frame: os._exit(INTERRUPTED))
    _fill_closed_streams()
    code = INTERRUPTED
    with suppress(KeyboardInterrupt):
        from httptui.tui.cli.main import main as run

        _let_signals(signal.default_int_handler)
        code = run()
    _let_signals(lambda _number, _frame: os._exit(code))
    # Once no thread is waited for any more, the interpreter puts its own handlers in the place of others.
    atexit.register(_let_signals, signal.SIG_IGN)
    _flush_quietly()
    return code


def _let_signals(do: Callable[[int, FrameType | None], object] | signal.Handlers) -> None:
    """Have the signals that ask to end do something, except those that whoever started this has ignored."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, do)


def _fill_closed_streams() -> None:
    """Put something that can be neither read nor written in the place of closed descriptors 0, 1 and 2."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            flags = os.O_RDONLY if number else os.O_WRONLY
            filler = os.open(os.devnull, flags)
            if filler != number:
                os.dup2(filler, number)
                os.close(filler)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _flush_quietly() -> None:
    """Pass on what is still buffered; where that is impossible, let it go, since the interpreter would complain."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
                stream.flush()
