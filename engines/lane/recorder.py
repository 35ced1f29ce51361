"""Recorder of a turn, drained in deltas, so that memory is bounded whatever the number of requests.

Successes are credited to blocks by time: each block gets the share of a request's life that lies inside it. Counting
completions per block would count whole waves where latencies are steady: four workers with 300 ms each complete
together, so a second holds 12 or 16 completions. Shares give 13.3 for every second, whatever the phase.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from time import process_time_ns
from typing import Any

from httptui.engines.buckets import histogram_of
from httptui.engines.errors import classify, is_timeout, message_of
from httptui.engines.lane.answers import Answers, Batch
from httptui.engines.lane.overdue import OverdueError
from httptui.engines.lane.turn import FOREVER_NS, Turn
from httptui.engines.statuses import is_interim

NO_BLOCK = -1
DISORDER_NS = 1_000_000
"""Usual extent to which completion times are out of order, as a thread may wait between reading its clock and
recording. A longer wait keeps the total credit, but may assign it to the wrong side of a block's edge.
"""


def shares(begin: int, end: int, edges: Sequence[int], blocks: Sequence[int]) -> Iterator[tuple[int, float]]:
    """Yield the blocks that a life from `begin` to `end` touches, the last first, each with its share of the life.

    `edges` are the starts of consecutive time spans, and `blocks` the block of each. The part of a life before the
    first edge is ignored. The shares add up to 1.
    """
    begin = max(begin, edges[0])
    if end <= begin:
        yield blocks[-1], 1.0
        return
    upper = end
    for edge, block in zip(reversed(edges), reversed(blocks), strict=True):
        if upper <= edge:
            continue
        yield block, (upper - max(begin, edge)) / (end - begin)
        if begin >= edge:
            break
        upper = edge


class Credits:
    """Credits the successes of each frame to the blocks of one turn.

    A request's life is its service time plus the `think_ns` before it, so that a worker's lives adjoin without a gap.
    """

    def __init__(self, think_ns: int = 0) -> None:
        self._think_ns = think_ns
        self._edges: list[int] = []
        self._blocks: list[int] = []

    def enter(self, block: int, start_ns: int) -> None:
        """Begin the next frame, at a time and in a block."""
        if not self._blocks or self._blocks[-1] != block:
            self._edges.append(start_ns)
            self._blocks.append(block)

    def give(
        self, ends: Sequence[int], lives: Sequence[int], *, start_ns: int, end_ns: int, held_ns: int = 0
    ) -> dict[int, float]:
        """Return each block's credit for the successes of the current frame, from `start_ns` to `end_ns`.

        `ends` are in nearly rising order, on a clock that is `held_ns` ahead of the frames' clock. `lives` are
        service times in nanoseconds. Only successes that may have begun before the frame's block are examined one by
        one.
        """
        if not ends:
            return {}
        edge, longest = self._edges[-1], max(lives) + self._think_ns
        beside = 0
        if start_ns < edge + longest + DISORDER_NS:
            beside = bisect_left(ends, edge + longest + DISORDER_NS + held_ns)
        given = {self._blocks[-1]: float(len(ends) - beside)}
        for end, life in zip(ends[:beside], lives[:beside], strict=True):
            ended = min(max(end - held_ns, start_ns), end_ns)
            begun = ended - life - self._think_ns
            if begun >= edge:
                given[self._blocks[-1]] += 1.0
                continue
            for block, share in shares(begun, ended, self._edges, self._blocks):
                given[block] = given.get(block, 0.0) + share
        return {block: credit for block, credit in given.items() if credit and block != NO_BLOCK}


BlockOf = Callable[[int, int], int]
"""Return the block number of a frame, given its start and end."""

Failure = tuple[str, str, int, int]
"""Kind of error, message, nanoseconds from plan to failure, and nanoseconds from plan to sending."""


class Recorder:
    """Outcomes of one turn's workers since the last drain, and the requests in flight.

    Workers keep answers in `answers`, and the planned time of their current request in `busy` (0: none). A reporter
    thread drains both, in an order that cannot count a request twice. Each turn has its own recorder. An outcome
    later than `limit_ns` after sending is a time-out, whether it is an answer or another error.
    """

    def __init__(self, turn: Turn, workers: int, limit_ns: int = FOREVER_NS) -> None:
        self.turn = turn
        self._limit_ns = limit_ns
        self.answers = Answers()
        self.failures: list[Failure] = []
        self.busy = [0] * workers
        self.ended_ns = 0
        self.lag_max_ns: int | None = None
        self.beat_ns: int | None = None
        self._credits = Credits(0 if turn.open else turn.think_ns)
        self._cancelled: list[int] = []
        self._finished = 0
        self._planned_before = 0
        self._dropped_before = 0
        self._cpu_before = process_time_ns()
        self._drained_to = turn.begin_ns

    def add_worker(self) -> None:
        """Make room for one more worker."""
        self.busy.append(0)

    def fail(self, error: BaseException, elapsed_ns: int, late_ns: int) -> None:
        """Record a request that raised: time since it was planned, and delay of its sending, in nanoseconds."""
        kind, message = described_error(error)
        if elapsed_ns - late_ns >= self._limit_ns and not is_timeout(kind):
            kind, message = described_error(OverdueError(self._limit_ns))
        self.failures.append((kind, message, elapsed_ns, late_ns))

    def end_worker(self, worker: int, now_ns: int) -> None:
        """Record that a worker has stopped, and when its last request was done."""
        self.busy[worker] = 0
        self.ended_ns = max(self.ended_ns, now_ns)

    def cancel_worker(self, worker: int, now_ns: int) -> None:
        """Record that a worker's current request, if any, was cancelled."""
        planned_ns, self.busy[worker] = self.busy[worker], 0
        if planned_ns:
            self._cancelled.append(now_ns - planned_ns)

    def leave_behind(self, now_ns: int) -> None:
        """Count everything in flight as cancelled; later records of those threads are discarded."""
        self.answers, self.failures = self.answers.copy(), self.failures[:]
        for worker in range(len(self.busy)):
            self.cancel_worker(worker, now_ns)

    def drain(self, now_ns: int, block_of: BlockOf, *, last: bool = False) -> dict[str, Any]:
        """Return everything since the last drain as the fields of a frame that ends at a time of the load clock.

        The `last` frame ends at the turn's last completion.
        """
        answers, over = self.answers.take().parted(self._limit_ns)
        for error, elapsed_ns, late_ns in self.answers.take_unfit():
            self.fail(error, elapsed_ns + late_ns, late_ns)
        failures = self.failures[:]
        del self.failures[: len(failures)]
        if over:
            kind, message = described_error(OverdueError(self._limit_ns))
            failures += [(kind, message, time + late, late) for time, late in over]
        cancelled = self._cancelled[:]
        del self._cancelled[: len(cancelled)]
        dropped = self.turn.dropped
        busy = self.busy[:]
        in_flight = len(busy) - busy.count(0)
        cpu = process_time_ns()
        if last and self.ended_ns:
            now_ns = self.turn.load_ns(self.ended_ns)
        end_ns = max(now_ns, self._drained_to)
        self._finished += answers.size + len(failures) + len(cancelled)
        planned = max(self._finished + dropped + in_flight, self._planned_before)
        start_ns, block = self._drained_to, block_of(self._drained_to, end_ns)
        self._credits.enter(block, start_ns)
        credit = Counter[int]()
        for ends, lives in answers.good.lives:
            given = self._credits.give(
                ends, lives, start_ns=start_ns, end_ns=end_ns, held_ns=self.turn.held_ns
            )
            credit.update(given)
        frame = {
            "block": block,
            "credits": credit,
            "start_ns": start_ns,
            "end_ns": end_ns,
            "load_until_ns": self.turn.until_ns,
            "planned": planned - self._planned_before,
            "dropped": dropped - self._dropped_before,
            "cancelled": len(cancelled),
            "in_flight": in_flight,
            "cpu_ns": cpu - self._cpu_before,
            "lag_max_ns": self.lag_max_ns,
        }
        self._planned_before, self._dropped_before = planned, dropped
        self._drained_to, self._cpu_before = end_ns, cpu
        self.lag_max_ns = None if self.lag_max_ns is None else 0
        frame |= summarise(answers, failures) | lower_bounds(failures, cancelled)
        frame["first_answers"] = self.answers.first.take()
        return frame | response_times(answers, failures, cancelled) if self.turn.open else frame


def described_error(error: BaseException) -> tuple[str, str]:
    """Return kind and message of an error, even if a library's own class fails while it is examined.

    Exceptions that are not errors, such as SystemExit, are prefixed with their name.
    """
    name = type(error).__name__
    try:
        kind, message = classify(error), message_of(error)
    except Exception:  # noqa: BLE001 - a library's error class must not break the counting
        return "other", name
    return kind, message if isinstance(error, Exception) or message == name else f"{name}: {message}"


def summarise(answers: Batch, failures: list[Failure]) -> dict[str, Any]:
    """Count outcomes and build histogram and sums; an answer without a success status is an error."""
    good, statuses = answers.good, answers.statuses
    times = good.service_ns
    errors = Counter(kind for kind, *_ in failures)
    timeouts = sum(count for kind, count in errors.items() if is_timeout(kind))
    messages = {kind: message for kind, message, *_ in reversed(failures)}
    early = [code for code in statuses if is_interim(code)]
    interim = sum(statuses[code] for code in early)
    refused = answers.size - good.size - interim
    if refused:
        errors["status"] = refused
    if interim:
        errors["protocol"] += interim
        messages.setdefault("protocol", f"took the interim answer {early[0]} for the final one")
    return {
        "ok": good.size,
        "error": len(failures) - timeouts + refused + interim,
        "timeout": timeouts,
        "bytes": answers.bytes,
        "ok_bytes": good.bytes,
        "ok_bytes_squared": good.squared_bytes,
        "histogram": flat_histogram(times),
        "latency_sum_ns": sum(times),
        "latency_max_ns": max(times, default=0),
        "status": {str(code): count for code, count in statuses.items()},
        "errors": dict(errors),
        "messages": messages,
        "http": answers.versions,
    }


def response_times(answers: Batch, failures: list[Failure], cancelled: list[int]) -> dict[str, Any]:
    """Build the fields of an open load: times from plan to completion or failure, and from plan to sending."""
    times = answers.good.response_ns
    bounds = [elapsed for kind, _, elapsed, _ in failures if is_timeout(kind)] + cancelled
    return {
        "response": flat_histogram(times),
        "response_sum_ns": sum(times),
        "response_max_ns": max(times, default=0),
        "response_bounds": flat_histogram(bounds),
        "response_bounds_sum_ns": sum(bounds),
        "response_bounds_max_ns": max(bounds, default=0),
        "late": flat_histogram(answers.late_ns),
    }


def lower_bounds(failures: list[Failure], cancelled: list[int]) -> dict[str, Any]:
    """Build the histogram of lower bounds: requests that timed out or were cancelled would have taken longer than
    this.

    The send time of a cancelled request is not kept, so its time runs from its plan.
    """
    times = [elapsed - late for kind, _, elapsed, late in failures if is_timeout(kind)] + cancelled
    return {
        "bounds": flat_histogram(times),
        "bounds_sum_ns": sum(times),
        "bounds_max_ns": max(times, default=0),
    }


def flat_histogram(times: list[int]) -> list[int]:
    """Flatten the histogram of times in nanoseconds: bucket, count, bucket, count …"""
    return list(chain.from_iterable(sorted(histogram_of(times).items())))
