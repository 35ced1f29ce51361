"""Real lanes against the real target: what the report says is what the target counted."""

from __future__ import annotations

import os
import signal
from itertools import pairwise
from pathlib import Path

import msgspec
import psutil
import pytest
from msgspec import structs

from httptui import Contender, Load, Plan, Policy, Report, Run, Schedule, Snapshot, Target, run
from httptui.errors import NothingFinishedError, PlanError, TargetError
from httptui.results.report import ReportContender

pytestmark = pytest.mark.slow

ENGINES = (
    "aiohttp",
    "aiosonic",
    "curl_cffi",
    "http.client",
    "httpx",
    "httpx-aiohttp",
    "httpx-sync",
    "httpx2",
    "httpx2-aiohttp",
    "httpx2-sync",
    "pycurl",
    "pycurl-async",
    "pyreqwest",
    "raw",
    "requests",
    "urllib3",
    "wreq",
)


def plan_of(
    *contenders: Contender, url: str = "embedded", timeout: float = 10, load: Load, **schedule: object
) -> Plan:
    return Plan(
        target=Target(url=url),
        policy=Policy(timeout=timeout),
        load=load,
        schedule=Schedule(**schedule),  # type: ignore[arg-type]
        contender=contenders,
    )


async def conduct(plan: Plan) -> tuple[list[Snapshot], Report]:
    items = [item async for item in run(plan)]
    report = items.pop()
    assert isinstance(report, Report)
    return [item for item in items if isinstance(item, Snapshot)], report


def assert_counts_agree(report: Report) -> None:
    """Planned = ok + error + timeout + dropped + cancelled, and the target counted just as many."""
    for contender, counted in zip(report.contenders, report.environment["target"]["contenders"], strict=True):
        requests = contender.requests
        ended = requests.ok + requests.error + requests.timeout + requests.dropped + requests.cancelled
        assert requests.planned == ended
        assert requests.planned + contender.warmup_requests == counted["requests"]
        assert contender.connections_opened == counted["connections"]
        assert sum(count for _value, count in contender.histogram.counts) == requests.ok


@pytest.mark.parametrize("kind", ["concurrent", "interleaved", "sequential"])
async def test_every_engine_sends_exactly_what_was_planned(kind: str) -> None:
    contenders = [Contender(engine=name) for name in ENGINES]
    plan = plan_of(*contenders, load=Load(concurrency=4, requests=40), kind=kind, warmup=3)
    snapshots, report = await conduct(plan)
    assert report.complete
    assert [contender.state for contender in report.contenders] == ["finished"] * len(ENGINES)
    assert [contender.requests.ok for contender in report.contenders] == [40] * len(ENGINES)
    assert [contender.warmup_requests for contender in report.contenders] == [3] * len(ENGINES)
    assert snapshots[-1].phase == "done"
    assert_counts_agree(report)


@pytest.mark.parametrize("engine", ["aiohttp", "urllib3"])
@pytest.mark.parametrize(
    ("reuse", "connections"), [("shared", 4), ("per-worker", 4), ("per-request", 40), ("every-5", 8)]
)
async def test_a_reuse_strategy_opens_as_many_connections_as_it_says(
    engine: str, reuse: str, connections: int
) -> None:
    # The delay keeps the first of a burst under way until the last is sent, so none takes over its connection.
    plan = plan_of(
        Contender(engine=engine, reuse=reuse),
        url="embedded/delay/100",
        load=Load(kind="burst", concurrency=4),
        rounds=10,
        warmup=0,
    )
    _snapshots, report = await conduct(plan)
    assert report.contenders[0].requests.ok == 40
    assert report.contenders[0].connections_opened == connections
    assert_counts_agree(report)


async def test_a_burst_sends_one_request_a_worker_in_every_round() -> None:
    contenders = (Contender(engine="aiohttp"), Contender(engine="requests"))
    load, url = Load(kind="burst", concurrency=50), "embedded/?latency_ms=500"
    _snapshots, report = await conduct(plan_of(*contenders, url=url, load=load, rounds=3, kind="sequential"))
    for contender in report.contenders:
        assert [part.ok for part in contender.slices] == [50, 50, 50]
        assert contender.connections_opened == 50
    assert_counts_agree(report)


async def test_a_timed_load_counts_all_it_sent_and_fills_every_block() -> None:
    contenders = (Contender(engine="raw"), Contender(engine="requests", reuse="per-worker"))
    for kind in ("concurrent", "interleaved"):
        plan = plan_of(*contenders, load=Load(concurrency=3, seconds=1), kind=kind, blocks=4, warmup="50ms")
        snapshots, report = await conduct(plan)
        assert_counts_agree(report)
        for contender in report.contenders:
            assert [part.block for part in contender.slices] == [0, 1, 2, 3]
            counted = sum(part.seconds for part in contender.slices)
            assert contender.req_per_s == pytest.approx(
                sum(part.succeeded for part in contender.slices) / counted
            )
            assert contender.req_per_s == pytest.approx(contender.requests.ok / contender.seconds, rel=0.1)
        assert all(a.sequence < b.sequence and a.progress <= b.progress for a, b in pairwise(snapshots))


async def test_failing_answers_are_errors_and_late_ones_time_out() -> None:
    contenders = [Contender(engine=name) for name in ENGINES]
    load = Load(concurrency=2, requests=4)
    _snapshots, failing = await conduct(plan_of(*contenders, url="embedded/status/503", load=load, warmup=0))
    _snapshots, late = await conduct(
        plan_of(*contenders, url="embedded/delay/3000", load=load, timeout=0.3, warmup=0)
    )
    for contender in failing.contenders:
        assert (contender.requests.ok, contender.requests.error, contender.status) == (0, 4, {"503": 4})
        assert contender.errors == {"status": 4}
    for contender in late.contenders:
        assert (contender.engine, contender.requests.timeout) == (contender.engine, 4)
        assert contender.latency_ms is not None
        assert contender.latency_ms.p50 >= 300
        assert contender.latency_ms.is_bound("p50")
    assert_counts_agree(failing)


async def test_a_killed_lane_is_told_as_such_while_the_others_finish() -> None:
    contenders = (Contender(engine="raw"), Contender(engine="aiohttp"))
    plan = plan_of(*contenders, load=Load(concurrency=2, seconds=1.5), warmup=0)
    session = run(plan)
    killed = False
    report: Report | None = None
    async for item in session:
        if isinstance(item, Report):
            report = item
        elif not killed and item.contenders[1].requests.ok:
            os.kill(lane_pids()[1], signal.SIGKILL)
            killed = True
    assert report is not None
    assert [contender.state for contender in report.contenders] == ["finished", "dnf"]
    assert report.contenders[1].cause == "killed by SIGKILL"
    assert report.contenders[0].requests.ok > 0
    assert lane_pids() == []


async def test_stopping_lets_requests_finish_and_gives_a_report_that_is_not_complete() -> None:
    session = run(plan_of(Contender(engine="aiohttp"), load=Load(concurrency=4, seconds=600), warmup=0))
    report: Report | None = None
    async for item in session:
        if isinstance(item, Report):
            report = item
        elif item.contenders[0].requests.ok:
            session.stop()
    assert report is not None
    assert not report.complete
    assert report.contenders[0].state == "stopped"
    assert report.contenders[0].requests.cancelled == 0
    assert_counts_agree(report)


async def test_requests_that_hang_are_cancelled_when_the_run_is_stopped() -> None:
    contenders = (Contender(engine="aiohttp"), Contender(engine="requests"))
    session = run(
        plan_of(*contenders, url="embedded/fault/hang", load=Load(concurrency=3, seconds=600), warmup=0)
    )
    report: Report | None = None
    async for item in session:
        if isinstance(item, Report):
            report = item
        elif all(contender.in_flight == 3 for contender in item.contenders):
            session.stop()
    assert report is not None
    assert [contender.requests.cancelled for contender in report.contenders] == [3, 3]


async def test_leaving_early_leaves_no_process_behind() -> None:
    async with run(plan_of(Contender(engine="aiohttp"), load=Load(concurrency=4, seconds=600))) as session:
        async for item in session:
            if isinstance(item, Snapshot) and item.phase == "running":
                break
        assert len(children()) == 2
    assert children() == []


@pytest.mark.parametrize(
    ("number", "told"),
    [(signal.SIGKILL, "the embedded target ended"), (signal.SIGSTOP, "the embedded target did not answer")],
)
async def test_a_target_that_dies_or_freezes_ends_the_run_with_what_was_measured(
    number: signal.Signals, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("httptui.target.process.ANSWER_SECONDS", 1.0)
    reports: list[Report] = []
    ended: list[int] = []

    async def end_the_target_under_load() -> None:
        async for item in run(
            plan_of(Contender(engine="raw"), load=Load(concurrency=2, seconds=600), warmup=0)
        ):
            if isinstance(item, Report):
                reports.append(item)
            elif item.contenders[0].requests.ok and not ended:
                (target,) = (child for child in children() if "httptui.target" in child.cmdline())
                target.send_signal(number)
                ended.append(target.pid)

    with pytest.raises(TargetError, match=told):
        await end_the_target_under_load()
    (report,) = reports
    assert not report.complete
    assert report.verdict.kind == "invalid"
    assert told in report.verdict.sentence
    assert report.contenders[0].requests.ok > 0
    assert report.contenders[0].state == "stopped"
    assert children() == []


async def test_an_engine_that_cannot_be_imported_does_not_finish(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import no_such_module\nfrom httptui.engines.base import AsyncEngine\n"
        "class Mine(AsyncEngine):\n    async def send(self, request):\n        return 200, b'', '1.1'\n"
    )
    contenders = (Contender(engine=f"{tmp_path}/mine.py:Mine"), Contender(engine="raw"))
    _snapshots, report = await conduct(plan_of(*contenders, load=Load(concurrency=1, requests=5), warmup=0))
    mine, raw = report.contenders
    assert mine.state == "dnf"
    assert "no_such_module" in (mine.cause or "")
    assert raw.requests.ok == 5


async def test_why_a_contender_did_not_finish_is_told_without_the_plans_secrets(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from httptui.engines.base import SyncEngine\n\n\nclass Mine(SyncEngine):\n    @classmethod\n"
        "    def prepare(cls, request):\n        raise ValueError(f'no header {request.headers[-1]}')\n\n"
        "    def send(self, request): ...\n"
    )
    contenders = (Contender(engine=f"{tmp_path}/mine.py:Mine"), Contender(engine="raw"))
    plan = plan_of(*contenders, load=Load(concurrency=1, requests=4), warmup=0)
    target = structs.replace(plan.target, headers={"X-Key": "c4n4ry-s3cret"})
    _, report = await conduct(structs.replace(plan, target=target))
    assert report.contenders[0].cause == "ValueError: no header ('X-Key', '***')"
    assert "c4n4ry" not in msgspec.json.encode(report).decode()


async def test_http_2_is_spoken_where_asked_for_and_counted_all_the_same() -> None:
    contenders = (Contender(engine="httpx", http="2"), Contender(engine="httpx"), Contender(engine="aiohttp"))
    plan = plan_of(*contenders, url="https://embedded/", load=Load(concurrency=4, requests=40), warmup=2)
    _snapshots, report = await conduct(plan)
    assert [contender.http_version for contender in report.contenders] == ["2", "1.1", "1.1"]
    assert report.warnings == ()
    assert_counts_agree(report)


async def test_an_unreachable_host_is_told_before_any_load() -> None:
    plan = plan_of(Contender(engine="aiohttp"), url="http://127.0.0.1:9/", load=Load(requests=1))
    with pytest.raises(NothingFinishedError, match=r"cannot reach 127\.0\.0\.1:9"):
        await conduct(plan)
    assert children() == []


def test_a_plan_with_problems_is_refused_before_anything_starts() -> None:
    with pytest.raises(PlanError, match="no-such-engine"):
        Run(plan_of(Contender(engine="no-such-engine"), load=Load()), consent=frozenset(), environ={})


async def test_slices_add_up_to_the_whole() -> None:
    plan = plan_of(Contender(engine="raw"), load=Load(concurrency=2, requests=30), rounds=4, warmup=0)
    _snapshots, report = await conduct(plan)
    contender: ReportContender = report.contenders[0]
    assert sum(part.ok for part in contender.slices) == contender.requests.ok == 120
    assert sum(part.seconds for part in contender.slices) == pytest.approx(contender.seconds)


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def lane_pids() -> list[int]:
    lanes = [child for child in children() if "httptui.engines.lane" in child.cmdline()]
    return [lane.pid for lane in sorted(lanes, key=lambda lane: lane.create_time())]
