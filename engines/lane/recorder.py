"""What one turn leaves behind, taken out in deltas: bounded memory, whatever the number of requests."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from time import perf_counter_ns, process_time_ns
from typing import Any

from engines.buckets import histogram_of
from engines.errors import classify, is_timeout, message_of

Record = tuple[int, int, int, str]
"""Service time in nanoseconds, status code, body bytes, HTTP version."""

ANSWER = itemgetter(1, 2, 3)
FOREVER_NS = 2**63
FIRST_ERROR_STATUS = 400


class Recorder:
    """One turn: when its workers stop sending, what they recorded, and how many requests are on their way.

    Workers append to `records` and mark `busy`; a reporter thread drains both, in the order that can never count
    a request twice.  Each turn has its own recorder.
    """

    def __init__(
        self, workers: int, *, start_ns: int, seconds: float | None, requests: int | None, burst: bool
    ) -> None:
        self.records: list[Record] = []
        self.failures: list[tuple[str, str]] = []
        self.busy = bytearray(workers)
        self.start_ns = start_ns
        self.deadline_ns = FOREVER_NS if seconds is None else start_ns + int(seconds * 1e9)
        self.limit = 1 if burst else FOREVER_NS if requests is None else requests
        self.ended_ns = 0
        self.cancelled = 0
        self.lag_max_ns: int | None = None
        self._burst = burst
        self._tickets = itertools.count()
        self._finished = 0
        self._planned_before = 0
        self._cancelled_before = 0
        self._cpu_before = process_time_ns()
        self._drained_to = start_ns

    def tickets(self) -> Iterator[int]:
        """What numbers a worker's requests: one count for all, or, in a burst, one for each worker."""
        return itertools.count() if self._burst else self._tickets

    def fail(self, error: BaseException) -> None:
        """Record a request that raised."""
        self.failures.append((classify(error), message_of(error)))

    def stop(self) -> None:
        """Let workers finish what is in flight and send no more."""
        self.deadline_ns = 0

    def seconds_left(self) -> float | None:
        """Seconds until workers stop sending, or None where only requests bound the turn."""
        if self.deadline_ns >= FOREVER_NS:
            return None
        return (self.deadline_ns - perf_counter_ns()) / 1e9

    def leave_behind(self) -> None:
        """Count as cancelled what is still in flight; what its threads record later is read by nobody."""
        self.records, self.failures = self.records[:], self.failures[:]
        for worker in range(len(self.busy)):
            self.cancel_worker(worker)

    def end_worker(self, slot: int, now_ns: int) -> None:
        """Record that a worker has left, and when its last request was done."""
        self.busy[slot] = 0
        self.ended_ns = max(self.ended_ns, now_ns)

    def cancel_worker(self, slot: int) -> None:
        """Record that a worker was made to leave its request."""
        self.cancelled += self.busy[slot]
        self.busy[slot] = 0

    def drain(self, now_ns: int, *, last: bool = False) -> dict[str, Any]:
        """All since the last drain, as the fields of a frame; `last` ends it at the turn's last completion."""
        records = self.records[:]
        del self.records[: len(records)]
        failures = self.failures[:]
        del self.failures[: len(failures)]
        cancelled = self.cancelled
        in_flight = sum(self.busy)
        cpu = process_time_ns()
        end_ns = max(self.ended_ns or now_ns, self._drained_to) if last else now_ns
        self._finished += len(records) + len(failures)
        planned = max(self._finished + cancelled + in_flight, self._planned_before)
        frame = {
            "start_ns": self._drained_to,
            "end_ns": end_ns,
            "planned": planned - self._planned_before,
            "cancelled": cancelled - self._cancelled_before,
            "in_flight": in_flight,
            "cpu_ns": cpu - self._cpu_before,
            "lag_max_ns": self.lag_max_ns,
        }
        self._drained_to, self._cpu_before = end_ns, cpu
        self._planned_before, self._cancelled_before = planned, cancelled
        self.lag_max_ns = None if self.lag_max_ns is None else 0
        return frame | summarise(records, failures)


def summarise(records: list[Record], failures: list[tuple[str, str]]) -> dict[str, Any]:
    """Counts, histogram and sums of some records: an answer with a status of 400 or more is an error."""
    status: Counter[str] = Counter()
    http: Counter[str] = Counter()
    size = refused = 0
    for (code, length, version), count in Counter(map(ANSWER, records)).items():
        status[str(code)] += count
        http[version] += count
        size += length * count
        if code >= FIRST_ERROR_STATUS:
            refused += count
    times = [record[0] for record in records]
    if refused:
        times = [record[0] for record in records if record[1] < FIRST_ERROR_STATUS]
    histogram = histogram_of(times)
    errors = Counter(kind for kind, _ in failures)
    timeouts = sum(count for kind, count in errors.items() if is_timeout(kind))
    if refused:
        errors["status"] = refused
    return {
        "ok": len(times),
        "error": len(failures) - timeouts + refused,
        "timeout": timeouts,
        "bytes": size,
        "histogram": [number for pair in sorted(histogram.items()) for number in pair],
        "latency_sum_ns": sum(times),
        "latency_max_ns": max(times, default=0),
        "status": dict(status),
        "errors": dict(errors),
        "messages": dict(reversed(failures)),
        "http": dict(http),
    }
