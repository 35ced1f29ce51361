"""Calls the command in process, isolated from the settings of the user and the machine."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Container, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

from httptui.tui.cli.main import main

TERMINAL = {"COLUMNS": "80", "LINES": "24", "TERM": "xterm-256color"}
FOLDERS = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
LONG_NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
FROM_DIGITS, TO_DIGITS = 12, 10


class Called(NamedTuple):
    """A finished command."""

    code: int
    out: str
    err: str


@contextmanager
def surroundings() -> Iterator[Path]:
    """Provide an empty current folder and home folder, a width of 80 columns, and no proxies."""
    with TemporaryDirectory() as made:
        home, folder = Path(made, "home"), Path(made, "here")
        for path in (home, folder):
            path.mkdir()
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HTTPTUI_", "XDG_")) and not name.lower().endswith("_proxy")
        }
        own = {"HOME": str(home), **{name: str(home / name.lower()) for name in FOLDERS}}
        with patch.dict(os.environ, {**kept, **own, **TERMINAL}, clear=True), chdir(folder):
            yield folder


def called(*words: str) -> Called:
    """Call the command with an empty stdin; none of the three streams is a terminal."""
    out, err = BytesIO(), BytesIO()
    stdin, stdout, stderr = (
        TextIOWrapper(stream, encoding="utf-8", newline="") for stream in (BytesIO(), out, err)
    )
    with patch.object(sys, "stdin", stdin), redirect_stdout(stdout), redirect_stderr(stderr):
        code = int(main(list(words)))
        stdout.flush()
        stderr.flush()
    return Called(code, out.getvalue().decode(), err.getvalue().decode())


def printed(*words: str, codes: Container[int] = (0,)) -> str:
    """Return what a command prints on stdout; AssertionError with its complaints if it ends with another code."""
    done = called(*words)
    if done.code not in codes:
        raise AssertionError(f"httptui {' '.join(words)} ended with {done.code}: {done.err}")
    return done.out


def steady(text: str) -> str:
    """Round long numbers to ten digits, because `sum` adds floats differently since Python 3.12."""
    return LONG_NUMBER.sub(lambda found: _cut(found[0]), text)


def _cut(number: str) -> str:
    digits = number.partition("e")[0].replace(".", "").lstrip("-0")
    if len(digits) < FROM_DIGITS:
        return number
    told = f"{float(number):.{TO_DIGITS}g}"
    return told if "." in told or "e" in told else f"{told}.0"
