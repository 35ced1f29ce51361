"""Engines that break every promise: each request fails with its cause, and a turn ends whatever `send` does."""

from __future__ import annotations

import pytest
from strange_engines import strange

from httptui import Contender, Load, Plan, Policy, Report, Schedule, run
from httptui.results.report import ReportContender

pytestmark = pytest.mark.slow

UNFIT = "it has to return (status, body, HTTP version)"
FAILING = {
    "ReturnsNone": f"send returned None; {UNFIT}",
    "ReturnsPair": f"send returned a tuple of int, bytes; {UNFIT}",
    "ReturnsText": f"send returned a tuple of int, str, str; {UNFIT}",
    "Exits": "SystemExit: 0",
    "RaisesGone": "Gone: of its own accord",
    "AsyncReturnsNone": f"send returned None; {UNFIT}",
    "AsyncExits": "SystemExit: 0",
    "AsyncInterrupts": "KeyboardInterrupt",
    "AsyncCancels": "CancelledError",
    "CallsBackNone": f"send returned None; {UNFIT}",
    "Surrogates": "\\udcff is no text",
    "Unspeakable": "Secretive",
}
HANGING = ("Hangs", "AsyncHangs", "IgnoresCancelling", "CallbackHangs")


async def contenders_of(
    load: Load, *names: str, limit: float = 5.0, stop_at: int | None = None
) -> tuple[ReportContender, ...]:
    """The contenders of a run, which is stopped once each has so many requests on their way."""
    plan = Plan(
        policy=Policy(timeout=limit),
        load=load,
        schedule=Schedule(warmup=0),
        contender=tuple(Contender(engine=strange(name)) for name in names),
    )
    async with run(plan) as running:
        async for item in running:
            if isinstance(item, Report):
                return item.contenders
            if all(view.in_flight == stop_at for view in item.contenders):
                running.stop()
    raise AssertionError("no report")


async def test_what_is_no_answer_is_a_failed_request_with_its_cause() -> None:
    contenders = await contenders_of(Load(concurrency=2, requests=6), *FAILING)
    for (name, message), contender in zip(FAILING.items(), contenders, strict=True):
        requests = contender.requests
        assert (name, contender.state, requests.planned, requests.error) == (name, "finished", 6, 6)
        assert list(contender.first_messages.values()) == [message]


async def test_a_status_that_is_a_number_of_a_class_of_its_own_is_a_success() -> None:
    contenders = await contenders_of(Load(concurrency=1, requests=4), "OwnStatus", "OwnStatus")
    assert [(one.state, one.requests.ok, one.status) for one in contenders] == [
        ("finished", 4, {"200": 4}),
        ("finished", 4, {"200": 4}),
    ]


async def test_a_client_that_ends_the_program_while_it_opens_has_failed() -> None:
    (contender,) = await contenders_of(Load(concurrency=1, requests=1), "ExitsInOpen")
    assert (contender.state, contender.cause) == ("dnf", "SystemExit: 0")


async def test_a_request_that_hangs_is_a_time_out_and_the_next_is_sent() -> None:
    contenders = await contenders_of(Load(concurrency=2, requests=5), *HANGING, limit=0.2)
    for name, contender in zip(HANGING, contenders, strict=True):
        requests = contender.requests
        assert (name, contender.state, requests.planned, requests.timeout) == (name, "finished", 5, 5)
        assert contender.first_messages == {"timeout": "no whole answer within 0.2 s"}


async def test_a_run_that_is_stopped_ends_though_requests_hang() -> None:
    contenders = await contenders_of(Load(concurrency=2, seconds=60), *HANGING, limit=30.0, stop_at=2)
    for name, contender in zip(HANGING, contenders, strict=True):
        requests = contender.requests
        assert (name, contender.state, requests.planned, requests.cancelled) == (name, "stopped", 2, 2)


async def test_a_loop_that_stands_still_ends_its_contender_with_the_cause_and_counts_what_was_on_its_way() -> (
    None
):
    (contender,) = await contenders_of(Load(concurrency=2, seconds=0.3), "BlocksLoop", limit=0.2)
    assert contender.state == "dnf"
    assert "send does not come back" in (contender.cause or "")
    requests = contender.requests
    assert requests.planned == requests.cancelled + requests.timeout > 0
