"""How large a body may be, as sent and as unpacked, and all bodies together that one process is reading.

A small body whose length is announced is read as the library reads it for anyone.  Any other is counted piece by
piece, so that a bomb or a body without an end is given up while it is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TypeVar

T = TypeVar("T")

DEFAULT_LARGEST = 256 * 2**20
SMALL = 2**20
"""A body of an announced length up to this is read without being counted."""
EACH_IN_FLIGHT = 16 * 2**20
PIECE = 65_536
"""As many bytes are read at a time where the library leaves it to the caller."""
SLICES = {"gzip": 16_384, "x-gzip": 16_384, "deflate": 16_384}
SMALLEST_SLICE = 64
"""How many packed bytes may be unpacked at once: a byte of gzip becomes 1032 at most, one of br or zstd far more."""
LARGE = 64 * 2**20
"""A body that comes to this has the memory of those before it given back to the system first."""


class BodyTooLargeError(Exception):
    """A body is larger than the plan allows."""


class BodyLimit:
    """The bound of each body, `largest`, and of all that one process is reading, `together`, in bytes.  Bodies up to
    `uncounted` need not be counted.

    `together` is one and a half times `largest`, or 16 MiB for each request in flight where that is more.
    """

    def __init__(self, largest: int = DEFAULT_LARGEST, in_flight: int = 1) -> None:
        self.largest = largest
        self.uncounted = min(largest, SMALL)
        self.together = max(largest * 3 // 2, in_flight * EACH_IN_FLIGHT)
        self._held = 0
        self._changing = Lock()

    def is_small(self, length: int | None, encoding: object = None) -> bool:
        """Whether a body of an announced length, not packed, needs no counting; raises where it is too large."""
        if length is None or encoding:
            return False
        if length > self.largest:
            raise BodyTooLargeError(
                f"a body of {length:,} bytes was announced; policy.max_body is {self.largest:,}"
            )
        return length <= SMALL

    @property
    def most_memory(self) -> int:
        """How much a process may grow by: an engine that bounds no bodies must not take the machine with it."""
        return 2 * self.together + 2**30

    @contextmanager
    def reading(self) -> Iterator[Meter]:
        """A meter for the time in which one body is read."""
        meter = Meter(self)
        try:
            yield meter
        finally:
            meter.reset()

    def hold(self, size: int) -> None:
        """Change by so many bytes what is being read; raises where that is too much together."""
        with self._changing:
            self._held += size
            if size <= 0 or self._held <= self.together:
                return
        raise BodyTooLargeError(
            f"bodies in flight came to over {self.together:,} bytes together; raise policy.max_body or lower the "
            "concurrency"
        )


class Meter:
    """The bytes of one body that have come so far."""

    def __init__(self, limit: BodyLimit) -> None:
        self._limit = limit
        self.size = 0

    def add(self, size: int) -> None:
        """Count so many bytes more; BodyTooLargeError where that is too many."""
        if self.size + size > self._limit.largest:
            raise BodyTooLargeError(f"a body came to over policy.max_body, {self._limit.largest:,} bytes")
        if self.size < LARGE <= self.size + size:
            give_back_memory()
        self.size += size
        self._limit.hold(size)

    def reset(self) -> None:
        """Hold nothing any more: the body was read, or is given up."""
        if self.size:
            self._limit.hold(-self.size)
            self.size = 0


def slice_for(encoding: str) -> int:
    """How many bytes of a body packed so may be unpacked at once."""
    return min(
        (SLICES.get(one.strip().lower(), SMALLEST_SLICE) for one in encoding.split(",")), default=PIECE
    )


def counted(pieces: Iterator[bytes], limit: BodyLimit) -> Iterator[bytes]:
    """The pieces of one body, which are counted as they come."""
    with limit.reading() as meter:
        for piece in pieces:
            meter.add(len(piece))
            yield piece


async def counted_async(pieces: AsyncIterator[bytes], limit: BodyLimit) -> AsyncIterator[bytes]:
    """The pieces of one body, which are counted as they come."""
    with limit.reading() as meter:
        async for piece in pieces:
            meter.add(len(piece))
            yield piece


def sliced(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of a size at the most."""
    for piece in pieces:
        yield from (piece[start : start + size] for start in range(0, len(piece), size))


async def sliced_async(pieces: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """The same bytes in pieces of a size at the most."""
    async for piece in pieces:
        for start in range(0, len(piece), size):
            yield piece[start : start + size]


def give_back_memory() -> None:
    """Give freed memory back to the system: that of small pieces stays with the thread that had them, so that threads
    with one bomb after another had come to more than the limit of all together.
    """
    # Read by every plan, this module must not load what only a large body needs.
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
