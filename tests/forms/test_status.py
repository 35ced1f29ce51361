"""The last line of the form: connections held against the limits, and problems."""

from __future__ import annotations

from typing import Any

import pytest
from form_examples import PLAN
from msgspec import structs

from httptui.plan.model import Contender, Load, Plan, Schedule, Target
from httptui.tui.forms.estimate import (
    Crowd,
    FileLimits,
    crowd_of,
    file_limits,
    most_connections,
    problem_line,
    status_of,
)
from httptui.tui.forms.mapping import Checked, Problem

ROOMY = FileLimits(100_000, 100_000)


def plan(*contenders: Contender, **changes: Any) -> Plan:
    return Plan(load=Load(concurrency=300), contender=contenders or (Contender(engine="httpx"),), **changes)


@pytest.mark.parametrize(
    ("contender", "connections"),
    [
        (Contender(engine="httpx"), 300),
        (Contender(engine="httpx", concurrency=7), 7),
        (Contender(engine="httpx", pool=4), 4),
        (Contender(engine="httpx", pool=4, reuse="every-50"), 4),
        (Contender(engine="httpx", pool=4, processes=3), 12),
        (Contender(engine="httpx", concurrency=7, processes=3), 7),
        (Contender(engine="httpx", http="2", processes=2), 4),
        (Contender(engine="httpx", pool=4, reuse="per-worker"), 300),
        (Contender(engine="httpx", pool="library-defaults"), 300),
        (Contender(engine="httpx", http="2"), 3),
        (Contender(engine="httpx", http="2", reuse="per-request"), 300),
    ],
)
def test_a_contender_has_as_many_connections_as_its_reuse_and_pool_allow(
    contender: Contender, connections: int
) -> None:
    assert most_connections(plan(contender), contender) == connections


def test_lanes_that_are_alive_together_have_their_connections_together() -> None:
    two = (Contender(engine="httpx"), Contender(engine="aiohttp", pool=10))
    assert crowd_of(plan(*two), ROOMY) == Crowd(310, "")
    assert crowd_of(plan(*two, schedule=Schedule(kind="interleaved")), ROOMY) == Crowd(310, "")
    assert crowd_of(plan(*two, schedule=Schedule(kind="sequential")), ROOMY) == Crowd(300, "")


def test_one_process_may_need_more_files_than_it_may_open() -> None:
    two = (Contender(engine="aiohttp", pool=10), Contender(engine="httpx"))
    assert crowd_of(plan(*two), FileLimits(364, 100_000)).obstacle == ""
    assert crowd_of(plan(*two), FileLimits(100, 363)).obstacle == (
        "B needs 300 connections, but a process may open only 363 files: raise ulimit -Hn"
    )
    assert crowd_of(plan(*two), None) == Crowd(310, "")


def test_processes_share_the_connections_that_their_contender_needs() -> None:
    shared = plan(Contender(engine="httpx", processes=7))
    assert crowd_of(shared, FileLimits(107, 100_000)) == Crowd(300, "")
    assert crowd_of(shared, FileLimits(106, 100_000)) == Crowd(300, "", 107)
    assert crowd_of(shared, FileLimits(100, 106)).obstacle == (
        "A needs 43 connections in each process, but a process may open only 106 files: raise ulimit -Hn"
    )


def test_the_embedded_target_needs_all_connections_at_once_and_another_target_is_not_ours() -> None:
    four = (Contender(engine="httpx"),) * 4
    limits = FileLimits(1_024, 1_024)
    assert crowd_of(plan(*four), limits) == Crowd(
        1_200,
        "the embedded target needs 1 200 connections, but may open only 1 024 files: raise ulimit -Hn",
    )
    elsewhere = plan(*four, target=Target(url="http://127.0.0.1:9/"))
    assert crowd_of(elsewhere, limits) == Crowd(1_200, "")


def test_this_machines_limits_are_read() -> None:
    limits = file_limits()
    assert limits is None or 0 < limits.soft <= limits.hard


def test_the_line_says_what_a_plan_comes_to_and_whether_it_fits() -> None:
    fine = status_of(Checked(PLAN), ROOMY)
    assert (fine.kind, fine.words.rpartition(" · ")[2]) == ("good", "14 connections, OK")
    assert status_of(Checked(PLAN), None).words.endswith(" · 14 connections")
    one = structs.replace(PLAN, load=Load(concurrency=1), contender=PLAN.contender[:1])
    assert status_of(Checked(one), ROOMY).words.endswith(" · 1 connection, OK")
    tight = status_of(Checked(PLAN), FileLimits(64, 64))
    assert tight.kind == "warning"
    assert tight.words.startswith(
        "▲ A needs 8 connections, but a process may open only 64 files: raise ulimit -Hn · "
    )
    raised = status_of(Checked(PLAN), FileLimits(64, 100_000))
    assert (raised.kind, raised.words.rpartition(" · ")[2]) == (
        "good",
        "14 connections, raises the limit of open files to 72",
    )


@pytest.mark.parametrize(
    ("problems", "line"),
    [
        ((Problem("load.rate", "missing"),), "▲ load.rate: missing"),
        (
            (Problem("contender[2].pool", "odd"), Problem("name", "odd")),
            "▲ 2 problems · contender C.pool: odd",
        ),
        ((Problem("", "odd"),), "▲ odd"),
    ],
)
def test_the_line_says_what_stands_in_the_way(problems: tuple[Problem, ...], line: str) -> None:
    assert problem_line(problems) == line
    assert status_of(Checked(None, problems), ROOMY).words == line


def test_a_sweep_is_told_by_its_levels_and_held_against_the_limits_at_the_highest() -> None:
    swept = Plan(
        schedule=Schedule(kind="interleaved", blocks=5),
        sweep={"concurrency": (1, 16, 256)},
        contender=(Contender(engine="httpx"), Contender(engine="aiohttp")),
    )
    words = status_of(Checked(swept), ROOMY).words
    assert words.startswith("2 contenders · sweep of concurrency 1 … 256 · 3 levels · 5 blocks · about ")
    assert "512 connections" in words
