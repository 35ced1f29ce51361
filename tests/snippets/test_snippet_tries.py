"""Scripts that send requests again: for what, how often and after how long, as their contender's lane does."""

from __future__ import annotations

import contextlib
import re
from itertools import pairwise
from typing import Any

import pytest
import tenacity
from running import LEAVE_CONNECTIONS, names_of, run_main, script_of
from snippet_plans import ENGINES
from test_snippet_scripts import told_by

from httptui.plan.model import Contender, Load, Plan, Policy, Target
from tests.engines.engine_support import RecordingServer

FAULTS = {
    "/close": "disconnected",
    "/reset": "disconnected",
    "/truncate": "truncated",
    "/hang": "timeout",
    "/status/503": "503",
}
"""What goes wrong at the recording server, and what the plan calls it."""
OVER_AIOHTTP = ("aiohttp", "httpx-aiohttp", "httpx2-aiohttp")
"""aiohttp sends each request whose connection broke once more by itself, as their scripts say."""

pytestmark = LEAVE_CONNECTIONS


def plan_of(
    url: str = "embedded", *, engine: str = "http.client", reuse: str = "shared", **policy: Any
) -> Plan:
    given: dict[str, Any] = {"retries": 2, "retry_wait": 0.0, "timeout": 5.0} | policy
    return Plan(
        target=Target(url=url),
        policy=Policy(**given),
        load=Load(concurrency=1, requests=1),
        contender=(Contender(engine=engine, reuse=reuse),),
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_all_is_tenacitys_and_nothing_the_librarys_own(engine: str) -> None:
    script = script_of(plan_of(engine=engine))
    assert "stop=tenacity.stop_after_attempt(3)" in script
    assert "\nTRY_AGAIN = {502, 503, 504}\n" in script
    assert "tenacity\n" in script.partition("\nimport")[0]
    assert not [own for own in ("max_retries", "retries=2", "connect=2") if own in script]
    assert "tenacity" not in script_of(plan_of(engine=engine, retries=0))


def test_what_is_not_idempotent_is_sent_again_only_where_it_was_not_sent() -> None:
    plan = Plan(
        target=Target(method="POST", body="x"),
        policy=Policy(retries=1),
        contender=(Contender(engine="httpx"),),
    )
    script = script_of(plan)
    assert "\nERRORS = (httpx.ConnectError, httpx.ConnectTimeout)\n" in script
    assert "reraise=True" in script
    assert "TRY_AGAIN" not in script


@pytest.mark.parametrize(
    ("engine", "causes", "classes"),
    [
        ("aiohttp", ("connect",), "aiohttp.ClientConnectorError"),
        ("aiohttp", ("dns",), "aiohttp.ClientConnectorDNSError"),
        ("aiohttp", ("connect", "timeout"), "(aiohttp.ClientConnectorError, TimeoutError)"),
        ("aiohttp", ("connect", "disconnected"), "aiohttp.ClientConnectionError"),
        ("httpx2", ("timeout",), "httpx2.TimeoutException"),
        ("requests", ("timeout",), "requests.Timeout"),
        ("urllib3", ("connect",), "urllib3.exceptions.ConnectTimeoutError"),
        ("wreq", ("truncated",), "exceptions.DecodingError"),
    ],
)
def test_the_fewest_and_narrowest_classes_stand_for_the_causes(
    engine: str, causes: tuple[str, ...], classes: str
) -> None:
    script = script_of(plan_of(engine=engine, retry_on=causes))
    found = re.search(r"\nERRORS = (.+)\n", script) or re.search(r"_exception_type\(\s*([\w.]+)", script)
    assert found is not None
    assert found[1] == classes


def test_where_a_class_stands_for_more_or_nothing_for_a_cause_the_script_says_so() -> None:
    told = told_by(script_of(plan_of(engine="requests")))
    assert "requests.ConnectionError may mean disconnected and protocol, too: that is sent again here" in told
    assert "may mean" not in told_by(script_of(plan_of(engine="aiohttp")))
    over_tls = told_by(script_of(plan_of("https://example.com/", engine="aiohttp")))
    assert "aiohttp.ClientConnectorError may mean tls, too" in over_tls
    unknown = script_of(plan_of(engine="httpx", retry_on=("local", "other")))
    assert (
        "The run sends again after local and other, too; here there is no error for that alone."
        in told_by(unknown)
    )
    assert "tenacity" not in unknown


@pytest.mark.parametrize("first", [0.1, 40.0])
def test_waits_grow_as_the_lanes_do(first: float) -> None:
    wait = names_of(plan_of(retry_wait=first))["fetch"].retry.wait
    lengths = [min(first * 2.0**tries, 60.0) for tries in range(5)]
    for tries, length in enumerate(lengths, start=1):
        state: Any = tenacity.RetryCallState(tenacity.Retrying(), None, (), {})
        state.attempt_number = tries
        drawn = sorted(wait(state) for _ in range(200))
        assert length / 2 <= drawn[0] < length * 0.7
        assert length * 1.3 < drawn[-1] <= length * 1.5
    assert all(longer <= 2 * length for length, longer in pairwise(lengths))


def test_without_a_wait_there_is_none() -> None:
    assert "wait" not in script_of(plan_of(retry_wait=0))


def test_each_try_of_a_client_made_for_one_request_has_a_client_of_its_own() -> None:
    lines = script_of(plan_of(engine="aiohttp", reuse="per-request")).splitlines()
    fetch = lines.index("async def fetch() -> int:")
    assert lines[fetch + 1] == "    async with aiohttp.ClientSession("
    assert "        await fetch()" in lines


def test_where_tries_are_counted_otherwise_the_script_says_so() -> None:
    told = "In the run each try is one of a client's requests; here a request with all its tries is."
    assert told in told_by(script_of(plan_of(reuse="every-5")))
    assert told not in told_by(script_of(plan_of(reuse="per-worker")))
    assert told not in told_by(script_of(plan_of(reuse="every-5", retries=0)))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
async def test_what_the_lane_would_send_again_is_sent_again_and_nothing_else(
    engine: str, server: RecordingServer
) -> None:
    async def arrived(path: str, cause: str) -> int:
        timeout = 0.05 if path == "/hang" else 5.0
        server.requests.clear()
        with contextlib.suppress(Exception):
            await run_main(
                names_of(plan_of(server.url(path), engine=engine, retry_on=(cause,), timeout=timeout))
            )
        return len(server.requests)

    found = {path: await arrived(path, cause) for path, cause in FAULTS.items()}
    by_itself = 2 if engine in OVER_AIOHTTP else 1
    assert found == dict.fromkeys(FAULTS, 3) | {"/close": 3 * by_itself, "/reset": 3 * by_itself}
    assert await arrived("/close", "503") == by_itself


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
async def test_a_refused_connection_is_tried_again_and_the_last_error_is_the_librarys(
    engine: str, unused_tcp_port: int
) -> None:
    names = names_of(plan_of(f"http://127.0.0.1:{unused_tcp_port}/", engine=engine))
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each library has a root class of its own
        await run_main(names)
    assert names["fetch"].statistics["attempt_number"] == 3
    assert not isinstance(raised.value, tenacity.RetryError)
