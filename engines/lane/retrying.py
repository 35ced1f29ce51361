"""Requests that failed in a way that may pass are sent once more, by tenacity, the same for every client.

The first try is the plain one: tenacity's bookkeeping would cost more than a fast client's request.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from httptui.engines.base import Reply
from httptui.engines.errors import classify

if TYPE_CHECKING:
    from tenacity import RetryCallState

LONGEST_WAIT = 60.0
AsyncSend = Callable[[Any], Coroutine[Any, Any, Reply]]
SyncSend = Callable[[Any], Reply]


class Retries:
    """How often, when and for what a request is sent again, and how often that was.

    `first_wait` is in seconds; each wait is twice the one before, a minute at most, times a seeded factor from one
    half to one and a half.  `causes` are kinds of error and status codes.  ImportError where tenacity is missing.
    """

    def __init__(self, retries: int, first_wait: float, causes: Sequence[str], seed: int) -> None:
        import tenacity

        self._kinds = frozenset(cause for cause in causes if not cause.isdigit())
        self._codes = frozenset(int(cause) for cause in causes if cause.isdigit())
        self._first_wait = first_wait
        self._draw = random.Random(seed)
        self._counting = Lock()
        self._count = 0
        self._of_tasks, self._of_threads = tenacity.AsyncRetrying, tenacity.Retrying
        self._options: dict[str, Any] = {
            "stop": tenacity.stop_after_attempt(retries),
            "wait": lambda state: self.wait_after(state.attempt_number + 1),
            "retry": self._failed_again,
            "before": self._note,
            "retry_error_callback": _last_outcome,
        }

    @property
    def count(self) -> int:
        """Requests sent again so far."""
        return self._count

    def wait_after(self, tries: int) -> float:
        """Seconds to wait after so many tries."""
        return min(self._first_wait * 2.0 ** (tries - 1), LONGEST_WAIT) * self._draw.uniform(0.5, 1.5)

    def of_tasks(self, send: AsyncSend) -> AsyncSend:
        """The same sending, tried again."""

        async def sending(request: Any) -> Reply:
            try:
                reply = await send(request)
            except Exception as error:
                if not self._may_pass(error):
                    raise
            else:
                if not self._may_pass(reply):
                    return reply
            await asyncio.sleep(self.wait_after(1))
            return await self._of_tasks(sleep=asyncio.sleep, **self._options)(send, request)

        return sending

    def of_threads(self, send: SyncSend) -> SyncSend:
        """The same sending, tried again."""

        def sending(request: Any) -> Reply:
            try:
                reply = send(request)
            except Exception as error:
                if not self._may_pass(error):
                    raise
            else:
                if not self._may_pass(reply):
                    return reply
            time.sleep(self.wait_after(1))
            return self._of_threads(**self._options)(send, request)

        return sending

    def _may_pass(self, outcome: Reply | BaseException) -> bool:
        if isinstance(outcome, BaseException):
            return isinstance(outcome, Exception) and classify(outcome) in self._kinds
        return outcome[0] in self._codes

    def _failed_again(self, state: RetryCallState) -> bool:
        assert state.outcome is not None
        return self._may_pass(state.outcome.exception() or state.outcome.result())

    def _note(self, _state: RetryCallState) -> None:
        with self._counting:
            self._count += 1


def _last_outcome(state: RetryCallState) -> Any:
    """The answer or error of the last try, as it was."""
    assert state.outcome is not None
    return state.outcome.result()
