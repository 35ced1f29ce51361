"""What becomes of a result where signals, outputs or streams get in its way."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
from contextlib import suppress
from io import BytesIO, TextIOWrapper
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playback import (
    MISSED,
    REFUSED,
    Playback,
    contender,
    follow,
    interrupted,
    interrupted_again,
    report,
    snapshot,
)

from httptui.errors import ExitCode, RefusedError, TargetError
from httptui.report.store import READER_SECONDS, GiveUp, reports_folder
from httptui.results.snapshot import Requests
from httptui.tui.cli.headless import Interrupts
from httptui.tui.cli.outputs import Outputs
from httptui.tui.cli.progress import Progress
from httptui.tui.cli.streams import _Stderr, all_told, note


async def test_the_second_interrupt_keeps_what_there_is_and_leaves_at_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    session = Playback(snapshot(), interrupted, interrupted_again, report())
    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(follow(session, Outputs(json="-", out=tmp_path)))
    assert session.stops == 1
    assert session.closed
    told = capsys.readouterr()
    assert told.out == ""
    (path,) = tmp_path.glob("*.json")
    assert f"saved {path}" in told.err
    assert json.loads(path.read_text())["contenders"][0]["label"] == "so far"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_while_results_are_written_costs_none(
    number: signal.Signals,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    real, signals = os.fsync, iter([number] * 2)

    def fsync(handle: int) -> None:
        for one in signals:
            signal.raise_signal(one)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    outputs = Outputs(json=str(tmp_path / "a.json"), csv=str(tmp_path / "a.csv"), markdown="-")
    assert await follow(Playback(snapshot(), report()), outputs) == ExitCode.INTERRUPTED
    assert json.loads((tmp_path / "a.json").read_text())["complete"] is True
    assert (tmp_path / "a.csv").stat().st_size > 0
    told = capsys.readouterr()
    assert "| " in told.out
    assert "Nobody won." in told.err


async def test_a_hang_up_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:

        async def hung_up(_: Playback) -> None:
            signal.raise_signal(signal.SIGHUP)

        session = Playback(snapshot(), hung_up, report())
        assert await follow(session) == ExitCode.DONE
        assert session.stops == 0
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def kept_reports() -> list[Path]:
    return sorted(reports_folder().glob("*.json"))


async def test_a_report_that_is_cut_short_is_kept_and_its_path_told(capsys: pytest.CaptureFixture[str]):
    assert await follow(Playback(snapshot(), interrupted, report(complete=False))) == ExitCode.INTERRUPTED
    (path,) = kept_reports()
    assert f"saved {path}" in capsys.readouterr().err
    assert json.loads(path.read_text())["complete"] is False


@pytest.mark.parametrize("items", [(report(),), (interrupted, report(complete=False))])
async def test_a_report_that_somebody_has_is_not_kept_as_well(items: tuple[Any, ...], tmp_path: Path):
    await follow(Playback(snapshot(), *items), Outputs(json=str(tmp_path / "a.json")))
    assert kept_reports() == []


@pytest.mark.parametrize("outputs", [Outputs(json="-"), Outputs(stream=True), Outputs(csv="-")])
async def test_a_report_that_is_cut_short_is_kept_and_told_before_any_reader_is_waited_for(
    outputs: Outputs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    seen: list[tuple[int, bool]] = []

    def waiting(_: bytes, *, give_up: GiveUp) -> None:
        seen.append((len(kept_reports()), "Nobody won." in capsys.readouterr().err))

    for writer in ("outputs", "streams"):
        monkeypatch.setattr(f"httptui.tui.cli.{writer}.put", waiting)
    assert await follow(Playback(interrupted, report(complete=False)), outputs) == ExitCode.INTERRUPTED
    assert seen == [(1, True)]
    assert len(kept_reports()) == 1


async def test_a_reader_is_given_up_at_another_interrupt_and_in_time_after_one():
    interrupts = Interrupts()
    give_up = interrupts.impatience()
    assert not give_up(3600)
    interrupts.count = 1
    assert give_up(0)
    give_up = interrupts.impatience()
    assert [give_up(waited) for waited in (0, READER_SECONDS, READER_SECONDS + 0.1)] == [False, False, True]
    interrupts.count = 2
    assert give_up(0)


async def test_one_output_that_cannot_be_written_hides_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    outputs = Outputs(json="/dev/full", csv=str(tmp_path / "a.csv"))
    assert await follow(Playback(snapshot(), report()), outputs) == ExitCode.BAD_INPUT
    assert (tmp_path / "a.csv").exists()
    told = capsys.readouterr().err.splitlines()
    assert "Nobody won." in " ".join(told)
    assert told[-1] == 'httptui: --json: "/dev/full" was not written: No space left on device'
    assert f"saved {kept_reports()[0]}" in told


async def test_a_missed_expectation_is_told_before_a_missing_output():
    outputs = Outputs(csv="/dev/full")
    code = await follow(Playback(report(expectations=(MISSED,))), outputs)
    assert code == ExitCode.THRESHOLD_MISSED


async def test_what_ends_a_run_is_told_after_what_it_measured(capsys: pytest.CaptureFixture[str]):
    async def dies(_: Playback) -> None:
        raise TargetError("the embedded target ended: it said nothing")

    with pytest.raises(TargetError):
        await follow(Playback(snapshot(), report(complete=False), dies), Outputs(json="-"))
    told = capsys.readouterr()
    assert json.loads(told.out)["complete"] is False
    assert "Nobody won." in told.err


async def test_what_is_measured_outlives_a_mistake_in_the_run(capsys: pytest.CaptureFixture[str]):
    async def mistaken(_: Playback) -> None:
        raise KeyError("turn")

    with pytest.raises(KeyError):
        await follow(Playback(snapshot(), mistaken))
    (path,) = kept_reports()
    assert json.loads(path.read_text())["contenders"][0]["label"] == "so far"


async def test_what_fails_before_any_load_is_only_raised():
    async def refused(_: Playback) -> None:
        raise RefusedError("no consent")

    session = Playback(refused)
    session.report_now = lambda: report(contender(requests=Requests()))  # type: ignore[method-assign]
    with pytest.raises(RefusedError):
        await follow(session)
    assert kept_reports() == []


async def test_a_mistake_in_showing_a_run_is_told_once_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def mistaken(*_: object) -> None:
        raise KeyError("rate")

    monkeypatch.setattr(Progress, "show", mistaken)
    assert await follow(Playback(snapshot(1), snapshot(2), report())) == ExitCode.DONE
    assert capsys.readouterr().err.count("progress: this is a bug in httptui: KeyError") == 1


class Broken(TextIOWrapper):
    """A stream whose reader has gone, or that is full."""

    def __init__(self, error: int) -> None:
        super().__init__(BytesIO(), encoding="utf-8")
        self._error = error

    def write(self, text: str) -> int:
        raise OSError(self._error, os.strerror(self._error))

    def flush(self) -> None:
        raise OSError(self._error, os.strerror(self._error))


@pytest.mark.parametrize("error", [errno.EPIPE, errno.ENOSPC, errno.EBADF, errno.EIO])
async def test_a_stderr_that_fails_costs_what_it_would_have_told_and_nothing_else(
    error: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr("sys.stderr", Broken(error))
    monkeypatch.setattr("httptui.tui.cli.streams._STDERR", _Stderr())
    assert await follow(Playback(snapshot(), report())) == ExitCode.DONE
    (path,) = kept_reports()
    assert json.loads(path.read_text())["complete"] is True
    assert await follow(Playback(report(REFUSED)), Outputs(json=str(tmp_path / "a.json"))) == 4
    assert (tmp_path / "a.json").exists()


def test_a_stderr_that_nobody_reads_holds_nobody_up(monkeypatch: pytest.MonkeyPatch):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    with os.fdopen(reading), os.fdopen(writing, "w") as full:
        told = _Stderr()
        told.patience = 0.05
        monkeypatch.setattr("sys.stderr", full)
        monkeypatch.setattr("httptui.tui.cli.streams._STDERR", told)
        note("in passing", passing=True)
        assert all_told()
        for _ in range(100):
            note("a line")
        assert not all_told()
        assert told.patience == 0


def test_a_terminal_that_takes_a_part_of_a_line_holds_nobody_up(monkeypatch: pytest.MonkeyPatch):
    other, terminal = os.openpty()
    with os.fdopen(terminal, "w") as full:
        told = _Stderr()
        told.patience = 0.3
        monkeypatch.setattr("sys.stderr", full)
        monkeypatch.setattr("httptui.tui.cli.streams._STDERR", told)
        for _ in range(1_000):
            note("x" * 900)
        assert not all_told()
        assert told.patience == 0
    os.close(other)


async def test_a_stream_leaves_snapshots_out_while_its_reader_is_behind(monkeypatch: pytest.MonkeyPatch):
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as reader:
        with os.fdopen(writing, "w") as full:
            monkeypatch.setattr("sys.stdout", full)
            lines = [snapshot(float(number)) for number in range(400)]

            async def read(_: Playback) -> None:
                """Begin to read, in the background, once the run is over."""
                thread.start()

            got: list[bytes] = []
            thread = Thread(target=lambda: got.append(reader.read()))
            assert await follow(Playback(*lines, read, report()), Outputs(stream=True)) == ExitCode.DONE
        thread.join()
    kinds = [json.loads(line) for line in got[0].splitlines()]
    assert list(kinds[-1]) == ["report"]
    assert 1 < len(kinds) < 400
    elapsed = [line["snapshot"]["elapsed"] for line in kinds[:-1]]
    assert elapsed == [float(number) for number in range(len(elapsed))]


async def test_a_run_that_is_only_streamed_ends_where_its_reader_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as left:
        monkeypatch.setattr("sys.stdout", left)
        nothing = report(contender(requests=Requests()), complete=False)
        alone = Playback(snapshot(), nothing)
        assert await follow(alone, Outputs(stream=True)) == ExitCode.BAD_INPUT
    assert alone.stops == 1
    assert capsys.readouterr().err.splitlines()[-1] == "httptui: stdout was closed by its reader"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as left:
        monkeypatch.setattr("sys.stdout", left)
        wanted = Playback(snapshot(), report())
        outputs = Outputs(stream=True, json=str(tmp_path / "a.json"))
        assert await follow(wanted, outputs) == ExitCode.BAD_INPUT
    assert wanted.stops == 0
    assert (tmp_path / "a.json").exists()
