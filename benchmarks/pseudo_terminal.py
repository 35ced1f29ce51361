"""A command on a pseudo-terminal: its output, keys typed to it, and the terminal modes it leaves."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Self

CHUNK = 65_536


class PseudoTerminal:
    """Runs a command in its own session, with all three standard streams on a terminal of the given size.

    With `controlling`, it is the session's controlling terminal, whose end is signalled to the command by SIGHUP.
    """

    def __init__(
        self,
        command: list[str],
        *,
        width: int = 120,
        height: int = 40,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        controlling: bool = False,
    ) -> None:
        self._command = command
        self._size = (height, width)
        self._environment = {**os.environ, "TERM": "xterm-256color", **(environment or {})}
        self._folder = folder
        self._controlling = controlling
        self.output = b""

    def __enter__(self) -> Self:
        master, self._slave = pty.openpty()
        self._master: int | None = master
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size, 0, 0))
        self.modes_before = self.modes()
        self.started = monotonic()
        self.process = subprocess.Popen(
            self._command,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=self._environment,
            cwd=self._folder,
            start_new_session=True,
            preexec_fn=_take_terminal if self._controlling else None,
        )
        if self._controlling:
            os.close(self._slave)
            self._slave = os.open(os.devnull, os.O_RDONLY)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.vanish()
        os.close(self._slave)

    def vanish(self) -> None:
        """Close the terminal's other end, as when its emulator dies.

        No signal reports it, unless it is the command's controlling terminal.
        """
        if self._master is not None:
            os.close(self._master)
            self._master = None

    @property
    def open(self) -> bool:
        """True until the terminal has vanished."""
        return self._master is not None

    def modes(self) -> list[Any]:
        """Return the terminal's modes in the form of termios."""
        return termios.tcgetattr(self._slave)

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._other_end, keys.encode())

    def fill(self, seconds: float = 0.2) -> None:
        """Fill the terminal's buffer, so that the command's writes block, until no byte fits for so many seconds."""
        anew = os.open(os.ttyname(self._slave), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            while select.select([], [anew], [], seconds)[1]:
                with suppress(BlockingIOError):
                    os.write(anew, b"x" * CHUNK)
        finally:
            os.close(anew)

    def read_until(self, text: str, seconds: float = 30, *, fresh: bool = True) -> float:
        """Read until the output, or with `fresh` its new part, contains the text; return the seconds since the start.

        Raises TimeoutError if it does not appear in time.
        """
        wanted, end = text.encode(), monotonic() + seconds
        start = max(len(self.output) - len(wanted), 0) if fresh else 0
        while wanted not in self.output[start:]:
            if monotonic() > end:
                raise TimeoutError(f"no {text!r} within {seconds} s; last seen: {self.output[-2000:]!r}")
            self._read(0.1)
        return monotonic() - self.started

    def read_to_end(self, seconds: float = 30) -> int:
        """Read until the command has ended; return its exit code, or raise TimeoutError."""
        end = monotonic() + seconds
        while self.process.poll() is None:
            if monotonic() > end:
                raise TimeoutError(f"still running after {seconds} s; last seen: {self.output[-2000:]!r}")
            self._read(0.1)
        while self._read(0):
            pass
        return self.process.returncode

    def read_for(self, seconds: float) -> None:
        """Read for so many seconds."""
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            self._read(left)

    def _read(self, seconds: float) -> bool:
        """Read available output, waiting for it at most so long; return whether there was any."""
        ready = bool(select.select([self._other_end], [], [], seconds)[0])
        if ready:
            self.output += os.read(self._other_end, CHUNK)
        return ready

    @property
    def _other_end(self) -> int:
        assert self._master is not None, "the terminal has vanished"
        return self._master


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
