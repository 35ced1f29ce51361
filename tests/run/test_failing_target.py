"""A target that stops answering ends the run: real lanes against a real server that fails in every way it can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from httptui import Contender, Load, Plan, Policy, Report, Schedule, Target, run, sweep
from httptui.results.snapshot import FirstAnswer
from httptui.sweeps.report import SweepReport

pytestmark = pytest.mark.slow

ANSWERS = {
    "ok": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "500": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 7\r\n\r\nno luck",
    "429": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n",
}


class Server:
    """A server on this machine that answers as `mode` has it: a key of ANSWERS, "hang" or "reset"."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.port = 0
        self.requests = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        self.port = self._server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            self.kill()

    def kill(self) -> None:
        """Refuse connections from now on, and break those that are open."""
        assert self._server is not None
        self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                if self.mode == "hang":
                    await asyncio.sleep(60)
                if self.mode == "reset":
                    break
                await asyncio.sleep(0.002)
                writer.write(ANSWERS[self.mode])
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()


def plan_for(port: int, *, timeout: float = 30.0, kind: str = "concurrent", seconds: float = 20.0) -> Plan:
    return Plan(
        target=Target(url=f"http://127.0.0.1:{port}/"),
        policy=Policy(timeout=timeout),
        load=Load(concurrency=4, seconds=seconds),
        schedule=Schedule(kind=kind),  # type: ignore[arg-type]
        contender=(Contender(engine="aiohttp"), Contender(engine="http.client")),
    )


async def report_of(plan: Plan, server: Server, *, after: float | None = None, then: str = "") -> Report:
    """The report of a run in which the server is put into a mode, or killed, so many seconds into the load."""
    changed = after is None
    async for item in run(plan):
        if isinstance(item, Report):
            return item
        if not changed and item.phase == "running" and item.elapsed >= (after or 0):
            changed = True
            if then == "killed":
                server.kill()
            server.mode = then
    raise AssertionError("no report")


def assert_invalid(report: Report) -> None:
    assert not report.complete
    assert report.verdict.kind == "invalid"
    assert report.ranking == report.cpu_ranking == ()
    assert [one.state for one in report.contenders] == ["stopped", "stopped"]
    assert sum(event.text.startswith("stopped at ") for event in report.events) == 1


@pytest.mark.parametrize(
    ("then", "cause"),
    [
        ("killed", "connection refused"),
        ("500", "status 500"),
        ("429", "status 429"),
        ("reset", "the target closed the connection"),
    ],
)
async def test_a_target_that_begins_to_fail_ends_the_run_with_the_moment_and_the_cause(
    then: str, cause: str
) -> None:
    server = Server()
    async with server.listening():
        report = await report_of(plan_for(server.port), server, after=1.0, then=then)
    assert_invalid(report)
    assert report.verdict.sentence.endswith(f"% of requests failed for 3 s: {cause}.")
    assert report.verdict.sentence.startswith("Invalid: stopped at ")
    assert report.seconds < 16
    assert any(one.requests.ok for one in report.contenders)


@pytest.mark.parametrize("kind", ["concurrent", "interleaved", "sequential"])
async def test_a_target_that_fails_from_the_first_request_on_ends_the_run(kind: str) -> None:
    server = Server()
    server.mode = "500"
    async with server.listening():
        report = await report_of(plan_for(server.port, kind=kind), server)
    assert_invalid(report)
    assert "100 % of requests failed for 3 s: status 500" in report.verdict.sentence


async def test_a_target_that_hangs_ends_the_run_once_nothing_came_for_longer_than_the_timeout() -> None:
    server = Server()
    async with server.listening():
        report = await report_of(plan_for(server.port, timeout=4.0), server, after=1.0, then="hang")
    assert_invalid(report)
    assert "no request was answered for" in report.verdict.sentence


async def test_where_a_short_run_saw_no_success_it_is_invalid_though_complete() -> None:
    server = Server()
    server.mode = "429"
    async with server.listening():
        report = await report_of(plan_for(server.port, seconds=0.5), server)
    assert report.complete
    assert report.verdict.kind == "invalid"
    assert report.verdict.sentence == "Invalid: every request failed: status 429."
    assert report.ranking == ()


@pytest.mark.parametrize(
    ("seconds", "blocks", "told"),
    [(4.8, 8, "every request failed: status 500"), (10.0, 2, "failed for 3 s: status 500")],
    ids=["short visits", "long visits"],
)
async def test_a_failing_target_ends_a_sweep_which_keeps_what_it_has(
    seconds: float, blocks: int, told: str
) -> None:
    server, report = Server(), None
    async with server.listening():
        plan = replace(
            plan_for(server.port, seconds=seconds),
            schedule=Schedule(kind="interleaved", blocks=blocks, warmup="20", cooldown=0),
            sweep={"concurrency": (1.0, 2.0)},
        )
        async for item in sweep(plan):
            if isinstance(item, SweepReport):
                report = item
            elif item.phase == "running" and sum(point.ok > 0 for point in item.points) == 4:
                server.mode = "500"
    assert report is not None
    assert not report.complete
    assert report.verdict.kind == "invalid"
    assert told in report.verdict.sentence
    assert report.verdict.sentence.startswith("Invalid: visit ")
    assert all(point.ok for point in report.points)


async def test_the_first_answer_of_each_failing_status_is_kept_with_its_headers() -> None:
    server = Server()
    server.mode = "429"
    contenders = [
        Contender(engine=name)
        for name in ("aiohttp", "httpx", "httpx-sync", "requests", "urllib3", "http.client", "raw")
    ]
    async with server.listening():
        plan = replace(
            plan_for(server.port), load=Load(concurrency=2, requests=6), contender=tuple(contenders)
        )
        report = await report_of(replace(plan, schedule=Schedule(warmup=0)), server)
    for one in report.contenders:
        (answer,) = one.first_answers.values()
        assert isinstance(answer, FirstAnswer)
        assert (answer.status, answer.body, answer.bytes) == ("429", "", 0)
        assert {name.lower(): value for name, value in answer.headers}["retry-after"] == "3", one.engine
    assert server.requests == sum(one.requests.planned for one in report.contenders)
