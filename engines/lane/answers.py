"""What came back to one turn's workers: of answers like the first their times alone, of others all that counts."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from operator import itemgetter, sub
from threading import Lock
from typing import Any, NamedTuple, Self

from httptui.engines.base import FIRST_TOLD_STATUS, Reply
from httptui.engines.protocol import Answer
from httptui.engines.statuses import is_success

MOST_KINDS = 8
BODY_BYTES = 4096
"""Twice what is shown: what is cut is shortened again once secrets are masked, so that none is cut in two."""
MOST_HEADERS, LONGEST_VALUE = 50, 1000


class FirstAnswers:
    """Those of one turn; any thread may look at an answer, one takes what is new."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._fresh: dict[str, Answer] = {}

    def look(self, reply: Reply) -> None:
        """Keep an answer if it is the first of its status."""
        status = int(reply[0])
        if status < FIRST_TOLD_STATUS or status in self._seen or len(self._seen) >= MOST_KINDS:
            return
        self._seen.add(status)
        self._fresh[str(status)] = described(reply)

    def take(self) -> dict[str, Answer]:
        """Those that are new since the last time, by status."""
        fresh, self._fresh = self._fresh, {}
        return fresh


def described(reply: Reply) -> Answer:
    """Headers as pairs, none where the client does not give them; the beginning of the body as text, and its size."""
    body, headers = reply[1], getattr(reply, "headers", b"")
    pairs: list[tuple[str, str]] = []
    # A library may have headers in any form, and what cannot be told must not end the lane.
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
"""Status code, body bytes and HTTP version of an answer."""

Record = tuple[int, int, int, str, int, int]
"""Service time in nanoseconds, the answer's kind, nanoseconds sent after it was planned, when it came."""

STATUS, VERSION = itemgetter(1), itemgetter(3)
NO_KIND: Kind = (0, 0, "")


class NoReplyError(TypeError):
    """What an engine's `send` returned is no reply."""

    def __init__(self, returned: object) -> None:
        if isinstance(returned, tuple):
            told = f"a tuple of {', '.join(type(part).__name__ for part in returned[:5]) or 'nothing'}"
        else:
            told = "None" if returned is None else f"a value of type {type(returned).__name__}"
        super().__init__(f"send returned {told}; it has to return (status, body, HTTP version)")


Unfit = tuple[NoReplyError, int, int]
"""Why what came is no answer, its service time in nanoseconds, and nanoseconds sent after it was planned."""


def _is_reply(status: object, body: object, version: object) -> bool:
    return (
        isinstance(status, int)
        and isinstance(body, bytes | bytearray | memoryview)
        and isinstance(version, str)
    )


class Batch(NamedTuple):
    """Some answers: when those of one kind came that were sent when planned, their service times in nanoseconds, and
    the others.
    """

    kind: Kind
    ends: list[int]
    times: list[int]
    others: list[Record]

    @property
    def size(self) -> int:
        """How many answers there are."""
        return len(self.times) + len(self.others)

    @property
    def bytes(self) -> int:
        """Bytes of all bodies."""
        return len(self.times) * self.kind[1] + sum(record[2] for record in self.others)

    @property
    def squared_bytes(self) -> float:
        """The sum of the squares of each body's bytes."""
        return len(self.times) * float(self.kind[1]) ** 2 + sum(
            float(record[2]) ** 2 for record in self.others
        )

    @property
    def statuses(self) -> dict[int, int]:
        """How often each status came, as plain numbers: a library's own have another text than their number."""
        counts = self._counts(self.kind[0], list(map(STATUS, self.others)))
        return {int(status): count for status, count in counts.items()}

    @property
    def versions(self) -> dict[str, int]:
        """How often each HTTP version came."""
        return self._counts(self.kind[2], list(map(VERSION, self.others)))

    @property
    def good(self) -> Batch:
        """The successes."""
        others = [record for record in self.others if is_success(record[1])]
        if not is_success(self.kind[0]):
            return Batch(self.kind, [], [], others)
        return Batch(self.kind, self.ends, self.times, others)

    def parted(self, limit_ns: int) -> tuple[Batch, list[tuple[int, int]]]:
        """Those that came within a limit, and of the others how long each took and how late it was sent."""
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
        """When each came, in nearly rising order, and its service time: of the usual kind, and of the others."""
        others = self.others
        return (self.ends, self.times), ([record[5] for record in others], [record[0] for record in others])

    @property
    def service_ns(self) -> list[int]:
        """From start to answer."""
        return self.times + [record[0] for record in self.others]

    @property
    def response_ns(self) -> list[int]:
        """From plan to answer."""
        return self.times + [record[0] + record[4] for record in self.others]

    @property
    def late_ns(self) -> list[int]:
        """From plan to start."""
        return [0] * len(self.times) + [record[4] for record in self.others]

    def _counts(self, usual: Any, others: list[Any]) -> dict[Any, int]:
        found = Counter(others)
        if self.times:
            found[usual] += len(self.times)
        return dict(found)


class Answers:
    """What has come back since it was taken last; any thread may keep an answer, one takes them.

    The fastest engine's lane keeps two numbers for each answer where a record would cost it a fiftieth of its rate,
    and megabytes.  `moments` are when one was sent, when its answer came, when the next was sent …, both added in one
    call, so that no thread comes between them.  Who keeps answers in one thread alone may add to `ends` first and to
    `times` then: that costs less where they are read.
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
        """Keep the answer to a request that was sent so many nanoseconds after it was planned; what an engine has
        returned in place of one is kept as unfit.
        """
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
        if status >= FIRST_TOLD_STATUS:
            self.first.look(reply)
        if self.kind is None:
            with self._choosing:
                # Chosen once: times kept under another kind could no longer be told apart.
                self.kind = self.kind or kind
        self._others.append((came_ns - sent_ns, *kind, late_ns, came_ns))

    def take(self) -> Batch:
        """All that was kept since the last time."""
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
        """All that was unfit since the last time."""
        unfit = self.unfit[:]
        del self.unfit[: len(unfit)]
        return unfit

    def apart(self) -> Self:
        """What there is now; what is kept here later does not reach it."""
        copy = type(self)(self.kind)
        copy.first = self.first
        copy.times = self.times[:]
        copy.ends = self.ends[: len(copy.times)]
        copy.moments, copy._others, copy.unfit = self.moments[:], self._others[:], self.unfit[:]
        return copy
