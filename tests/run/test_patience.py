"""How long steps wait for their last answers: a target that hangs is waited for once, not at every step."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from msgspec.structs import replace

from httptui import Contender, Load, Plan, Policy, Report, Schedule, Target, run
from httptui.plan.schedule import Step
from httptui.runs.crew import Patience
from httptui.runs.lane_tally import LaneTally


class Lane:
    """What is asked of a lane's tally."""

    def __init__(self, median_seconds: float | None = None) -> None:
        self.median_seconds = median_seconds


def patience_with(*lanes: Lane, timeout: float = 3.0) -> Patience:
    plan = Plan(policy=Policy(timeout=timeout), contender=(Contender(engine="raw"),))
    return Patience(plan, cast("list[LaneTally]", lanes))


def step_of(*lanes: int) -> Step:
    return Step(lanes=lanes, seconds=1.0)


def test_a_step_waits_as_long_as_a_request_may_take() -> None:
    assert patience_with(Lane(), Lane()).drain_of(step_of(0, 1)) == 4.0
    assert patience_with(Lane(0.1), Lane(0.1)).drain_of(step_of(0)) == 4.0
    assert patience_with(Lane(0.1)).drain_of(replace(step_of(0), drain_seconds=0.2)) == 0.2


def test_those_that_take_turns_and_have_had_no_answer_share_what_there_is() -> None:
    patience = patience_with(*[Lane() for _ in range(3)])
    waited = []
    for _ in range(3):
        for lane in range(3):
            waited.append(patience.drain_of(step_of(lane)))
            patience.note(step_of(lane), waited[-1])
    assert waited == pytest.approx([2, 2, 2, 0, 0, 0, 0, 0, 0])


def test_a_step_that_sends_nothing_is_no_try() -> None:
    patience = patience_with(Lane(), Lane())
    patience.note(replace(step_of(0, 1), idle=True), 0.1)
    assert patience.drain_of(step_of(0)) == 3.0


def test_answers_that_come_as_usual_take_nothing_of_it() -> None:
    patience = patience_with(Lane(0.5), Lane(0.5))
    for _ in range(20):
        assert patience.drain_of(step_of(0)) == 4.0
        patience.note(step_of(0), 3.0)


def test_a_target_that_begins_to_hang_is_waited_for_once() -> None:
    patience = patience_with(Lane(0.01), Lane(0.01))
    assert patience.drain_of(step_of(0)) == 4.0
    patience.note(step_of(0), 4.0)
    patience.note(step_of(1), 4.0)
    assert patience.drain_of(step_of(0)) == pytest.approx(0.55)


@pytest.mark.slow
async def test_turns_against_a_server_that_hangs_end_in_time() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1")
    plan = Plan(
        target=Target(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"),
        policy=Policy(timeout=2.0),
        load=Load(concurrency=2, seconds=1.0),
        schedule=Schedule(kind="interleaved"),
        contender=tuple(Contender(engine=name) for name in ("raw", "http.client", "aiohttp")),
    )
    async with run(plan) as running:
        report = [item async for item in running if isinstance(item, Report)][-1]
    server.close()
    assert all(one.requests.ok == 0 for one in report.contenders)
    # A second of load, half a second of warm-up for each of three, and the time-out with what ending takes.
    assert report.seconds < 1.0 + 3 * 0.5 + 2.0 + 5.0
