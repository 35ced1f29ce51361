"""Retries by tenacity, the same for every client: requests whose failure may pass are sent again.

tenacity is the one library besides the client that a lane may import. The first try goes without it, because its
bookkeeping would cost more than a fast client's request.
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
    """Retry policy, and the number of retries so far.

    `first_wait` is in seconds; each wait is twice the one before, at most a minute, times a seeded random factor from
    0.5 to 1.5. `causes` are kinds of error and status codes. Raises ImportError if tenacity is missing.
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
        return self._count

    def wait_after(self, tries: int) -> float:
        """Return the seconds to wait after so many tries."""
        return min(self._first_wait * 2.0 ** (tries - 1), LONGEST_WAIT) * self._draw.uniform(0.5, 1.5)

    def wrap_async(self, send: AsyncSend) -> AsyncSend:
        """Wrap the `send` of an async engine with retries."""

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

    def wrap_sync(self, send: SyncSend) -> SyncSend:
        """Wrap the `send` of a sync engine with retries."""

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
    """Return the answer, or raise the error, of the last try."""
    assert state.outcome is not None
    return state.outcome.result()
