"""When an open load's own rate is all that bounds a contender."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from httptui.plan.model import Contender, Load, Plan, Stage
from httptui.results.judge.limiter import rate_limit, think_time
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.snapshot import ContenderView, Latency, Requests

LOAD = Load(kind="open", rate=400, seconds=8)
QUIET = MachineLoad(cpu_busy=0.4, target_busy=0.2, cores=2)
TIMES = Latency(p50=20.0, p90=36.0, p99=40.0, p99_9=40.0, max=41.0, mean=20.0)
KEPT = ContenderView(
    id="A",
    label="a",
    engine="a",
    reuse="shared",
    concurrency=128,
    requests=Requests(planned=3_200, ok=3_200),
    seconds=8.0,
    req_per_s=400.0,
    latency_ms=TIMES,
    response_ms=TIMES,
    late_p99_ms=0.4,
    cpu_share=0.12,
)
SENTENCE = (
    "rate: the plan asks for 400 requests a second, and all 3 200 were sent on time, "
    "with the client at 12 % of a core"
)


def told(
    view: ContenderView = KEPT, load: Load = LOAD, machine: MachineLoad = QUIET, *, changed: bool = False
) -> str | None:
    plan = Plan(load=load, contender=(Contender(engine="aiohttp"),))
    limiter = rate_limit(plan, view, machine, changed=changed)
    return None if limiter is None else limiter.sentence


def test_a_rate_that_is_kept_with_room_left_is_the_limit() -> None:
    assert told() == SENTENCE
    assert told(replace(KEPT, cpu_share=0.24, processes=2)) == SENTENCE.replace("a core", "2 cores")
    assert told(replace(KEPT, requests=Requests(planned=3_200, ok=3_150, error=50))) == SENTENCE


def test_where_the_rate_is_not_one_number_only_the_requests_are_told() -> None:
    words = "rate: all 3 200 requests were sent on time, with the client at 12 % of a core"
    assert told(load=replace(LOAD, stages=(Stage(seconds=8, to=1_000),))) == words
    assert told(replace(KEPT, seconds=20.0), changed=True) == words


@pytest.mark.parametrize(
    "changes",
    [
        {"requests": Requests(planned=3_200, ok=3_199, dropped=1)},
        {"requests": Requests(planned=3_200, ok=2_500)},
        {"requests": Requests(planned=3_200, ok=2_900, timeout=300)},
        {"requests": Requests(planned=3_200, error=3_200)},
        {"seconds": 11.0},
        {"late_p99_ms": 5.0},
        {"cpu_share": 0.8},
        {"cpu_share": None},
        {"latency_ms": None},
    ],
    ids=str,
)
def test_what_is_dropped_slow_failed_late_or_busy_is_bound_by_something_else(changes: dict[str, Any]) -> None:
    assert told(replace(KEPT, **changes)) is None


def test_a_machine_that_others_fill_does_not_limit_what_is_kept() -> None:
    assert told(machine=replace(QUIET, cpu_busy=1.0)) == SENTENCE


def test_a_full_target_or_another_kind_of_load_is_told_by_other_rules() -> None:
    assert told(machine=replace(QUIET, target_busy=0.95)) is None
    assert told(load=Load(seconds=8)) is None


@pytest.mark.parametrize(
    ("think", "latency_ms", "req_per_s", "named"),
    [
        (0.05, 5.0, 290.0, True),
        (0.05, 5.0, 200.0, False),  # Something else than pauses and answers takes time.
        (0.005, 20.0, 640.0, False),  # Answers take longer than pauses.
        (0.0, 5.0, 3_200.0, False),
    ],
)
def test_pauses_are_the_limit_where_workers_spend_most_of_their_time_in_them(
    think: float, latency_ms: float, req_per_s: float, named: bool
) -> None:
    plan = Plan(load=Load(concurrency=16, seconds=8, think=think), contender=(Contender(engine="aiohttp"),))
    pausing = replace(KEPT, concurrency=16, req_per_s=req_per_s, latency_ms=replace(TIMES, mean=latency_ms))
    limiter = think_time(plan, pausing, changed=False)
    assert (limiter is not None) == named
    if limiter is not None:
        assert limiter.sentence == (
            "think time: each of 16 workers pauses 50.0 ms between an answer, which takes 5.0 ms, and its next "
            "request, so 91 % of its time is the plan's pause"
        )
    assert think_time(plan, pausing, changed=True) is None
