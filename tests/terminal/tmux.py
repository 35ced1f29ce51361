"""A real terminal for tests: one tmux server with one pane, and a shell in it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Self

import psutil
from endings import still_running

PROMPT = "prompt>"
HTTPTUI = f"{shlex.quote(sys.executable)} -m httptui"
MARK = "HTTPTUI_TEST_MARK"


class Terminal:
    """A pane of `width` × `height` cells, whose shell has a known prompt and works in `folder`.

    Leaving it ends tmux and everything that was started in it.
    """

    def __init__(self, folder: Path, width: int = 120, height: int = 40) -> None:
        self._folder = folder
        self._size = (width, height)
        self._mark = uuid.uuid4().hex
        self._sockets = tempfile.mkdtemp(prefix="tmux")

    def __enter__(self) -> Self:
        width, height = self._size
        # Readline, where a test imports it, leaves a size of its own in what processes inherit.
        unset = ["-u", "COLUMNS", "-u", "LINES"]
        shell = ["env", *unset, f"PS1={PROMPT} ", "TERM=screen-256color", f"{MARK}={self._mark}", "/bin/sh"]
        self._tmux("new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(self._folder), *shell)
        self.shell = int(self.fact("pane_pid"))
        self.wait_for(PROMPT)
        return self

    def __exit__(self, *_: object) -> None:
        server = psutil.Process(int(self.fact("pid")))
        self._tmux("kill-server")
        for process in still_running([server, *self.started()]):
            process.kill()
        shutil.rmtree(self._sockets)

    def type(self, line: str) -> None:
        """Type a line and Enter."""
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self._tmux("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        """Give the pane another size."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self, *, styled: bool = False) -> str:
        """What the pane shows; `styled` with its escape sequences."""
        return self._tmux("capture-pane", "-p", *(["-e"] if styled else []))

    def fact(self, name: str) -> str:
        """What tmux knows of the pane, by the name of its format variable."""
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def wait_for(self, *texts: str, seconds: float = 30) -> str:
        """The screen, once it shows every text; AssertionError with the last screen when it does not in time."""
        return self.wait(lambda shown: all(text in shown for text in texts), " and ".join(texts), seconds)

    def wait_for_prompt(self, seconds: float = 30) -> str:
        """The screen, once its last line with anything on it is an empty prompt."""
        return self.wait(lambda shown: shown.rstrip().endswith(PROMPT), "an empty prompt", seconds)

    def wait(self, holds: Callable[[str], bool], what: str, seconds: float = 30) -> str:
        """The screen, once something holds for it."""
        end = time.monotonic() + seconds
        while not holds(shown := self.screen()):
            assert time.monotonic() < end, f"waited {seconds} s for {what}, and saw:\n{shown}"
            time.sleep(0.05)
        return shown

    def started(self) -> list[psutil.Process]:
        """Every process that was started in this terminal, whoever its parent is now; the shell aside."""
        return [
            process
            for process in psutil.process_iter()
            if process.pid != self.shell and self._bears_mark(process)
        ]

    def _bears_mark(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == self._mark
        except psutil.Error:
            return False

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", f"{self._sockets}/s", "-f", os.devnull, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Return once something holds; AssertionError when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def start(terminal: Terminal, plan: Path) -> None:
    """Start the app and wait until it can be told to run."""
    terminal.type(f"{HTTPTUI} --preset {plan}")
    terminal.wait_for("Contenders", "ready")
