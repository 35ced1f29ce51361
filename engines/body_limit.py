"""Limits on the size of one body and of all bodies that a process is reading, both as sent and decompressed.

A small body with an announced length is read in the library's usual way. Every other body is counted piece by piece,
so that a decompression bomb or an endless body is abandoned while it is being read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from threading import Lock

DEFAULT_LARGEST = 256 * 2**20
SMALL = 2**20
"""Largest announced length in bytes that is read without counting."""
EACH_IN_FLIGHT = 16 * 2**20
PIECE = 65_536
"""Bytes read at a time where the library lets the caller choose."""
SLICES = {"gzip": 16_384, "x-gzip": 16_384, "deflate": 16_384}
SMALLEST_SLICE = 64
"""Compressed bytes unpacked at once: a byte of gzip expands to at most 1032 bytes, one of br or zstd to far more."""
LARGE = 64 * 2**20
"""Body size in bytes from which freed memory is first returned to the system."""


class BodyTooLargeError(Exception):
    """A body is larger than the plan allows."""


class BodyLimit:
    """The limits of each body, `largest`, and of all bodies being read in this process, `together`, in bytes.

    `together` is 1.5 times `largest`, or 16 MiB for each request in flight if that is more. Bodies up to `uncounted`
    bytes need no counting.
    """

    def __init__(self, largest: int = DEFAULT_LARGEST, in_flight: int = 1) -> None:
        self.largest = largest
        self.uncounted = min(largest, SMALL)
        self.together = max(largest * 3 // 2, in_flight * EACH_IN_FLIGHT)
        self._held = 0
        self._changing = Lock()

    def is_small(self, length: int | None, encoding: object = None) -> bool:
        """Return whether a body of this announced length is uncompressed and small enough not to be counted.

        Raises BodyTooLargeError if the length exceeds the limit.
        """
        if length is None or encoding:
            return False
        if length > self.largest:
            raise BodyTooLargeError(
                f"a body of {length:,} bytes was announced; policy.max_body is {self.largest:,}"
            )
        return length <= SMALL

    @property
    def most_memory(self) -> int:
        """Growth of the process, in bytes, that ends it: an engine without limits must not exhaust the machine."""
        return 2 * self.together + 2**30

    @contextmanager
    def reading(self) -> Iterator[Meter]:
        """Yield a meter for one body, and release its bytes afterwards."""
        meter = Meter(self)
        try:
            yield meter
        finally:
            meter.reset()

    def hold(self, size: int) -> None:
        """Add to the bytes being read in all; raises BodyTooLargeError if they exceed `together`."""
        with self._changing:
            self._held += size
            if size <= 0 or self._held <= self.together:
                return
        raise BodyTooLargeError(
            f"bodies in flight came to over {self.together:,} bytes together; raise policy.max_body or lower the "
            "concurrency"
        )


class Meter:
    """The bytes of one body received so far."""

    def __init__(self, limit: BodyLimit) -> None:
        self._limit = limit
        self.size = 0

    def add(self, size: int) -> None:
        """Add to the count; raises BodyTooLargeError if either limit is exceeded."""
        if self.size + size > self._limit.largest:
            raise BodyTooLargeError(f"a body came to over policy.max_body, {self._limit.largest:,} bytes")
        if self.size < LARGE <= self.size + size:
            give_back_memory()
        self.size += size
        self._limit.hold(size)

    def reset(self) -> None:
        """Release the counted bytes: the body was read or abandoned."""
        if self.size:
            self._limit.hold(-self.size)
            self.size = 0


class Pieces:
    """One body that a library delivers by a callback; counting every small body would cost 1 % of its request."""

    def __init__(self, limit: BodyLimit) -> None:
        self._uncounted = limit.uncounted
        self._meter = Meter(limit)
        self._pieces: list[bytes] = []
        self.size = 0
        self.too_large: BodyTooLargeError | None = None

    def take(self, piece: bytes) -> bool:
        """Keep one more piece; return False if the body exceeds a limit, and the library is to abort."""
        self.size += len(piece)
        if self.size > self._uncounted:
            try:
                self._meter.add(self.size - self._meter.size)
            except BodyTooLargeError as error:
                self.too_large = error
                return False
        self._pieces.append(piece)
        return True

    def whole(self) -> bytes:
        return b"".join(self._pieces)

    def drop(self) -> None:
        """Free the pieces, then stop counting them."""
        self._pieces.clear()
        self._meter.reset()
        self.size = 0
        self.too_large = None


def slice_for(encoding: str) -> int:
    """Return how many bytes with these content codings may be unpacked at once."""
    return min(
        (SLICES.get(one.strip().lower(), SMALLEST_SLICE) for one in encoding.split(",")), default=PIECE
    )


def counted(pieces: Iterator[bytes], limit: BodyLimit) -> Iterator[bytes]:
    """Yield the pieces of one body, counting each."""
    with limit.reading() as meter:
        for piece in pieces:
            meter.add(len(piece))
            yield piece


async def counted_async(pieces: AsyncIterator[bytes], limit: BodyLimit) -> AsyncIterator[bytes]:
    """Yield the pieces of one body, counting each."""
    with limit.reading() as meter:
        async for piece in pieces:
            meter.add(len(piece))
            yield piece


def sliced(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of at most `size`."""
    for piece in pieces:
        yield from (piece[start : start + size] for start in range(0, len(piece), size))


async def sliced_async(pieces: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """Yield the same bytes in pieces of at most `size`."""
    async for piece in pieces:
        for start in range(0, len(piece), size):
            yield piece[start : start + size]


def give_back_memory() -> None:
    """Return freed memory to the system.

    Small pieces stay in the allocator's arena of their thread: threads that each read one bomb after another came to
    hold more than the limit of all together.
    """
    # Every plan imports this module, so it loads ctypes only for a large body.
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
