"""What one turn leaves behind, taken out in deltas: bounded memory, whatever the number of requests.

Credit for successes to the blocks of a turn: each block gets the share of a request's life that lies inside it.

Counting what ends inside a block counts whole waves where latencies are steady: four workers with 300 ms each end
together, so a second holds 12 or 16 of them.  Shares of lives make it 13.3 in every second, whatever the phase.
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
"""By how much ends are often out of order, where a thread waits between its clock and its record.  One that waits for
longer is worth as much in all, but perhaps to the wrong side of the edge.
"""


def shares(begin: int, end: int, edges: Sequence[int], blocks: Sequence[int]) -> Iterator[tuple[int, float]]:
    """The blocks that a life from `begin` to `end` touches, the last first, each with its share of the life.

    `edges` are where spans of time begin, in order, and `blocks` the block of each; a span lasts to the next one.
    What lies before the first edge is not part of the life.  The shares add up to 1.
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
    """The spans of one turn so far, and what the successes of each frame are worth to its blocks.

    A request's life is its service time and the `think_ns` before it, so that a worker's lives follow each other
    without a gap.
    """

    def __init__(self, think_ns: int = 0) -> None:
        self._think_ns = think_ns
        self._edges: list[int] = []
        self._blocks: list[int] = []

    def enter(self, block: int, start_ns: int) -> None:
        """The next frame begins at a time, and belongs to a block."""
        if not self._blocks or self._blocks[-1] != block:
            self._edges.append(start_ns)
            self._blocks.append(block)

    def give(
        self, ends: Sequence[int], lives: Sequence[int], *, start_ns: int, end_ns: int, held_ns: int = 0
    ) -> dict[int, float]:
        """Credit of each block for the successes of the frame from `start_ns` to `end_ns`, the last one entered.

        `ends` are in nearly rising order and of a clock that is ahead of the frames' by `held_ns`; `lives` are
        service times in nanoseconds.  Only what may have begun before the frame's block is looked at one by one.
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
"""The number of the block that a frame from one time to another belongs to."""

Failure = tuple[str, str, int, int]
"""Kind of error, message, nanoseconds after it was planned, and after that nanoseconds until it was sent."""


class Recorder:
    """What one turn's workers have recorded since the last drain, and how many requests are on their way.

    Workers keep what comes back in `answers` and hold in `busy` when their request was planned; a reporter thread
    drains both, in the order that can never count a request twice.  Each turn has its own recorder.  Whatever comes
    later than `limit_ns` after its request was sent is a time-out, be it an answer or another error.
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
        """Make room for one worker more."""
        self.busy.append(0)

    def fail(self, error: BaseException, elapsed_ns: int, late_ns: int) -> None:
        """Record a request that raised, so many nanoseconds after it was planned, and was sent so late."""
        kind, message = told(error)
        if elapsed_ns - late_ns >= self._limit_ns and not is_timeout(kind):
            kind, message = told(OverdueError(self._limit_ns))
        self.failures.append((kind, message, elapsed_ns, late_ns))

    def end_worker(self, worker: int, now_ns: int) -> None:
        """Record that a worker has left, and when its last request was done."""
        self.busy[worker] = 0
        self.ended_ns = max(self.ended_ns, now_ns)

    def cancel_worker(self, worker: int, now_ns: int) -> None:
        """Record that a worker was made to leave its request, where it had one."""
        planned_ns, self.busy[worker] = self.busy[worker], 0
        if planned_ns:
            self._cancelled.append(now_ns - planned_ns)

    def leave_behind(self, now_ns: int) -> None:
        """Count as cancelled what is still in flight; what its threads record later is read by nobody."""
        self.answers, self.failures = self.answers.apart(), self.failures[:]
        for worker in range(len(self.busy)):
            self.cancel_worker(worker, now_ns)

    def drain(self, now_ns: int, block_of: BlockOf, *, last: bool = False) -> dict[str, Any]:
        """All since the last drain, as the fields of a frame, up to a time of the load's clock; `last` ends it at the
        turn's last completion.
        """
        answers, over = self.answers.take().parted(self._limit_ns)
        for error, elapsed_ns, late_ns in self.answers.take_unfit():
            self.fail(error, elapsed_ns + late_ns, late_ns)
        failures = self.failures[:]
        del self.failures[: len(failures)]
        if over:
            kind, message = told(OverdueError(self._limit_ns))
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


def told(error: BaseException) -> tuple[str, str]:
    """The kind and the message of an error; a library's own class may fail while it is looked at.  What is no failure
    as a rule, such as the end of the program, is told with its name.
    """
    name = type(error).__name__
    try:
        kind, message = classify(error), message_of(error)
    except Exception:  # noqa: BLE001 - what a library's error does must not end who counts it
        return "other", name
    return kind, message if isinstance(error, Exception) or message == name else f"{name}: {message}"


def summarise(answers: Batch, failures: list[Failure]) -> dict[str, Any]:
    """Counts, histogram and sums of some outcomes: an answer whose status is no success is an error."""
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
    """Of an open load: times from plan to answer or giving up, and from plan to start."""
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
    """How long requests had no answer when they timed out or were cancelled: each would have taken longer than that.

    When a cancelled request was sent is not kept, so its time runs from when it was planned.
    """
    times = [elapsed - late for kind, _, elapsed, late in failures if is_timeout(kind)] + cancelled
    return {
        "bounds": flat_histogram(times),
        "bounds_sum_ns": sum(times),
        "bounds_max_ns": max(times, default=0),
    }


def flat_histogram(times: list[int]) -> list[int]:
    """Bucket, count, bucket, count … of some times in nanoseconds."""
    return list(chain.from_iterable(sorted(histogram_of(times).items())))
