"""Sweeps by the command: flags, progress, outputs, interrupts, exit codes, showing and repeating."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from swept_plans import plan_of, points_by, report_of, visit_report, visited

import httptui
from httptui.errors import ExitCode, PlanError
from httptui.plan.model import Contender, Load, Plan, Schedule
from httptui.presets import load_preset
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.sweeps.tally import SweepTally
from httptui.tui.cli import main
from httptui.tui.cli.headless import conduct, run_headless
from httptui.tui.cli.outputs import Outputs
from httptui.tui.cli.plan_flags import PlanFlags, plan_of_flags
from httptui.tui.cli.progress import Progress, status

PLAN = plan_of({"concurrency": (1.0, 8.0)}, name="knees")
REPORT = report_of(PLAN, points_by(PLAN, lambda levels, _engine: 100 * levels[0]))
NOTHING = report_of(PLAN, points_by(PLAN, lambda _levels, _engine: 0.0))
DEMO = Plan(
    description="Which?",
    expect=("errors == 0",),
    load=Load(seconds=10),
    schedule=Schedule(blocks=20, epochs=2, until="decided"),
    contender=(Contender(engine="aiohttp"), Contender(engine="httpx")),
)


def snapshot(elapsed: float = 0.0) -> SweepSnapshot:
    tally = SweepTally(PLAN)
    tally.begin(tally.visits[0], 0.0)
    tally.add(tally.visits[0], visit_report(visited("A"), visited("B")), 2.0)
    tally.begin(tally.visits[1], 2.0)
    return tally.snapshot(elapsed)


class Playback:
    """A sweep that gives what it is told to, and remembers how it was treated."""

    def __init__(self, *items: SweepSnapshot | SweepReport | Callable[[Playback], Awaitable[object]]) -> None:
        self.stopped = asyncio.Event()
        self.closed = False
        self._items = items

    async def __aiter__(self) -> AsyncIterator[SweepSnapshot | SweepReport]:
        for item in self._items:
            if isinstance(item, (SweepSnapshot, SweepReport)):
                yield item
            else:
                await item(self)

    def stop(self) -> None:
        self.stopped.set()

    async def aclose(self) -> None:
        self.closed = True


async def interrupted(session: Playback) -> None:
    signal.raise_signal(signal.SIGINT)
    await session.stopped.wait()


def test_the_flag_makes_a_sweep_of_a_plan_with_a_schedule_of_its_own():
    plan = plan_of_flags(DEMO, PlanFlags(sweeps=("concurrency=1,2,4", "pool=8")))
    assert plan.sweep == {"concurrency": (1.0, 2.0, 4.0), "pool": (8.0,)}
    assert plan.schedule == Schedule(kind="interleaved")
    assert (plan.load.seconds, plan.expect, plan.description) == (None, (), "")


def test_what_other_flags_say_of_it_stays():
    flags = PlanFlags(sweeps=("latency_ms=0,5",), duration="3s", blocks=10, seed=7)
    plan = plan_of_flags(DEMO, flags)
    assert (plan.load.seconds, plan.schedule.blocks, plan.schedule.seed) == (3, 10, 7)


def test_a_plan_that_is_a_sweep_keeps_its_own_time():
    before = plan_of({"pool": (1.0,)}, load=Load(seconds=3), schedule=Schedule(kind="interleaved", blocks=7))
    plan = plan_of_flags(before, PlanFlags(sweeps=("concurrency=1,2",)))
    assert (plan.sweep, plan.load.seconds, plan.schedule.blocks) == ({"concurrency": (1.0, 2.0)}, 3, 7)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (("concurrency",), '--sweep: "concurrency" is not allowed; FIELD=LEVELS such as concurrency=1,2,4'),
        (("=1",), '--sweep: "=1" is not allowed; FIELD=LEVELS such as concurrency=1,2,4'),
        (("pool=a,b",), '--sweep: "pool=a,b" is not allowed; FIELD=LEVELS such as concurrency=1,2,4'),
        (("pool=1", "pool=2"), '--sweep: "pool" is given twice'),
        (("latency_ms=1,nan",), "sweep.latency_ms[1]: nan is not allowed; a finite number"),
    ],
)
def test_a_flag_that_cannot_be_used_is_told(texts: tuple[str, ...], told: str):
    with pytest.raises(PlanError) as caught:
        plan_of_flags(DEMO, PlanFlags(sweeps=texts))
    assert caught.value.problems[0] == told


def test_a_plan_with_a_bad_sweep_ends_with_the_code_of_bad_input(capsys: pytest.CaptureFixture[str]):
    assert main.main(["run", "demo", "--sweep", "concurrency=0"]) == ExitCode.BAD_INPUT
    told = capsys.readouterr()
    assert told.err.startswith("httptui: sweep.concurrency[0]: 0 cannot be run: load.concurrency: 0 ")
    assert told.out == ""


def test_the_order_of_a_sweep_cannot_be_settled(capsys: pytest.CaptureFixture[str]):
    assert main.main(["run", "knee", "--settle"]) == ExitCode.BAD_INPUT
    assert "--settle: a sweep leaves no order to settle" in capsys.readouterr().err


def test_a_form_that_sweeps_do_not_have_is_told_before_any_load(tmp_path: Path):
    with pytest.raises(PlanError, match="--hgrm: has no form for a sweep"):
        run_headless(PLAN, consent=frozenset(), outputs=Outputs(hgrm=tmp_path))


async def test_a_sweep_tells_its_verdict_on_stderr_and_leaves_stdout_alone(
    capsys: pytest.CaptureFixture[str],
):
    session = Playback(snapshot(), REPORT)
    assert await conduct([lambda: session], Outputs()) == ExitCode.DONE
    told = capsys.readouterr()
    assert told.out == ""
    assert "has no knee up to 8 in flight" in told.err
    assert session.closed


async def test_files_are_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    outputs = Outputs(
        json=str(tmp_path / "a.json"), csv=str(tmp_path / "a.csv"), markdown="-", out=tmp_path / "out"
    )
    assert await conduct([lambda: Playback(REPORT)], outputs) == ExitCode.DONE
    told = capsys.readouterr()
    assert told.out.startswith("# httptui: knees")
    saved = (f"out/20260102-030405-knees{ending}" for ending in (".json", ".md", ".html"))
    for path in ("a.json", "a.csv", *saved):
        assert (tmp_path / path).stat().st_size > 0
        assert f"saved {tmp_path / path}" in told.err


async def test_a_stream_has_figures_in_each_line_and_turns_in_the_last(capsys: pytest.CaptureFixture[str]):
    assert await conduct([lambda: Playback(snapshot(), REPORT)], Outputs(stream=True)) == ExitCode.DONE
    first, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert {tuple(point["slices"]) for point in first["snapshot"]["points"]} == {()}
    assert any(point["req_per_s"] for point in first["snapshot"]["points"])
    assert len(last["report"]["points"][0]["slices"]) == 6


async def test_an_interrupt_keeps_what_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    partial = report_of(PLAN, REPORT.points, complete=False)
    outputs = Outputs(json=str(tmp_path / "a.json"))
    assert await conduct([lambda: Playback(interrupted, partial)], outputs) == ExitCode.INTERRUPTED
    assert json.loads((tmp_path / "a.json").read_text())["complete"] is False
    assert "This sweep was not complete." in capsys.readouterr().err


async def test_a_sweep_without_any_answer_ends_with_a_code_of_its_own(capsys: pytest.CaptureFixture[str]):
    assert await conduct([lambda: Playback(NOTHING)], Outputs()) == ExitCode.NOTHING_FINISHED
    assert "httptui: no contender finished: no request succeeded" in capsys.readouterr().err


def test_progress_is_a_line_for_each_visit(capsys: pytest.CaptureFixture[str]):
    progress = Progress(terminal=False)
    for elapsed in (2.0, 2.5, 3.0):
        progress.show(snapshot(elapsed))
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("GET embedded   sweep of concurrency 1 … 8 · 2 levels · 6 blocks · about ")
    assert told[1:3] == ["A  aiohttp · shared", "B  httpx · shared"]
    assert len([line for line in told if "block 1 of 6" in line]) == 1


def test_where_a_sweep_stands_in_a_line():
    told = status(snapshot(3.0))
    assert told.startswith("block 1 of 6 · concurrency ")
    assert told.endswith(" s")


def test_a_saved_sweep_is_shown_and_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "knees.json"
    outputs = Outputs(json=str(path))
    asyncio.run(conduct([lambda: Playback(REPORT)], outputs))
    capsys.readouterr()
    assert main.main(["report", "show", str(path)]) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("knees · GET embedded · sweep of concurrency 1 … 8")
    assert load_preset(str(path)) == PLAN
    assert main.main(["report", "export", str(path), "--csv", "-"]) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("concurrency,id,label,block,")
    assert main.main(["report", "export", str(path), "--html", "-"]) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("<!doctype html>")
    assert main.main(["report", "export", str(path), "--bmf", "-"]) == ExitCode.DONE
    assert set(json.loads(capsys.readouterr().out)) == {
        f"{engine} · shared · concurrency {level}" for engine in ("aiohttp", "httpx") for level in (1, 8)
    }
    assert main.main(["report", "export", str(path), "--hgrm", str(tmp_path)]) == ExitCode.BAD_INPUT
    told = "--hgrm: has no form for a sweep; --json, --html, --markdown, --csv, --bmf or --out"
    assert told in capsys.readouterr().err


def test_a_preset_that_is_a_sweep_is_told_so(capsys: pytest.CaptureFixture[str]):
    assert main.main(["presets", "check", "pool-grid"]) == ExitCode.DONE
    told = (
        "pool-grid: fine; sweep of pool 4 … 64 and concurrency 4 … 64 · 9 levels · 6 blocks, contenders: 2\n"
    )
    assert capsys.readouterr().out == told


def test_the_app_does_not_take_a_sweep_for_a_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    started: list[Any] = []

    async def conducted(sessions: list[Any], _outputs: Outputs) -> int:
        started.extend(session.func for session in sessions)
        return ExitCode.DONE

    monkeypatch.setattr("httptui.tui.cli.headless.conduct", conducted)
    assert main.main(["--preset", "pool-grid"]) == ExitCode.DONE
    assert started == [httptui.sweep]
    assert capsys.readouterr().out == ""
