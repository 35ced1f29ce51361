"""Frames of the processes that share a turn, joined to the frames that one lane alone would have sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from httptui.histogram import flat_of, merge
from httptui.engines.protocol import Frame

STANDING = ("in_flight", "connections")
"""What frames tell as it stands, where the rest is what has changed since the last one."""


class Joiner:
    """Gathers the frames of so many parts.  A joined frame is of one block and begins where the last one ended; it is
    there as soon as every part has told of its time or is done, so that time is counted once for all of them.
    """

    def __init__(self, parts: int) -> None:
        self._pending: list[deque[Frame]] = [deque() for _ in range(parts)]
        self._newest: dict[int, Frame] = {}
        self._done: set[int] = set()
        self._reached_ns: int | None = None

    def begin(self) -> None:
        """A turn begins."""
        self._done.clear()
        self._reached_ns = None

    def add(self, part: int, frame: Frame) -> None:
        """Add the next frame of a part."""
        self._pending[part].append(frame)
        self._newest[part] = frame

    def end(self, part: int) -> None:
        """A part has sent its last frame of the turn."""
        self._done.add(part)

    def joined(self) -> Iterator[Frame]:
        """The joined frames that are there by now, each told once."""
        while all(frames or part in self._done for part, frames in enumerate(self._pending)):
            heads = [frames[0] for frames in self._pending if frames]
            if not heads:
                return
            block = min(heads, key=lambda frame: frame.start_ns).block
            end_ns = max(frame.end_ns for frame in heads if frame.block == block)
            taken: list[Frame] = []
            for frames in self._pending:
                while frames and frames[0].block == block and frames[0].end_ns <= end_ns:
                    taken.append(frames.popleft())
            yield self._one_of(taken, end_ns)

    def _one_of(self, taken: Sequence[Frame], end_ns: int) -> Frame:
        start_ns = min(frame.start_ns for frame in taken)
        if self._reached_ns is not None:
            start_ns = self._reached_ns
        self._reached_ns = max(start_ns, end_ns)
        newest = list(self._newest.values())
        standing = {name: total_of([getattr(frame, name) for frame in newest]) for name in STANDING}
        changes = added(taken) | standing
        return replace(taken[0], start_ns=start_ns, end_ns=self._reached_ns, **changes)


def added(frames: Sequence[Frame]) -> dict[str, Any]:
    """Every field that is a count, a histogram or a maximum, of all frames together; of messages the first."""
    same = ("turn", "block", "warmup", "start_ns", "end_ns", "load_until_ns", *STANDING)
    return {
        name: total_of([getattr(frame, name) for frame in frames], most=name.endswith("_max_ns"))
        for name in (field.name for field in fields(Frame))
        if name not in same
    }


def total_of(values: Sequence[Any], *, most: bool = False) -> Any:
    """The sum of numbers, flat histograms or tables of counts, or, with `most`, the greatest number.  None where a
    part of a sum is not known, or nothing of which the greatest is wanted.  Of texts by key, the first for each.
    """
    if isinstance(values[0], list):
        counts: dict[int, int] = {}
        for flat in values:
            merge(counts, flat)
        return list(flat_of(counts))
    if isinstance(values[0], dict):
        table: dict[Any, Any] = {}
        for one in values:
            for key, value in one.items():
                table[key] = (
                    table.get(key, 0) + value if isinstance(value, int | float) else table.get(key, value)
                )
        return table
    known = [value for value in values if value is not None]
    if most:
        return max(known, default=None)
    return sum(known) if len(known) == len(values) else None
