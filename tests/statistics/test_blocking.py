"""What forbids a claim leaves every place open, and the verdict says why before anything else."""

from __future__ import annotations

import random
from typing import Any

import pytest

from httptui.plan.model import Contender, Load, Plan, Schedule
from httptui.results.judge.blocks import BlockRecord
from httptui.results.judge.judgement import Judgement, judge, look_after
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.judge.ranking import Look
from httptui.results.snapshot import ContenderView, Requests

RATES = {"A": 1_000.0, "B": 500.0}


def judged(
    *,
    requests: Requests | None = None,
    machine: MachineLoad | None = None,
    look: Look | None = None,
    state: Any = "finished",
    load: Load | None = None,
    slice_seconds: float = 1.0,
    blocks: int = 20,
    rates: dict[str, float] = RATES,
    noise: float = 0.01,
    seed: int = 2,
) -> Judgement:
    source = random.Random(seed)
    views = [
        ContenderView(
            id=key,
            label=key,
            engine="aiohttp",
            reuse="shared",
            concurrency=8,
            state=state,
            requests=requests or Requests(planned=1_000, ok=1_000),
            status={"200": (requests or Requests(ok=1_000)).ok},
            req_per_s=rate,
        )
        for key, rate in rates.items()
    ]
    records = [
        BlockRecord(
            id=key, block=at, position=0, epoch=0, ok=rate * source.lognormvariate(0, noise), seconds=1.0
        )
        for key, rate in rates.items()
        for at in range(blocks)
    ]
    contenders = (Contender(engine="aiohttp"), Contender(engine="httpx"))
    schedule = Schedule(kind="interleaved", epochs=4)
    return judge(
        Plan(schedule=schedule, load=load or Load(), contender=contenders),
        views,
        records,
        [machine or MachineLoad()] * 2,
        look=look,
        slice_seconds=slice_seconds,
        typical_seconds=0.01,
    )


def test_nothing_forbids_the_claim_of_a_sound_run() -> None:
    found = judged(machine=MachineLoad(foreign=0.08))
    assert found.verdict is not None
    assert found.verdict.kind == "winner"


@pytest.mark.parametrize(
    ("changes", "kind", "why"),
    [
        ({"slice_seconds": 0.02}, "short slices", "turns are too short for the slowest contender"),
        (
            {"machine": MachineLoad(foreign=0.34)},
            "foreign load",
            "other programs used 34 % of this machine",
        ),
        (
            {"requests": Requests(planned=1_000, ok=970, error=20, timeout=10)},
            "failures",
            "3.0 % of the requests of A failed",
        ),
        (
            {
                "requests": Requests(planned=2_000, ok=1_000, dropped=1_000),
                "load": Load(kind="open", rate=100.0),
            },
            "dropped",
            "50 % of the arrivals of A were dropped",
        ),
        (
            {"state": "stopped", "blocks": 7, "look": look_after(7, 20)},
            "stopped by hand",
            "the run was stopped by hand before its first planned look",
        ),
    ],
)
def test_what_forbids_a_claim_comes_first_and_leaves_places_open(
    changes: dict[str, Any], kind: str, why: str
) -> None:
    found = judged(**changes)
    assert found.verdict is not None
    assert found.verdict.kind == "undecided"
    assert found.verdict.sentence.startswith(
        f"Undecided: {why}, so nothing is claimed; A A leads, B B reaches 50 %"
    )
    assert kind in {flag.kind for flag in found.flags}
    assert {(place.rank_low, place.rank_high) for place in found.ranking} == {(1, 2)}


def test_a_run_stopped_after_a_planned_look_claims_what_that_look_showed() -> None:
    found = judged(state="stopped", blocks=13, look=look_after(13, 20))
    assert found.verdict is not None
    assert found.verdict.kind == "winner"
    (flag,) = [flag for flag in found.flags if flag.kind == "stopped by hand"]
    assert flag.sentence == "stopped by hand: claims rest on the first 11 blocks, its last planned look"


def test_stopping_at_the_first_live_winner_names_a_false_one_in_at_most_one_run_in_twenty() -> None:
    false, live, runs = 0, 0, 300
    for seed in range(runs):
        for blocks in range(6, 21):
            world = {"rates": {"A": 1_000.0, "B": 1_000.0}, "noise": 0.2, "seed": seed, "blocks": blocks}
            if _is_won(judged(**world)):
                live += 1
                look = look_after(blocks, 20)
                false += _is_won(judged(**world, state="stopped", look=look))
                break
    assert live / runs > 0.08
    assert false / runs <= 0.05


def _is_won(found: Judgement) -> bool:
    return found.verdict is not None and found.verdict.kind == "winner"
