"""What is printed fits the terminal that it is printed to, and is 80 columns wide where there is none."""

from __future__ import annotations

import fcntl
import io
import os
import struct
import termios
from pathlib import Path

import pytest

from httptui.tui.cli.streams import columns_of


@pytest.mark.parametrize(("columns", "told"), [(160, 160), (80, 80), (60, 60), (20, 40), (0, 80)])
def test_a_terminal_tells_its_columns(columns: int, told: int) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(ours), os.fdopen(theirs, "w") as terminal:
        assert columns_of(terminal) == told


def test_what_is_no_terminal_has_eighty(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        assert columns_of(file) == 80
    assert columns_of(io.StringIO()) == 80
