"""What an app has done since it was asked last: bounded memory, whatever the number of requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import process_time_ns

from httptui.engines.base import Reply
from httptui.engines.errors import message_of
from httptui.engines.lane.retrying import Retries
from httptui.engines.protocol import Reading
from httptui.engines.statuses import is_success


class Ledger:
    """Calls of the upstream client, their retries and look-ups of names, CPU time, and how late the event loop was.

    Any thread may add; one drains, in the order that can never count a call twice.
    """

    def __init__(
        self, retries: Retries | None = None, lookups: Callable[[], int | None] = lambda: None
    ) -> None:
        self.lag_max_ns: int | None = 0
        self.foreign = 0
        self.beat_ns: int | None = None
        self._retries = retries
        self._lookups = lookups
        self._retried_before = self._foreign_before = 0
        self._answers: list[tuple[int, str]] = []
        self._failures: list[str] = []
        self._cpu_before = process_time_ns()

    def answered(self, reply: Reply, elapsed_ns: int) -> None:
        """Count a call with its answer; one whose status is no success has failed."""
        status, _, version = reply
        if is_success(status):
            self._answers.append((elapsed_ns, version))
        else:
            self._failures.append(f"upstream answered with status {int(status)}")

    def failed(self, error: Exception) -> None:
        """Count a call that raised."""
        self._failures.append(f"upstream: {type(error).__name__}: {message_of(error)}")

    def begin(self) -> None:
        """Forget the CPU time and the lag until now: the app has been idle, and comes under load."""
        self._cpu_before = process_time_ns()
        self.lag_max_ns = 0

    def drain(self) -> Reading:
        """All since the last drain."""
        answers = self._answers[:]
        del self._answers[: len(answers)]
        failures = self._failures[:]
        del self._failures[: len(failures)]
        cpu, lag = process_time_ns(), self.lag_max_ns
        foreign = self.foreign
        retried = 0 if self._retries is None else self._retries.count
        reading = Reading(
            cpu_ns=cpu - self._cpu_before,
            lag_max_ns=lag,
            answered=len(answers),
            failed=len(failures),
            retried=retried - self._retried_before,
            lookups=self._lookups(),
            upstream_ns=sum(elapsed for elapsed, _ in answers),
            http=Counter(version for _, version in answers),
            message=failures[0] if failures else "",
            foreign=foreign - self._foreign_before,
        )
        self._foreign_before = foreign
        self._cpu_before, self._retried_before, self.lag_max_ns = cpu, retried, 0
        return reading
