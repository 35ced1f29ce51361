"""Stretches of load in order of time, in bounded memory: where they grow too many, two become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from typing import Generic, Protocol, TypeVar

SHORTEST_NS = 100_000_000


class Spent(Protocol):
    """What was seen in a stretch of time."""

    @property
    def spent_ns(self) -> int:
        """Nanoseconds under load in it."""


S = TypeVar("S", bound=Spent)
T = TypeVar("T")


class Stretches(Generic[S]):
    """Fewer than `most` stretches, all of about one length, whatever the length of the run; `join` makes one of two
    neighbours, and `length_ns` is how long they are at first, if longer than what is added.
    """

    def __init__(self, most: int, join: Callable[[S, S], S], length_ns: float = 0.0) -> None:
        self.kept: list[S] = []
        self._most, self._join, self._length_ns = most, join, length_ns

    def add(self, stretch: S) -> None:
        """Add the next stretch; it joins the one before while that is too short."""
        if self.kept and self._is_part_of_last(stretch):
            stretch = self._join(self.kept.pop(), stretch)
        self.kept.append(stretch)
        if len(self.kept) == self._most:
            pairs = zip(self.kept[::2], self.kept[1::2], strict=True)
            self.kept = [self._join(first, second) for first, second in pairs]
            self._length_ns = sum(stretch.spent_ns for stretch in self.kept) / len(self.kept)

    def _is_part_of_last(self, stretch: S) -> bool:
        # A rate over next to no time would be a spike that nobody saw.
        return (
            stretch.spent_ns < SHORTEST_NS or self.kept[-1].spent_ns + stretch.spent_ns / 2 <= self._length_ns
        )


class Made(Generic[S, T]):
    """What is made of stretches, each made once, for most of them are the same the next time."""

    def __init__(self) -> None:
        self._origin_ns = 0
        self._stretches: tuple[S, ...] = ()
        self._things: tuple[T, ...] = ()

    def of(self, stretches: Sequence[S], origin_ns: int, make: Callable[[S, int], T]) -> tuple[T, ...]:
        """What `make` makes of each stretch and of the time from which seconds are counted."""
        known = self._stretches if origin_ns == self._origin_ns else ()
        same = [*map(is_, known, stretches), False].index(False)
        fresh = (make(stretch, origin_ns) for stretch in stretches[same:])
        self._things = (*self._things[:same], *fresh)
        self._stretches, self._origin_ns = tuple(stretches), origin_ns
        return self._things
