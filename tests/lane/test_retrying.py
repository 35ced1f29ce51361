"""What is sent again, how often, after how long, and what comes out in the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from httptui.engines.base import Reply
from httptui.engines.lane.retrying import LONGEST_WAIT, Retries

OK: Reply = (200, b"ok", "1.1")
BUSY: Reply = (503, b"", "1.1")
REFUSED = ConnectionRefusedError(111, "Connection refused")
RESET = ConnectionResetError(104, "Connection reset by peer")
CAUSES = ("refused", "503")

Outcome = Reply | BaseException
Sending = Callable[["Scripted", Retries], Awaitable[Reply]]


class Scripted:
    """Gives one outcome after the other, and keeps what it was asked to send."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[Any] = []

    def once(self, request: Any) -> Reply:
        self.sent.append(request)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def once_async(self, request: Any) -> Reply:
        return self.once(request)


async def by_tasks(script: Scripted, retries: Retries) -> Reply:
    return await retries.wrap_async(script.once_async)("asked")


async def by_threads(script: Scripted, retries: Retries) -> Reply:
    return retries.wrap_sync(script.once)("asked")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits there would have been."""
    told: list[float] = []

    async def sleep(seconds: float) -> None:
        told.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(time, "sleep", told.append)
    return told


both = pytest.mark.parametrize("sending", [by_tasks, by_threads])


@both
@pytest.mark.parametrize(
    ("outcomes", "tries"),
    [
        ((OK,), 1),
        ((BUSY, OK), 2),
        ((REFUSED, BUSY, OK), 3),
        ((BUSY, BUSY, BUSY), 3),
        (((404, b"", "1.1"),), 1),
    ],
)
async def test_answers_are_tried_again_until_one_will_do_or_tries_are_used_up(
    sending: Sending, outcomes: tuple[Outcome, ...], tries: int, waits: list[float]
) -> None:
    script, retries = Scripted(*outcomes), Retries(2, 0.1, CAUSES, seed=1)
    assert await sending(script, retries) == outcomes[-1]
    assert script.sent == ["asked"] * tries
    assert (retries.count, len(waits)) == (tries - 1, tries - 1)


@both
@pytest.mark.parametrize(
    ("outcomes", "tries"), [((REFUSED, REFUSED, REFUSED), 3), ((RESET,), 1), ((BUSY, RESET), 2)]
)
async def test_the_last_error_is_the_librarys_own(
    sending: Sending, outcomes: tuple[Outcome, ...], tries: int, waits: list[float]
) -> None:
    script, retries = Scripted(*outcomes), Retries(2, 0.1, CAUSES, seed=1)
    with pytest.raises(ConnectionError) as raised:
        await sending(script, retries)
    assert raised.value is outcomes[-1]
    assert (len(script.sent), retries.count) == (tries, tries - 1)


@both
async def test_waits_double_give_or_take_a_half_and_are_the_same_for_the_same_seed(
    sending: Sending, waits: list[float]
) -> None:
    for _ in range(2):
        await sending(Scripted(*[BUSY] * 6), Retries(5, 0.1, CAUSES, seed=3))
    first, again = waits[:5], waits[5:]
    assert first == again
    assert all(0.5 <= wait / (0.1 * 2**at) <= 1.5 for at, wait in enumerate(first))
    assert len({wait / 2**at for at, wait in enumerate(first)}) == 5


def test_no_wait_is_much_longer_than_a_minute() -> None:
    retries = Retries(10, 30.0, CAUSES, seed=1)
    assert max(retries.wait_after(tries) for tries in range(1, 11)) <= 1.5 * LONGEST_WAIT


async def test_a_cancelled_request_is_not_sent_again() -> None:
    script, retries = Scripted(BUSY, OK), Retries(2, 60.0, CAUSES, seed=1)
    task = asyncio.create_task(retries.wrap_async(script.once_async)("asked"))
    while not script.sent:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (len(script.sent), retries.count) == (1, 0)
