"""Buffers of a turn's outcomes: only two times for an answer like the first, a whole record for any other."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from operator import itemgetter, sub
from threading import Lock
from typing import Any, NamedTuple, Self

from httptui.engines.base import FIRST_STATUS_WITH_HEADERS, Reply
from httptui.engines.protocol import Answer
from httptui.engines.statuses import is_success

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
        """The number of answers."""
        return len(self.times) + len(self.others)

    @property
    def bytes(self) -> int:
        """Body bytes of all answers."""
        return len(self.times) * self.kind[1] + sum(record[2] for record in self.others)

    @property
    def squared_bytes(self) -> float:
        """The sum of the squared body sizes."""
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
        """Number of answers by HTTP version."""
        return self._counts(self.kind[2], list(map(VERSION, self.others)))

    @property
    def good(self) -> Batch:
        """The successes."""
        others = [record for record in self.others if is_success(record[1])]
        if not is_success(self.kind[0]):
            return Batch(self.kind, [], [], others)
        return Batch(self.kind, self.ends, self.times, others)

    def parted(self, limit_ns: int) -> tuple[Batch, list[tuple[int, int]]]:
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
        times = self.times[:]
        ends = self.ends[: len(times)]
        del self.times[: len(times)], self.ends[: len(times)]
        moments = self.moments[:]
        del self.moments[: len(moments)]
        others = self._others[:]
        del self._others[: len(others)]
        came = moments[1::2]
        ends += came
        times += map(sub, came, moments[::2])
        return Batch(self.kind or NO_KIND, ends, times, others)

    def take_unfit(self) -> list[Unfit]:
        """Remove and return the values since the last call that were no replies."""
        unfit = self.unfit[:]
        del self.unfit[: len(unfit)]
        return unfit

    def copy(self) -> Self:
        """Return a copy that later calls of `keep` on this object do not reach."""
        copy = type(self)(self.kind)
        copy.first = self.first
        copy.times = self.times[:]
        copy.ends = self.ends[: len(copy.times)]
        copy.moments, copy._others, copy.unfit = self.moments[:], self._others[:], self.unfit[:]
        return copy
