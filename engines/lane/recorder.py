"""Recorder of a turn's outcomes, drained in deltas, so that memory is bounded whatever the number of requests.

Of an answer like the first only two times are kept, of any other a whole record.

Successes are credited to blocks by time: each block gets the share of a request's life that lies inside it. Counting
completions per block would count whole waves where latencies are steady: four workers with 300 ms each complete
together, so a second holds 12 or 16 completions. Shares give 13.3 for every second, whatever the phase.
"""

from __future__ import annotations

from bisect import bisect_left
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from operator import itemgetter, sub
from threading import Lock
from time import process_time_ns
from typing import Any, NamedTuple, Self, TypeVar

from httptui.engines.base import FIRST_STATUS_WITH_HEADERS, Reply
from httptui.engines.buckets import histogram_of
from httptui.engines.errors import described_error, is_interim, is_success, is_timeout
from httptui.engines.lane.overdue import OverdueError
from httptui.engines.lane.turn import FOREVER_NS, Turn
from httptui.engines.protocol import Answer

T = TypeVar("T")

MOST_KINDS = 8
BODY_BYTES = 4096
"""Twice as much as is shown: the text is cut again after secrets are masked, so that no secret is cut in half."""
MOST_HEADERS, LONGEST_VALUE = 50, 1000


class FirstAnswers:
    """The first answer of each status from FIRST_STATUS_WITH_HEADERS on, in one turn.

    Any thread may offer answers; one thread takes the new ones.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._fresh: dict[str, Answer] = {}

    def look(self, reply: Reply) -> None:
        """Keep an answer if it is the first of its status."""
        status = int(reply[0])
        if status < FIRST_STATUS_WITH_HEADERS or status in self._seen or len(self._seen) >= MOST_KINDS:
            return
        self._seen.add(status)
        self._fresh[str(status)] = described(reply)

    def take(self) -> dict[str, Answer]:
        """Return the answers that are new since the last call, by status."""
        fresh, self._fresh = self._fresh, {}
        return fresh


def described(reply: Reply) -> Answer:
    """Describe an answer: headers as pairs, if the client gives them; start of the body as text; body size."""
    body, headers = reply[1], getattr(reply, "headers", b"")
    pairs: list[tuple[str, str]] = []
    # Headers may have any form in a library, and a failure to read them must not end the lane.
    with suppress(Exception):
        pairs = list(_headers(headers))[:MOST_HEADERS]
    return Answer(
        headers=pairs,
        body=getincrementaldecoder("utf-8")("replace").decode(body[:BODY_BYTES]),
        bytes=len(body),
    )


def _headers(headers: Any) -> Iterator[tuple[str, str]]:
    if isinstance(headers, bytes):
        lines = headers.decode("latin-1").splitlines()[1:]
        pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    else:
        pairs = list(headers.items() if hasattr(headers, "items") else headers)
    for name, value in pairs:
        yield _text(name), _text(value)[:LONGEST_VALUE]


def _text(part: Any) -> str:
    return bytes(part).decode("latin-1") if isinstance(part, bytes | memoryview) else str(part)


Kind = tuple[int, int, str]
"""Status code, body size in bytes and HTTP version of an answer."""

Record = tuple[int, int, int, str, int, int]
"""Service time, the three fields of Kind, delay of sending, and time of completion; times in nanoseconds."""

STATUS, VERSION = itemgetter(1), itemgetter(3)
NO_KIND: Kind = (0, 0, "")


class NoReplyError(TypeError):
    """The value that an engine's `send` returned is not a reply."""

    def __init__(self, returned: object) -> None:
        if isinstance(returned, tuple):
            told = f"a tuple of {', '.join(type(part).__name__ for part in returned[:5]) or 'nothing'}"
        else:
            told = "None" if returned is None else f"a value of type {type(returned).__name__}"
        super().__init__(f"send returned {told}; it has to return (status, body, HTTP version)")


Unfit = tuple[NoReplyError, int, int]
"""The error, its service time, and the delay between plan and sending, in nanoseconds."""


def _is_reply(status: object, body: object, version: object) -> bool:
    return (
        isinstance(status, int)
        and isinstance(body, bytes | bytearray | memoryview)
        and isinstance(version, str)
    )


class Batch(NamedTuple):
    """Some answers: completion times and service times of those of one kind that were sent on time; records of all
    others.

    Times are in nanoseconds.
    """

    kind: Kind
    ends: list[int]
    times: list[int]
    others: list[Record]

    @property
    def size(self) -> int:
        return len(self.times) + len(self.others)

    @property
    def bytes(self) -> int:
        return len(self.times) * self.kind[1] + sum(record[2] for record in self.others)

    @property
    def squared_bytes(self) -> float:
        return len(self.times) * float(self.kind[1]) ** 2 + sum(
            float(record[2]) ** 2 for record in self.others
        )

    @property
    def statuses(self) -> dict[int, int]:
        """Number of answers by status, as plain integers: a library's own status type may print differently."""
        counts = self._counts(self.kind[0], list(map(STATUS, self.others)))
        return {int(status): count for status, count in counts.items()}

    @property
    def versions(self) -> dict[str, int]:
        return self._counts(self.kind[2], list(map(VERSION, self.others)))

    @property
    def good(self) -> Batch:
        others = [record for record in self.others if is_success(record[1])]
        if not is_success(self.kind[0]):
            return Batch(self.kind, [], [], others)
        return Batch(self.kind, self.ends, self.times, others)

    def split_overdue(self, limit_ns: int) -> tuple[Batch, list[tuple[int, int]]]:
        """Split off the answers whose service time exceeds a limit, as pairs of service time and delay of sending."""
        if max(self.service_ns, default=0) <= limit_ns:
            return self, []
        in_time = [pair for pair in zip(self.ends, self.times, strict=True) if pair[1] <= limit_ns]
        over = [(time, 0) for time in self.times if time > limit_ns]
        over += [(record[0], record[4]) for record in self.others if record[0] > limit_ns]
        others = [record for record in self.others if record[0] <= limit_ns]
        ends, times = [end for end, _ in in_time], [time for _, time in in_time]
        return Batch(self.kind, ends, times, others), over

    @property
    def lives(self) -> tuple[tuple[list[int], list[int]], ...]:
        """Completion times, in nearly rising order, with service times: of the usual kind, and of the others."""
        others = self.others
        return (self.ends, self.times), ([record[5] for record in others], [record[0] for record in others])

    @property
    def service_ns(self) -> list[int]:
        """Times from sending to completion."""
        return self.times + [record[0] for record in self.others]

    @property
    def response_ns(self) -> list[int]:
        """Times from plan to completion."""
        return self.times + [record[0] + record[4] for record in self.others]

    @property
    def late_ns(self) -> list[int]:
        """Times from plan to sending."""
        return [0] * len(self.times) + [record[4] for record in self.others]

    def _counts(self, usual: Any, others: list[Any]) -> dict[Any, int]:
        found = Counter(others)
        if self.times:
            found[usual] += len(self.times)
        return dict(found)


def drained(items: list[T]) -> list[T]:
    """Remove and return what a list holds, while other threads append to it."""
    taken = items[:]
    del items[: len(taken)]
    return taken


class Answers:
    """Answers since the last `take`; any thread may keep one, one thread takes them.

    For an answer of the usual `kind` only its times are kept: a record of each would cost the fastest engine 2 % of
    its rate, and megabytes of memory. `moments` alternates send and completion times; both are added in one call, so
    that no other thread comes between. A caller that keeps answers in one thread only may instead append to `ends`
    and then to `times`, which is cheaper to read.
    """

    def __init__(self, kind: Kind | None = None) -> None:
        self.kind = kind
        self.ends: list[int] = []
        self.times: list[int] = []
        self.moments: list[int] = []
        self.unfit: list[Unfit] = []
        self._others: list[Record] = []
        self._choosing = Lock()
        self.first = FirstAnswers()

    def keep(self, sent_ns: int, came_ns: int, reply: Reply, late_ns: int) -> None:
        """Keep the answer to a request that was sent `late_ns` late, or record that it is not a reply."""
        try:
            status, body, version = reply
            kind = status, len(body), version
        except (TypeError, ValueError):
            self.unfit.append((NoReplyError(reply), came_ns - sent_ns, late_ns))
            return
        if kind == self.kind and not late_ns:
            self.moments.extend((sent_ns, came_ns))
            return
        if not _is_reply(status, body, version):
            self.unfit.append((NoReplyError(reply), came_ns - sent_ns, late_ns))
            return
        if status >= FIRST_STATUS_WITH_HEADERS:
            self.first.look(reply)
        if self.kind is None:
            with self._choosing:
                # Set once: times kept under another kind could no longer be told apart.
                self.kind = self.kind or kind
        self._others.append((came_ns - sent_ns, *kind, late_ns, came_ns))

    def take(self) -> Batch:
        """Remove and return everything kept since the last call."""
        times = drained(self.times)
        ends = self.ends[: len(times)]
        del self.ends[: len(times)]
        moments, others = drained(self.moments), drained(self._others)
        came = moments[1::2]
        ends += came
        times += map(sub, came, moments[::2])
        return Batch(self.kind or NO_KIND, ends, times, others)

    def copy(self) -> Self:
        """Return a copy that later calls of `keep` on this object do not reach."""
        copy = type(self)(self.kind)
        copy.first = self.first
        copy.times = self.times[:]
        copy.ends = self.ends[: len(copy.times)]
        copy.moments, copy._others, copy.unfit = self.moments[:], self._others[:], self.unfit[:]
        return copy


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
        answers, over = self.answers.take().split_overdue(self._limit_ns)
        for error, elapsed_ns, late_ns in drained(self.answers.unfit):
            self.fail(error, elapsed_ns + late_ns, late_ns)
        failures = drained(self.failures)
        if over:
            kind, message = described_error(OverdueError(self._limit_ns))
            failures += [(kind, message, time + late, late) for time, late in over]
        cancelled = drained(self._cancelled)
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
