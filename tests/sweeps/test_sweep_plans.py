"""A plan with a sweep: its visits, the plain plan of each, and everything that can be wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from swept_plans import plan_of

from httptui.engines.registry import EngineInfo, engine_info
from httptui.errors import PlanError
from httptui.plan import decode
from httptui.plan import sweep as sweep_checks
from httptui.plan.checks import check_plan
from httptui.plan.io import checked_plan, plan_from_mapping, plan_from_toml, plan_to_toml
from httptui.plan.model import Load, Schedule, Target
from httptui.plan.sweep import (
    MOST_POINTS,
    describe_sweep,
    grid_of,
    numeric_fields,
    plan_at,
    visits_of,
    with_latency,
)
from httptui.plan.urls import split_target

LEVELS = (1.0, 2.0, 4.0)


def problems_of(**changes: Any) -> list[str]:
    fields: dict[str, Any] = {
        "schedule": {"kind": "interleaved"},
        "contender": [{"engine": "aiohttp"}, {"engine": "httpx"}],
    }
    with pytest.raises(PlanError) as caught:
        plan_from_mapping(fields | changes)
    return list(caught.value.problems)


@given(seed=st.integers(0, 2**31), blocks=st.integers(1, 20))
def test_every_block_visits_every_combination_once(seed: int, blocks: int):
    sweep = {"pool": LEVELS, "concurrency": (8.0, 16.0)}
    visits = visits_of(plan_of(sweep, schedule=Schedule(kind="interleaved", seed=seed, blocks=blocks)))
    assert len(visits) == 6 * blocks
    for block in range(blocks):
        own = [visit for visit in visits if visit.block == block]
        assert [visit.turn for visit in own] == list(range(6))
        assert sorted(visit.levels for visit in own) == sorted(grid_of(plan_of(sweep)))


def test_the_order_is_drawn_anew_in_every_block_and_follows_the_seed():
    plan = plan_of({"concurrency": tuple(map(float, range(1, 9)))})
    visits = visits_of(plan)
    orders = {tuple(visit.levels for visit in visits if visit.block == block) for block in range(6)}
    assert len(orders) == 6
    assert visits == visits_of(plan)
    other = plan_of(plan.sweep, schedule=Schedule(kind="interleaved", seed=2))
    assert visits != visits_of(other)
    assert len({visit.seed for visit in visits}) == len(visits)


def test_a_visits_plan_is_a_plain_one_with_its_levels_and_one_short_turn_each():
    plan = checked_plan(plan_of({"pool": (4.0,), "concurrency": LEVELS}))
    plain = plan_at(plan, (4.0, 2.0), seed=99)
    assert plain.sweep == {}
    assert plain.load == Load(concurrency=2, seconds=0.5)
    assert {contender.pool for contender in plain.contender} == {4}
    assert plain.schedule == Schedule(kind="interleaved", blocks=1, seed=99, warmup="200ms", probe=False)
    assert checked_plan(plain) == plain


def test_seconds_are_what_a_contender_gets_at_a_level_in_all_blocks():
    plan = plan_of(
        {"concurrency": LEVELS},
        load=Load(seconds=2),
        schedule=Schedule(kind="interleaved", blocks=4, warmup="0"),
    )
    plain = plan_at(plan, (1.0,))
    assert (plain.load.seconds, plain.schedule.warmup) == (0.5, "0")


def test_a_turn_lasts_for_six_of_the_latencies_at_least():
    plan = plan_of({"latency_ms": (0.0, 50.0, 300.0)}, load=Load(concurrency=16, seconds=3))
    assert [plan_at(plan, levels).load.seconds for levels in grid_of(plan)] == pytest.approx([0.5, 1.5, 1.8])


def test_a_turn_lasts_longer_the_more_are_in_flight():
    plan = plan_of({"concurrency": (1.0, 64.0)}, load=Load(seconds=3))
    assert [plan_at(plan, levels).load.seconds for levels in grid_of(plan)] == [0.5, 1.024]
    fixed = plan_of({"pool": (1.0,)}, load=Load(seconds=3, concurrency=100))
    assert plan_at(fixed, (1.0,)).load.seconds == 1.6
    paced = plan_of({"pool": (1.0,)}, load=Load(kind="open", rate=9, seconds=3, concurrency=100))
    assert plan_at(paced, (1.0,)).load.seconds == 0.5


def test_a_turn_that_requests_bound_has_them_all():
    plan = plan_of(
        {"concurrency": LEVELS}, load=Load(requests=100), schedule=Schedule(kind="interleaved", blocks=4)
    )
    plain = plan_at(checked_plan(plan), (1.0,))
    assert (plain.load.requests, plain.load.seconds, plain.schedule.blocks) == (100, None, None)


def test_any_number_can_be_swept_by_its_path():
    plan = plan_of({"contender[1].concurrency": (3.0,), "policy.timeout": (0.5,)})
    plain = plan_at(checked_plan(plan), (3.0, 0.5))
    assert plain.contender[1].concurrency == 3
    assert plain.policy.timeout == 0.5


@pytest.mark.parametrize(
    ("url", "slowed"),
    [
        ("embedded", "embedded?latency_ms=2.5"),
        (
            "https://embedded/bytes/9?latency_ms=7&jitter_ms=1",
            "https://embedded/bytes/9?jitter_ms=1&latency_ms=2.5",
        ),
        ("embedded/?error_rate=0.1", "embedded/?error_rate=0.1&latency_ms=2.5"),
    ],
)
def test_latency_takes_the_place_of_the_urls_own(url: str, slowed: str):
    assert with_latency(url, 2.5) == slowed


def test_a_large_sweep_that_is_checked_again_takes_no_url_apart_anew():
    urls = tuple(f"embedded/items/{number}" for number in range(200))
    levels = tuple(map(float, range(1, 26)))
    plan = plan_of({"latency_ms": levels[:20], "load.concurrency": levels}, target=Target(urls=urls))
    plan = structs.replace(plan, contender=plan.contender[:1])
    assert check_plan(plan) == ()
    known = split_target.cache_info().misses, with_latency.cache_info().misses
    assert check_plan(plan) == ()
    assert (split_target.cache_info().misses, with_latency.cache_info().misses) == known


def test_latency_is_that_of_every_url():
    plan = plan_of({"latency_ms": (5.0,)}, target=Target(urls=("embedded/a", "embedded/b")))
    urls = plan_at(checked_plan(plan), (5.0,)).target.urls
    assert urls == ("embedded/a?latency_ms=5", "embedded/b?latency_ms=5")


def test_a_sweep_goes_to_toml_and_back():
    plan = checked_plan(plan_of({"load.think": (0.0, 0.25), "latency_ms": (0.0, 20.0)}))
    text = plan_to_toml(plan)
    assert '[sweep]\n"load.think" = [0, 0.25]\nlatency_ms = [0, 20]\n' in text
    assert plan_from_toml(text) == plan


def test_a_sweep_in_words():
    assert (
        describe_sweep(plan_of({"concurrency": LEVELS})) == "sweep of concurrency 1 … 4 · 3 levels · 6 blocks"
    )
    grid = plan_of({"pool": (4.0,), "concurrency": LEVELS})
    assert describe_sweep(grid) == "sweep of pool 4 and concurrency 1 … 4 · 3 levels · 6 blocks"


def test_what_arranges_the_sweep_is_no_field_of_it():
    fields = numeric_fields(plan_of({}))
    assert fields[:3] == ("concurrency", "latency_ms", "pool")
    assert {"load.rate", "policy.timeout", "contender[0].pool"} <= set(fields)
    assert not any(field.startswith("schedule.") for field in fields)
    assert "load.seconds" not in fields


@pytest.mark.parametrize(
    ("sweep", "told"),
    [
        (3, ["sweep: must be a table of lists of numbers, not a number"]),
        ({"concurrency": 3}, ["sweep.concurrency: must be a list of numbers, not a number"]),
        ({"concurrency": []}, ["sweep.concurrency: 0 given; from 1 to 100"]),
        ({"concurrency": list(range(1, 102))}, ["sweep.concurrency: 101 given; from 1 to 100"]),
        ({"concurrency": [1, "two"]}, ['sweep.concurrency[1]: "two" is not allowed; a number']),
        ({"concurrency": [True]}, ["sweep.concurrency[0]: true or false is not allowed; a number"]),
        ({"concurrency": [float("nan")]}, ["sweep.concurrency[0]: nan is not allowed; a finite number"]),
        ({"concurrency": [1, 2, 1.0]}, ["sweep.concurrency[2]: 1 is given twice"]),
        (
            {"load": {"rate": [1]}},
            ["sweep.load: must be a list of numbers, not a table; a path with dots is one key, in quotes"],
        ),
        ({"pool": [1], "concurrency": [1], "latency_ms": [1]}, ["sweep: 3 lists given; at most 2"]),
        ({"load.rat": [1]}, ['sweep.load.rat: is no numeric field of the plan; did you mean "load.rate"?']),
        (
            {"latency_ms": [0, -1]},
            ["sweep.latency_ms[1]: -1 is not allowed; milliseconds from 0 to 60000"],
        ),
        (
            {"concurrency": [1, 2.5, 20_000]},
            [
                "sweep.concurrency[1]: 2.5 cannot be run: load.concurrency: 2.5 is not allowed; "
                "a whole number from 1 to 10000",
                "sweep.concurrency[2]: 20000 cannot be run: load.concurrency: 20000 is not allowed; "
                "a whole number from 1 to 10000",
            ],
        ),
        (
            {"load.concurrency": [1], "concurrency": [2]},
            ["sweep.load.concurrency: is the same field as sweep.concurrency; keep one of the two"],
        ),
        (
            {"pool": [1], "contender[1].pool": [2]},
            ["sweep.contender[1].pool: is set by sweep.pool, too; keep one of the two"],
        ),
    ],
)
def test_a_sweep_that_cannot_be_used_is_told_by_its_path(sweep: Any, told: list[str]):
    assert problems_of(sweep=sweep) == told


@pytest.mark.parametrize("path", ["schedule.blocks", "schedule.seed", "load.seconds", "sweep.pool"])
def test_what_the_sweep_is_arranged_by_cannot_be_swept(path: str):
    (told,) = problems_of(sweep={path: [1]})
    assert told.startswith(f"sweep.{path}: is what the sweep itself is arranged by, and cannot be swept; ")


def test_there_are_only_so_many_points():
    (told,) = problems_of(sweep={"pool": list(range(1, 51)), "concurrency": list(range(1, 51))})
    assert told == f"sweep: 5000 points, which are levels × contenders; at most {MOST_POINTS}"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"schedule": {}}, 'schedule.kind: "concurrent" is not how a sweep compares; "interleaved"'),
        (
            {"schedule": {"kind": "interleaved", "epochs": 3}},
            "schedule.epochs: has no meaning in a sweep, which restarts the lanes for each visit; "
            "give schedule.blocks",
        ),
        (
            {"schedule": {"kind": "interleaved", "until": "decided"}},
            "schedule.until: has no meaning in a sweep",
        ),
        (
            {"schedule": {"kind": "interleaved", "blocks": 101}},
            "schedule.blocks: 101 visits of every level are too many; at most 100",
        ),
        (
            {"load": {"stages": [{"seconds": 1, "to": 5}]}},
            "load.stages: have no meaning in a sweep, which visits every level for a short time",
        ),
        ({"expect": ["errors == 0"]}, "expect: has no meaning in a sweep, which ranks nobody; leave it out"),
        (
            {"load": {"seconds": 0.06}},
            "load.seconds: 0.06 s for all blocks give turns of 10 ms; at least 20 ms",
        ),
        (
            {"contender": [{"engine": "aiohttp", "concurrency": 4}]},
            "contender[0].concurrency: 4 would stay while the load's is swept; leave it out",
        ),
    ],
)
def test_what_has_no_meaning_in_a_sweep_is_told(changes: dict[str, Any], told: str):
    assert problems_of(sweep={"concurrency": [1, 2]}, **changes) == [told]


def test_only_the_embedded_target_can_be_slowed_down():
    told = problems_of(sweep={"latency_ms": [1]}, target={"url": "http://127.0.0.1:9/"})
    assert told == [
        'sweep.latency_ms: "http://127.0.0.1:9/" is not ours to slow down; only the embedded target is'
    ]


def test_what_is_wrong_at_every_level_is_told_once_and_by_its_own_path():
    told = problems_of(sweep={"concurrency": [1, 2]}, contender=[{"engine": "aiohttp", "http": "2"}])
    assert [line.partition(":")[0] for line in told] == ["contender[0].http", "contender[0].http"]


def test_a_combination_that_cannot_be_run_is_told_by_both_its_levels():
    sweep = {"contender[0].processes": [1, 4], "concurrency": [2, 8]}
    assert problems_of(sweep=sweep) == [
        "sweep: contender[0].processes 4, concurrency 2 cannot be run: "
        "contender[0].processes: 4 for 2 in flight; at most one for each"
    ]


def test_a_form_can_check_a_large_sweep_at_each_key(monkeypatch: pytest.MonkeyPatch):
    """What is the same at all levels is not looked up again, and only what cannot be decoded is looked at closely."""
    levels = tuple(map(float, range(1, 51)))
    plan = plan_of({"concurrency": levels, "pool": (2.0, 4.0, 8.0)})
    asked: list[str] = []
    looked_at: list[Any] = []

    def look_up(name: str) -> EngineInfo:
        asked.append(name)
        return engine_info(name)

    def type_problems(data: Any) -> tuple[str, ...]:
        looked_at.append(data["contender"][0]["pool"])
        return decode.type_problems(data)

    monkeypatch.setattr(sweep_checks, "type_problems", type_problems)
    assert check_plan(plan, look_up) == ()
    assert sorted(asked) == sorted({contender.engine for contender in plan.contender})
    assert looked_at == []
    wrong = structs.replace(plan, sweep={"pool": (2.0, 0.0, 4.0)})
    assert [line.partition(" is")[0] for line in check_plan(wrong)] == [
        "sweep.pool[1]: 0 cannot be run: contender[0].pool: 0",
        "sweep.pool[1]: 0 cannot be run: contender[1].pool: 0",
    ]
    assert looked_at == [0]


def test_a_plain_run_of_a_sweep_is_refused():
    from httptui import run

    with pytest.raises(PlanError, match=r"sweep: a run is of one level"):
        run(plan_of({"concurrency": LEVELS}))


def test_a_sweep_of_a_plain_plan_is_refused():
    from httptui import sweep

    with pytest.raises(PlanError, match=r"sweep: missing"):
        sweep(plan_of({}))
