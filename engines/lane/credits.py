"""Credit for successes to the blocks of a turn: each block gets the share of a request's life that lies inside it.

Counting what ends inside a block counts whole waves where latencies are steady: four workers with 300 ms each end
together, so a second holds 12 or 16 of them.  Shares of lives make it 13.3 in every second, whatever the phase.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

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
