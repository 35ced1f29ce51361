"""The colours that reach the terminal are those that it says it has, and greys alone where none are wanted."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from benchmarks.pseudo_terminal import PseudoTerminal

pytestmark = pytest.mark.slow

TRUE_COLOUR = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")
INDEXED = re.compile(rb"[34]8;5;(\d+)")


@pytest.fixture
def written(
    plan: Callable[[float], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Mapping[str, str]], bytes]:
    """Runs the plan in a terminal with these variables; all that was written up to its end."""
    for name in ("COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def write(variables: Mapping[str, str]) -> bytes:
        surroundings = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), **variables}
        command = [sys.executable, "-m", "httptui", "--preset", str(plan(1))]
        with PseudoTerminal(command, environment=surroundings) as terminal:
            terminal.read_until("Contenders")
            terminal.press("r")
            terminal.read_until("done")
            terminal.press("q")
            assert terminal.read_to_end() == 0
            return terminal.output

    return write


def test_a_terminal_of_256_colours_gets_no_others(written: Callable[[Mapping[str, str]], bytes]) -> None:
    output = written({"TERM": "xterm-256color"})
    assert not TRUE_COLOUR.search(output)
    assert len(set(INDEXED.findall(output))) > 8


def test_where_no_colour_is_wanted_there_are_greys_alone(
    written: Callable[[Mapping[str, str]], bytes],
) -> None:
    output = written({"COLORTERM": "truecolor", "NO_COLOR": "1"})
    mixed = set(TRUE_COLOUR.findall(output))
    assert mixed
    assert {len(set(parts)) for parts in mixed} == {1}
    assert not INDEXED.search(output)
