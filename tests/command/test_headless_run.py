"""A headless run, followed with a session that plays back: progress, outputs, interrupts and exit codes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
from playback import (
    MET,
    MISSED,
    REFUSED,
    Playback,
    contender,
    follow,
    interrupted,
    report,
    snapshot,
)

from httptui.errors import ExitCode, PlanError
from httptui.plan.model import Contender, Plan, Schedule, ScheduleName
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Event, Requests
from httptui.tui.cli.headless import conduct, run_headless, why_nothing
from httptui.tui.cli.outputs import Outputs
from httptui.tui.cli.progress import Progress, bar, status


async def test_a_finished_run_tells_its_ranking_on_stderr_and_leaves_stdout_alone(
    capsys: pytest.CaptureFixture[str],
):
    session = Playback(snapshot(), report())
    assert await follow(session) == ExitCode.DONE
    told = capsys.readouterr()
    assert told.out == ""
    assert "Nobody won." in told.err
    assert session.closed


async def test_the_report_goes_to_stdout_as_json(capsys: pytest.CaptureFixture[str]):
    assert await follow(Playback(snapshot(), report()), Outputs(json="-")) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["schema"] == "httptui.report/1"


async def test_the_report_goes_to_stdout_as_markdown(capsys: pytest.CaptureFixture[str]):
    assert await follow(Playback(report()), Outputs(markdown="-")) == ExitCode.DONE
    assert "| " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (report(expectations=(MET,)), ExitCode.DONE),
        (report(expectations=(MET, MISSED)), ExitCode.THRESHOLD_MISSED),
        (report(REFUSED, expectations=(MISSED,)), ExitCode.NOTHING_FINISHED),
    ],
)
async def test_a_missed_expectation_is_told_and_ends_with_a_code_of_its_own(
    made: Report, code: ExitCode, capsys: pytest.CaptureFixture[str]
):
    assert await follow(Playback(made)) == code
    told = capsys.readouterr().err.splitlines()
    assert ("✗ missed: A.p99 < 5ms: A has 8.0 ms" in told) == (MISSED in made.expectations)
    assert ("✓ met: errors == 0: A has 0" in told) == (MET in made.expectations)


async def test_a_stream_is_a_line_for_each_snapshot_and_last_the_report(capsys: pytest.CaptureFixture[str]):
    assert await follow(Playback(snapshot(1), snapshot(2), report()), Outputs(stream=True)) == ExitCode.DONE
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(line) for line in lines] == [["snapshot"], ["snapshot"], ["report"]]
    assert [line["snapshot"]["elapsed"] for line in lines[:2]] == [1, 2]


async def test_files_are_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    outputs = Outputs(json=str(tmp_path / "a.json"), markdown=str(tmp_path / "a.md"), out=tmp_path / "out")
    assert await follow(Playback(report()), outputs) == ExitCode.DONE
    told = capsys.readouterr().err
    stem = "20260102-030405-demo"
    for path in ("a.json", "a.md", f"out/{stem}.json", f"out/{stem}.md", f"out/{stem}.html"):
        assert (tmp_path / path).stat().st_size > 0
        assert f"saved {tmp_path / path}" in told
    assert msgspec.json.decode((tmp_path / "a.json").read_bytes(), type=Report) == report()


async def test_a_run_to_be_settled_is_followed_by_another_which_is_the_one_reported(
    capsys: pytest.CaptureFixture[str],
):
    first, second = Playback(snapshot(1), report()), Playback(snapshot(2), report(contender(label="settled")))
    outputs = Outputs(stream=True)
    assert await conduct([lambda: first, lambda: second], outputs) == ExitCode.DONE
    told = capsys.readouterr()
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert [line["snapshot"]["elapsed"] for line in lines[:-1]] == [1, 2]
    assert lines[-1]["report"]["contenders"][0]["label"] == "settled"
    assert told.err.count("Nobody won.") == 2
    assert "interleaved, to settle the order" in told.err
    assert first.closed
    assert second.closed


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (Playback(interrupted, report(complete=False)), ExitCode.INTERRUPTED),
        (Playback(report(REFUSED)), ExitCode.NOTHING_FINISHED),
    ],
)
async def test_a_run_with_nothing_to_settle_is_the_last(
    first: Playback, code: ExitCode, capsys: pytest.CaptureFixture[str]
):
    def second() -> Playback:
        raise AssertionError("a second run was started")

    assert await conduct([lambda: first, second], Outputs(json="-")) == code
    assert json.loads(capsys.readouterr().out)["schema"] == "httptui.report/1"


@pytest.mark.parametrize(("kind", "contenders"), [("sequential", 2), ("interleaved", 2), ("concurrent", 1)])
def test_only_a_concurrent_run_of_several_is_settled(kind: ScheduleName, contenders: int):
    plan = Plan(schedule=Schedule(kind=kind), contender=(Contender(engine="aiohttp"),) * contenders)
    with pytest.raises(PlanError, match="--settle: only a concurrent run of two contenders or more"):
        run_headless(plan, consent=frozenset(), outputs=Outputs(), settle=True)


def test_outputs_that_cannot_be_written_are_told_before_any_load(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(PlanError) as caught:
        Outputs(json="-", markdown="-", stream=True, out=tmp_path / "file" / "x").check()
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "--json - and --markdown - and --stream",
        "--out",
    ]


async def test_the_first_interrupt_drains_and_keeps_a_partial_report(capsys: pytest.CaptureFixture[str]):
    session = Playback(snapshot(), interrupted, report(complete=False))
    assert await follow(session, Outputs(json="-")) == ExitCode.INTERRUPTED
    assert session.stops == 1
    assert session.closed
    told = capsys.readouterr()
    assert json.loads(told.out)["complete"] is False
    assert "Ctrl-C again quits at once" in told.err


async def test_no_contender_with_a_success_is_exit_code_4_and_one_line(capsys: pytest.CaptureFixture[str]):
    assert await follow(Playback(report(REFUSED, REFUSED))) == ExitCode.NOTHING_FINISHED
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "httptui: no contender finished: refused (Connect call failed)"


@pytest.mark.parametrize(
    ("contenders", "sentence"),
    [
        ((contender(state="dnf", cause="the lane died"),), "no contender finished: the lane died"),
        (
            (REFUSED, REFUSED, contender(state="dnf", cause="died")),
            "no contender finished: refused, 2 of 3 (Connect call failed)",
        ),
        (
            (contender(requests=Requests(planned=3, error=3), status={"503": 3}),),
            "no contender finished: status 503",
        ),
        (
            (contender(requests=Requests(planned=3, error=3), status={"503": 3}, errors={"status": 3}),),
            "no contender finished: status 503",
        ),
        ((contender(requests=Requests(), status={}),), "no contender finished: no answer came"),
    ],
)
def test_why_nothing_finished_is_one_sentence(contenders: tuple[ReportContender, ...], sentence: str):
    assert why_nothing(report(*contenders)) == sentence


def test_one_contender_that_finished_is_enough(capsys: pytest.CaptureFixture[str]):
    assert asyncio.run(follow(Playback(report(REFUSED, contender())))) == ExitCode.DONE


def test_a_status_line_tells_phase_time_and_rates():
    assert status(snapshot(3.25, block=2, blocks=8)) == "running 3.2/10 s · block 2 of 8 · A 1 234 req/s"


@pytest.mark.parametrize(
    ("progress", "cells"), [(0.0, "╌╌╌╌"), (0.5, "━━╌╌"), (1.0, "━━━━"), (7.0, "━━━━"), (-1.0, "╌╌╌╌")]
)
def test_a_bar_is_always_of_one_length(progress: float, cells: str):
    assert bar(progress, 4) == cells


def test_plain_progress_is_a_line_a_second_or_on_a_new_phase(capsys: pytest.CaptureFixture[str]):
    progress = Progress(terminal=False)
    for tenth in range(31):
        progress.show(snapshot(tenth / 10))
    progress.show(snapshot(3.0, phase="draining"))
    lines = [line for line in capsys.readouterr().err.splitlines() if "%" in line]
    assert [line.split()[1:3] for line in lines] == [
        ["running", "0.0/10"],
        ["running", "1.0/10"],
        ["running", "2.0/10"],
        ["running", "3.0/10"],
        ["draining", "3.0/10"],
    ]


def test_events_and_warnings_are_told_once(capsys: pytest.CaptureFixture[str]):
    progress = Progress(terminal=False)
    busy = snapshot(events=(Event(1.0, "warm-up over"),), warnings=("h2 was not got\x1b[2J",))
    progress.show(busy)
    progress.show(busy)
    told = capsys.readouterr().err
    assert told.count("warm-up over") == 1
    assert told.count("warning: h2 was not got") == 1
    assert "\x1b" not in told


def test_on_a_terminal_one_line_is_rewritten_within_the_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "40")
    progress = Progress(terminal=True)
    progress.show(snapshot(1.0))
    progress.show(snapshot(2.0))
    progress.end()
    rewritten = capsys.readouterr().err.split("\r")
    bars = [line for line in rewritten if "━" in line]
    assert len(bars) == 2
    assert all(len(line) < 40 and "\n" not in line for line in bars)
    assert rewritten[-1] == ""
