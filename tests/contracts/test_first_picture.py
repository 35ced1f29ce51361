"""What is imported before the app's first picture, which waits for all of it."""

from __future__ import annotations

import sys
from typing import NamedTuple

import pytest

from benchmarks.pseudo_terminal import PseudoTerminal

STARTS_THE_APP = """
import gc, os, sys
import httptui.tui.toolkit.garbage
from httptui.tui.cli.main import main

def searches():
    return sum(each["collections"] for each in gc.get_stats())

def tell():
    with open(sys.argv[1], "w") as told:
        print(searches() - before, *sorted(sys.modules), file=told)
    os.write(1, b"all told")

httptui.tui.toolkit.garbage.collect_rarely = tell
before = searches()
sys.exit(main(["--preset", "demo"]))
"""
CLIENTS = {"aiohttp", "httpx", "requests", "urllib3", "h2", "uvloop"}
LATER = {"psutil", "httptools", "granian", "trustme", "hypothesis", "multiprocessing", "sqlite3"}
LATER_OF_OURS = (
    "httptui.engines.clients",
    "httptui.engines.lane",
    "httptui.codegen",
    "httptui.compare",
    "httptui.doctor",
    "httptui.report.document",
    "httptui.report.render",
    "httptui.runs",
    "httptui.selftest",
    "httptui.sweeps.report",
    "httptui.tui.saving",
)
FIRST_SCREEN = ("run", "board_screen")


class Told(NamedTuple):
    """How often garbage was searched for, and the names of all modules, when the first picture was painted."""

    searches: int
    imported: tuple[str, ...]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What the app itself tells, on a terminal."""
    folder = tmp_path_factory.mktemp("first")
    path = folder / "told"
    surroundings = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    with PseudoTerminal([sys.executable, "-c", STARTS_THE_APP, str(path)], environment=surroundings) as app:
        app.read_until("all told")
        app.press("q")
        assert app.read_to_end() == 0
    searches, *imported = path.read_text().split()
    return Told(int(searches), tuple(imported))


def test_the_first_picture_needs_neither_a_client_nor_what_runs_them(told: Told):
    assert "httptui.tui.screens.run" in told.imported
    assert not {name.partition(".")[0] for name in told.imported} & (CLIENTS | LATER)
    assert [name for name in told.imported if name.startswith(LATER_OF_OURS)] == []


def test_the_first_picture_needs_no_other_screen(told: Told):
    screens = {name.rpartition(".")[2] for name in told.imported if name.startswith("httptui.tui.screens.")}
    assert screens == {*FIRST_SCREEN}


def test_nothing_is_searched_for_garbage_on_the_way_to_the_first_picture(told: Told):
    assert told.searches < 10
