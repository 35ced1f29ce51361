"""A run that its user changes while it is on, with real lanes: nothing is lost, and all have the same load."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import psutil
import pytest

from httptui import Contender, Load, Plan, Report, Run, Schedule, Snapshot, Target, run
from httptui.errors import TargetError

pytestmark = pytest.mark.slow

KINDS_OF_WORKERS = ("aiohttp", "raw", "requests")
"""Tasks, workers that are called back, and threads."""


def plan_of(*engines: str, url: str = "embedded", load: Load, **schedule: object) -> Plan:
    return Plan(
        target=Target(url=url),
        load=load,
        schedule=Schedule(**({"warmup": 0} | schedule)),  # type: ignore[arg-type]
        contender=tuple(Contender(engine=engine) for engine in engines),
    )


Scene = tuple[Callable[[Snapshot], bool], Callable[[Run], None]]
"""What is waited for, and what is done then."""


async def play(plan: Plan, *scenes: Scene) -> tuple[list[Snapshot], Report]:
    """A whole run in which one thing after the other is done as soon as what it waits for holds."""
    session, waiting = run(plan), list(scenes)
    snapshots: list[Snapshot] = []
    async for item in session:
        if isinstance(item, Report):
            assert not waiting
            return snapshots, item
        snapshots.append(item)
        if waiting and waiting[0][0](item):
            waiting.pop(0)[1](session)
    raise AssertionError("a run ends with its report")


def all_sent(number: int) -> Callable[[Snapshot], bool]:
    return lambda snapshot: all(view.requests.ok >= number for view in snapshot.contenders)


def at_rest(snapshot: Snapshot) -> bool:
    return snapshot.phase == "paused" and all(view.in_flight == 0 for view in snapshot.contenders)


def past(seconds: float) -> Callable[[Snapshot], bool]:
    return lambda snapshot: snapshot.phase == "running" and snapshot.elapsed >= seconds


def assert_all_counted(report: Report) -> None:
    for contender, counted in zip(report.contenders, report.environment["target"]["contenders"], strict=True):
        requests = contender.requests
        ended = requests.ok + requests.error + requests.timeout + requests.dropped + requests.cancelled
        assert requests.planned == ended
        assert counted["requests"] == ended - requests.dropped
        assert sum(count for _value, count in contender.histogram.counts) == requests.ok


ANSWER_SECONDS = 0.05
"""Long beside what a client needs to send a request, so that whoever may be in flight is seen to be."""


class Witness:
    """Counts the requests that it has been sent and not answered yet, and the most there were at once."""

    def __init__(self) -> None:
        self.open = 0
        self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.open += 1
                self.most = max(self.most, self.open)
                await asyncio.sleep(ANSWER_SECONDS)
                self.open -= 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def witness() -> AsyncIterator[tuple[Witness, str]]:
    counting = Witness()
    server = await asyncio.start_server(counting.serve, "127.0.0.1")
    async with server:
        yield counting, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize("engine", KINDS_OF_WORKERS)
async def test_what_is_in_flight_goes_down_to_one_and_up_beyond_the_plan(engine: str) -> None:
    async with witness() as (counting, url):
        most: list[int] = []

        def note_most(_: Run) -> None:
            most.append(counting.most)
            counting.most = 0

        def narrow(session: Run) -> None:
            session.set_load(1)

        def widen(session: Run) -> None:
            note_most(session)
            session.set_load(12)

        plan = Plan(
            target=Target(url=url),
            load=Load(concurrency=8, seconds=2),
            schedule=Schedule(warmup=0, blocks=4),
            contender=(Contender(engine=engine, reuse="per-worker"),),
        )
        _, report = await play(plan, (past(0.3), narrow), (past(0.8), note_most), (past(1.3), widen))
        most.append(counting.most)
    assert most == [8, 1, 12]
    # The mean of 8, 1 and 12 over about 0.3, 1 and 0.7 s: what its limiter is told by.
    assert 4 <= report.contenders[0].concurrency <= 8


async def test_a_pause_and_changes_lose_no_request_and_cost_no_time() -> None:
    seen: list[tuple[int, ...]] = []

    def counts_of(snapshot: Snapshot) -> bool:
        if at_rest(snapshot):
            seen.append(tuple(view.requests.ok for view in snapshot.contenders))
        return len(seen) == 6

    plan = plan_of(*KINDS_OF_WORKERS, load=Load(concurrency=8, seconds=3), blocks=6)
    snapshots, report = await play(
        plan,
        (all_sent(50), lambda session: session.step_load(-1)),
        (past(0.8), lambda session: session.pause()),
        (counts_of, lambda session: session.resume()),
        (past(1.2), lambda session: session.set_load(12)),
        (past(1.6), lambda session: session.set_target(latency_ms=20)),
    )
    assert report.complete
    assert len(set(seen)) == 1
    assert_all_counted(report)
    for contender in report.contenders:
        assert contender.seconds == pytest.approx(3.0, abs=0.1)
        assert [part.block for part in contender.slices] == list(range(6))
        # Where a slice ends, the next begins: a pause belongs to none.  A busy machine may cut late.
        ends = [part.start + part.seconds for part in contender.slices]
        assert [part.start for part in contender.slices[1:]] == pytest.approx(ends[:-1], abs=1e-6)
        assert ends[-1] == pytest.approx(3.0, abs=0.1)
    assert max(snapshot.elapsed for snapshot in snapshots) == pytest.approx(3.0, abs=0.1)
    lowered, pause, *rest = report.changes
    assert (lowered.text, [mark.text for mark in rest]) == ("6 in flight", ["12 in flight", "latency 20 ms"])
    assert pause.text.startswith("paused ")
    assert [mark.seconds for mark in report.changes] == sorted(mark.seconds for mark in report.changes)
    assert next(flag.kind for flag in report.flags) == "changed by hand"
    assert "changed by hand" in report.verdict.sentence
    assert snapshots[-1].marks == report.changes
    assert "12 in flight" in snapshots[-1].load


async def test_latency_that_is_added_is_seen_in_every_answer_from_then_on() -> None:
    plan = plan_of("aiohttp", "requests", load=Load(concurrency=4, seconds=1.5))
    fast: list[int] = []

    def slow_down(session: Run) -> None:
        session.set_target(latency_ms=200, jitter_ms=0)

    def note(snapshot: Snapshot) -> bool:
        fast.append(max(view.requests.ok for view in snapshot.contenders))
        return past(0.5)(snapshot)

    _snapshots, report = await play(plan, (note, slow_down))
    for contender in report.contenders:
        slow = sum(count for value, count in contender.histogram.counts if value >= 200e6)
        assert 4 <= slow <= 4 * 6
        assert contender.latency_ms is not None
        assert contender.latency_ms.p50 < 100 < 200 <= contender.latency_ms.max


async def test_errors_that_the_target_is_told_to_make_are_counted() -> None:
    plan = plan_of("raw", load=Load(concurrency=2, seconds=1))
    _snapshots, report = await play(plan, (all_sent(1), lambda session: session.set_target(error_rate=1.0)))
    (contender,) = report.contenders
    assert contender.requests.ok > 0
    assert contender.requests.error == contender.status["503"] > 0
    assert_all_counted(report)


async def test_a_rate_that_is_doubled_gives_every_contender_the_arrivals_of_the_doubled_rate() -> None:
    plan = plan_of(*KINDS_OF_WORKERS, load=Load(kind="open", rate=100, seconds=3, concurrency=100))
    _snapshots, report = await play(plan, (past(1.0), lambda session: session.set_load(200)))
    (change,) = report.changes
    wanted = 100 * change.seconds + 200 * (3 - change.seconds)
    planned = {contender.requests.planned for contender in report.contenders}
    assert len(planned) == 1
    assert planned.pop() == pytest.approx(wanted, abs=2)
    assert_all_counted(report)


async def test_arrivals_of_an_open_load_wait_for_a_pause_to_end_and_none_is_dropped() -> None:
    plan = plan_of(*KINDS_OF_WORKERS, load=Load(kind="open", rate=100, seconds=2, concurrency=200))
    rests: list[float] = []

    def waited(snapshot: Snapshot) -> bool:
        if at_rest(snapshot):
            rests.append(perf_counter())
        return bool(rests) and rests[-1] - rests[0] > 1.2

    _snapshots, report = await play(
        plan, (past(0.5), lambda session: session.pause()), (waited, lambda session: session.resume())
    )
    for contender in report.contenders:
        assert (contender.requests.planned, contender.requests.dropped) == (200, 0)
        assert contender.response_ms is not None
        assert contender.response_ms.max < 1200
    assert_all_counted(report)
    assert report.flags == () or all(flag.kind != "changed by hand" for flag in report.flags)


async def test_where_contenders_take_turns_a_change_waits_for_the_next_block() -> None:
    plan = plan_of(
        "raw",
        "aiohttp",
        url="embedded/delay/20",
        load=Load(concurrency=8, seconds=3),
        kind="interleaved",
        blocks=6,
    )
    _snapshots, report = await play(plan, (past(1.2), lambda session: session.set_load(1)))
    counts = [[part.ok for part in contender.slices] for contender in report.contenders]
    assert len(report.changes) == 1
    for one, other in zip(*counts, strict=True):
        assert 0.6 < one / other < 1.6
    assert counts[0][0] > 4 * counts[0][-1]
    assert_all_counted(report)


async def test_requests_are_all_sent_by_those_who_are_left() -> None:
    plan = plan_of(*KINDS_OF_WORKERS, load=Load(concurrency=4, requests=1_500))
    _snapshots, report = await play(plan, (all_sent(1), lambda session: session.set_load(1)))
    assert [contender.requests.ok for contender in report.contenders] == [1_500] * 3
    assert_all_counted(report)


async def test_a_run_that_is_paused_can_be_stopped() -> None:
    plan = plan_of(*KINDS_OF_WORKERS, load=Load(concurrency=4, seconds=600))
    _snapshots, report = await play(
        plan, (all_sent(1), lambda session: session.pause()), (at_rest, lambda session: session.stop())
    )
    assert not report.complete
    assert_all_counted(report)
    assert psutil.Process().children() == []


async def test_a_run_that_is_paused_can_be_left() -> None:
    async with run(plan_of("raw", "requests", load=Load(concurrency=4, seconds=600))) as session:
        session.pause()
        async for item in session:
            if isinstance(item, Snapshot) and item.phase == "paused":
                assert session.paused
                break
    assert psutil.Process().children() == []


async def test_what_cannot_be_used_is_refused_by_name() -> None:
    session = run(plan_of("raw", load=Load(concurrency=2, seconds=1)))
    with pytest.raises(TargetError, match="error_rate"):
        session.set_target(error_rate=2.0)
    with pytest.raises(TargetError, match="latency_ms, jitter_ms, error_rate"):
        session.set_target(speed=2.0)
    with pytest.raises(ValueError, match="1 … 10000"):
        session.set_load(0.5)
    foreign = run(plan_of("raw", url="http://127.0.0.1:9/", load=Load(concurrency=2, seconds=1)))
    with pytest.raises(TargetError, match="only the embedded target"):
        foreign.set_target(latency_ms=1.0)


async def test_a_client_that_a_new_worker_cannot_have_ends_its_contender_alone(tmp_path: Path) -> None:
    (tmp_path / "few.py").write_text(
        "from httptui.engines.base import SyncEngine\n"
        "import time\n"
        "made = []\n"
        "class Few(SyncEngine):\n"
        "    def open(self):\n"
        "        made.append(self)\n"
        "        if len(made) > 2:\n"
        "            raise RuntimeError('no more than two')\n"
        "    def send(self, request):\n"
        "        time.sleep(0.01)\n"
        "        return 200, b'', '1.1'\n"
    )
    contenders = (Contender(engine=f"{tmp_path}/few.py:Few", reuse="per-worker"), Contender(engine="raw"))
    plan = Plan(
        load=Load(concurrency=2, seconds=1.5), schedule=Schedule(warmup=0, blocks=3), contender=contenders
    )
    _snapshots, report = await play(plan, (past(0.3), lambda session: session.set_load(3)))
    few, raw = report.contenders
    assert (few.state, raw.state) == ("dnf", "finished")
    assert "no more than two" in (few.cause or "")
