"""A success is worth to each block the share of its life that lies inside it, and one success altogether."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.lane.recorder import NO_BLOCK, Credits, shares

MS = 1_000_000


def credits_of(
    lives: Sequence[tuple[int, int]], frames: Sequence[tuple[int, int, int]], *, think_ns: int = 0
) -> Counter[int]:
    """What lives, as (end, length), are worth where frames are (block, start, end)."""
    ledger, totals = Credits(think_ns), Counter[int]()
    for block, start, end in frames:
        own = sorted(life for life in lives if start <= life[0] < end)
        ledger.enter(block, start)
        given_credit = ledger.give(
            [ended for ended, _ in own], [length for _, length in own], start_ns=start, end_ns=end
        )
        totals.update(given_credit)
    return totals


def frames_of(edges: Sequence[int], blocks: Sequence[int]) -> list[tuple[int, int, int]]:
    return [(block, start, end) for block, start, end in zip(blocks, edges[:-1], edges[1:], strict=True)]


def test_a_life_is_shared_out_over_the_blocks_that_it_touches() -> None:
    edges, blocks = [0, 100, 200], [4, 5, 6]
    assert dict(shares(50, 250, edges, blocks)) == {4: 0.25, 5: 0.5, 6: 0.25}
    assert dict(shares(210, 250, edges, blocks)) == {6: 1.0}
    assert dict(shares(-100, 100, edges, blocks)) == {4: 1.0}
    assert dict(shares(250, 250, edges, blocks)) == {6: 1.0}


@pytest.mark.parametrize("phase_ms", [0, 1, 99, 150, 299])
@pytest.mark.parametrize("workers", [1, 4])
def test_a_constant_latency_is_worth_the_same_in_every_block_whatever_its_phase(
    phase_ms: int, workers: int
) -> None:
    latency = 300
    lives = [
        ((phase_ms + latency * number) * MS, latency * MS) for number in range(1, 50) for _ in range(workers)
    ]
    edges = [at * MS for at in range(400, 10_000, 1_000)]
    totals = credits_of(lives, frames_of([0, *edges], [NO_BLOCK, *range(9), NO_BLOCK][: len(edges)]))
    assert NO_BLOCK not in totals
    assert [totals[block] for block in range(8)] == pytest.approx([workers * 1_000 / latency] * 8)


def test_time_to_think_belongs_to_a_life() -> None:
    lives = [(1_000 * MS * number + 10 * MS, 10 * MS) for number in range(20)]
    edges = [at * MS for at in range(0, 12_000, 700)]
    totals = credits_of(lives, frames_of(edges, range(len(edges) - 1)), think_ns=990 * MS)
    assert [totals[block] for block in range(2, 12)] == pytest.approx([0.7] * 10)


def test_ends_a_little_out_of_order_and_time_on_hold_change_nothing() -> None:
    ledger = Credits()
    ledger.enter(0, 0)
    ledger.enter(1, 1_000 * MS)
    held = 5_000 * MS
    ends = [held + at * MS for at in (1_100, 1_090, 1_110, 1_900)]
    lives = [200 * MS, 190 * MS, 110 * MS, 100 * MS]
    given_credit = ledger.give(ends, lives, start_ns=1_000 * MS, end_ns=2_000 * MS, held_ns=held)
    assert given_credit == pytest.approx({0: 0.5 + 100 / 190, 1: 0.5 + 90 / 190 + 2})


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**10)), max_size=60),
    st.lists(st.integers(1, 10**9 - 1), min_size=1, max_size=12, unique=True),
    st.lists(st.sampled_from([NO_BLOCK, 0, 1, 2]), min_size=13, max_size=13),
)
def test_the_credit_of_all_blocks_and_of_what_lies_in_none_adds_up_to_the_successes(
    lives: list[tuple[int, int]], cuts: list[int], kinds: list[int]
) -> None:
    edges = [0, *sorted(cuts), 10**9 + 1]
    blocks = [sum(kind != NO_BLOCK for kind in kinds[:at]) + at for at in range(len(edges) - 1)]
    numbers = [NO_BLOCK if kind == NO_BLOCK else block for block, kind in zip(blocks, kinds, strict=False)]
    totals = credits_of(lives, frames_of(edges, numbers))
    outside = 0.0
    for ended, length in lives:
        spans = edges[: bisect_right(edges, ended)]
        told = shares(ended - length, ended, spans, numbers[: len(spans)])
        outside += sum(share for block, share in told if block == NO_BLOCK)
    assert sum(totals.values()) + outside == pytest.approx(len(lives))
    assert all(credit > 0 for credit in totals.values())
