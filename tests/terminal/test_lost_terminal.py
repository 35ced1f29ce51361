"""A terminal that vanishes without a signal: the app notices, keeps what it measured, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import pty
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from endings import still_running

from benchmarks.pseudo_terminal import PseudoTerminal
from httptui.errors import ExitCode
from httptui.report import store as special_files
from httptui.tui.toolkit.lost_terminal import LastingStream, is_gone, terminals_of

APP = [sys.executable, "-m", "httptui"]


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal; the test closes the first."""
    other, terminal = pty.openpty()
    yield other, terminal
    os.close(terminal)


def test_a_terminal_is_gone_once_its_other_end_is_closed(ends: tuple[int, int]) -> None:
    other, terminal = ends
    assert terminals_of(ends) == ends
    assert not is_gone(terminal)
    os.write(other, b"a key")
    assert not is_gone(terminal)
    os.close(other)
    assert is_gone(terminal)


def test_what_is_drawn_goes_nowhere_once_the_terminal_is_gone(ends: tuple[int, int]) -> None:
    other, terminal = ends
    with os.fdopen(os.dup(terminal), "w", buffering=1) as stream:
        lasting = LastingStream(stream)
        assert lasting.write("seen") == 4
        lasting.flush()
        assert os.read(other, 99) == b"seen"
        os.close(other)
        with pytest.raises(OSError, match="Input/output"):
            print("line", file=stream)
        assert lasting.write("a line\n") == 7
        lasting.flush()
        # What the stream still holds has to go somewhere when it is closed.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@pytest.mark.parametrize("told_to_leave", [False, True])
def test_a_summary_that_the_terminal_does_not_take_is_given_up(
    told_to_leave: bool, ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from httptui.tui.cli.app import summary_told

    other, terminal = ends
    with os.fdopen(os.dup(terminal), "w") as stream, monkeypatch.context() as patch:
        patch.setattr(special_files, "READER_SECONDS", 60.0 if told_to_leave else 0.3)
        patch.setattr(sys, "stdout", stream)
        assert not summary_told("x" * 200_000, lambda: told_to_leave)
    os.close(other)


@pytest.mark.slow
def test_the_app_ends_with_all_its_processes_and_a_partial_report_where_its_terminal_vanishes(
    plan: Callable[[float], Path], tmp_path: Path
) -> None:
    reports = tmp_path / "kept"
    with PseudoTerminal([*APP, "--preset", str(plan(20)), "--out", str(reports)]) as terminal:
        terminal.read_until("Contenders")
        terminal.press("r")
        terminal.read_until("block 2 of")
        children = psutil.Process(terminal.process.pid).children(recursive=True)
        assert sum("httptui.engines.lane" in child.cmdline() for child in children) == 2
        terminal.vanish()
        assert terminal.process.wait(30) == ExitCode.INTERRUPTED
        assert still_running(children) == []
    (report,) = reports.glob("*.json")
    kept = json.loads(report.read_text())
    assert kept["complete"] is False
    assert [contender["requests"]["ok"] > 0 for contender in kept["contenders"]] == [True, True]


@pytest.mark.slow
def test_the_app_ends_where_its_terminal_vanishes_before_any_run(plan: Callable[[float], Path]) -> None:
    with PseudoTerminal([*APP, "--preset", str(plan(60))]) as terminal:
        terminal.read_until("Contenders")
        terminal.vanish()
        assert terminal.process.wait(30) == ExitCode.DONE


@pytest.fixture
def long_plan(plan: Callable[[float], Path]) -> list[str]:
    """The app on a run that is on for as long as it is needed."""
    return [*APP, "--preset", str(plan(20))]


def begun(terminal: PseudoTerminal) -> list[psutil.Process]:
    """Begin the run, wait until its figures are shown; the processes that it has started."""
    terminal.read_until("Contenders")
    terminal.press("r")
    terminal.read_until("block 2 of")
    return psutil.Process(terminal.process.pid).children(recursive=True)


def partial_report(folder: Path) -> dict[str, object]:
    (report,) = folder.glob("*.json")
    kept: dict[str, object] = json.loads(report.read_text())
    assert kept["complete"] is False
    return kept


@pytest.mark.slow
def test_closing_the_terminal_of_its_own_keeps_the_partial_report(
    long_plan: list[str], tmp_path: Path
) -> None:
    with PseudoTerminal([*long_plan, "--out", str(tmp_path / "kept")], controlling=True) as terminal:
        children = begun(terminal)
        terminal.vanish()
        assert terminal.process.wait(30) == ExitCode.INTERRUPTED
        assert still_running(children) == []
    partial_report(tmp_path / "kept")


@pytest.mark.slow
@pytest.mark.parametrize("controlling", [False, True])
def test_a_terminal_that_closes_while_the_app_is_stopped_is_noticed_afterwards(
    controlling: bool, long_plan: list[str], tmp_path: Path
) -> None:
    with PseudoTerminal([*long_plan, "--out", str(tmp_path / "kept")], controlling=controlling) as terminal:
        children = begun(terminal)
        terminal.process.send_signal(signal.SIGSTOP)
        terminal.vanish()
        terminal.process.send_signal(signal.SIGCONT)
        assert terminal.process.wait(30) == ExitCode.INTERRUPTED
        assert still_running(children) == []
    partial_report(tmp_path / "kept")


@pytest.mark.slow
def test_an_app_that_was_stopped_goes_on_and_can_be_left(long_plan: list[str]) -> None:
    with PseudoTerminal(long_plan) as terminal:
        terminal.read_until("Contenders")
        terminal.process.send_signal(signal.SIGSTOP)
        terminal.process.send_signal(signal.SIGCONT)
        terminal.read_until("Contenders")
        terminal.press("q")
        assert terminal.read_to_end() == ExitCode.DONE


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_terminal_that_takes_nothing_does_not_keep_the_app(
    number: signal.Signals, long_plan: list[str], tmp_path: Path
) -> None:
    with PseudoTerminal([*long_plan, "--out", str(tmp_path / "kept")]) as terminal:
        children = begun(terminal)
        terminal.process.send_signal(number)
        assert terminal.process.wait(30) == ExitCode.INTERRUPTED
        assert still_running(children) == []
    partial_report(tmp_path / "kept")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_terminal_that_is_full_does_not_keep_the_app(
    number: signal.Signals, long_plan: list[str], tmp_path: Path
) -> None:
    with PseudoTerminal([*long_plan, "--out", str(tmp_path / "kept")]) as terminal:
        children = begun(terminal)
        terminal.fill()
        terminal.process.send_signal(number)
        assert terminal.process.wait(30) == ExitCode.INTERRUPTED
        assert still_running(children) == []
    partial_report(tmp_path / "kept")
