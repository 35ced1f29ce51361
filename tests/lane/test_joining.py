"""Frames of the processes that share a turn, joined: nothing is lost, counted twice, or put into another block."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.protocol import Frame
from httptui.results.histogram import count_of, pairs_in
from httptui.runs.lanes import Joiner, added, total_of

MS = 1_000_000


def frame_of(start: int, end: int, block: int = 0, **changes: object) -> Frame:
    """A frame of a turn from one millisecond to another."""
    fields: dict[str, object] = {
        "turn": 7,
        "block": block,
        "warmup": False,
        "start_ns": start * MS,
        "end_ns": end * MS,
        "planned": 1,
        "ok": 1,
        "error": 0,
        "timeout": 0,
        "dropped": 0,
        "cancelled": 0,
        "in_flight": 1,
        "bytes": 10,
        "cpu_ns": 5,
        "histogram": [3, 1],
        "latency_sum_ns": 100,
        "latency_max_ns": 100,
        "lag_max_ns": None,
        "connections": 1,
    }
    return Frame(**(fields | changes))  # type: ignore[arg-type]


def joined(parts: list[list[Frame]], ended: tuple[int, ...] = ()) -> list[Frame]:
    """What comes of the frames of each part, of which some have ended."""
    joiner = Joiner(len(parts))
    joiner.begin()
    for part, frames in enumerate(parts):
        for frame in frames:
            joiner.add(part, frame)
    for part in ended:
        joiner.end(part)
    return list(joiner.joined())


def test_counts_are_added_histograms_merged_and_the_worst_lag_kept() -> None:
    first = frame_of(
        0, 250, ok=3, cpu_ns=40, histogram=[3, 2, 9, 1], latency_max_ns=70, lag_max_ns=5, in_flight=2,
        connections=4, status={"200": 3}, errors={"reset": 1}, messages={"reset": "first"}, late=[1, 1],
    )  # fmt: skip
    second = frame_of(
        0, 250, ok=2, cpu_ns=30, histogram=[9, 2], latency_max_ns=90, lag_max_ns=8, in_flight=1,
        connections=3, status={"200": 1, "404": 1}, errors={"reset": 2}, messages={"reset": "second"},
    )  # fmt: skip
    [one] = joined([[first], [second]])
    assert (one.ok, one.cpu_ns, one.bytes, one.planned) == (5, 70, 20, 2)
    assert (one.histogram, one.late, one.latency_max_ns) == ([3, 2, 9, 3], [1, 1], 90)
    assert (one.lag_max_ns, one.in_flight, one.connections) == (8, 3, 7)
    assert (one.status, one.errors, one.messages) == ({"200": 4, "404": 1}, {"reset": 3}, {"reset": "first"})
    assert (one.turn, one.start_ns, one.end_ns) == (7, 0, 250 * MS)


def test_connections_that_one_library_cannot_tell_are_not_told() -> None:
    assert joined([[frame_of(0, 250)], [frame_of(0, 250, connections=None)]])[0].connections is None
    assert total_of([None, 4], most=True) == 4
    assert total_of([None, None], most=True) is None


def test_time_is_counted_once_and_waits_for_the_slowest_part() -> None:
    quick = [frame_of(0, 250), frame_of(250, 500), frame_of(500, 750)]
    assert joined([quick, []]) == []
    frames = joined([quick, [frame_of(0, 520)]])
    assert [(frame.start_ns, frame.end_ns, frame.ok) for frame in frames] == [(0, 520 * MS, 3)]


def test_a_part_that_is_done_is_waited_for_no_more() -> None:
    rest = [frame_of(0, 250), frame_of(250, 600, in_flight=0)]
    frames = joined([rest, [frame_of(0, 100, in_flight=0)]], ended=(0, 1))
    assert [(frame.start_ns, frame.end_ns, frame.ok) for frame in frames] == [
        (0, 250 * MS, 2),
        (250 * MS, 600 * MS, 1),
    ]


def test_a_frame_is_of_one_block_even_where_a_part_is_late() -> None:
    early = [frame_of(0, 200, 4), frame_of(200, 400, 5)]
    late = [frame_of(0, 230, 4), frame_of(230, 410, 5)]
    frames = joined([early, late], ended=(0, 1))
    assert [(frame.block, frame.start_ns, frame.end_ns, frame.ok) for frame in frames] == [
        (4, 0, 230 * MS, 2),
        (5, 230 * MS, 410 * MS, 2),
    ]


def test_every_field_of_a_frame_is_joined() -> None:
    place = {"turn", "block", "warmup", "start_ns", "end_ns", "load_until_ns", "in_flight", "connections"}
    assert set(added([frame_of(0, 250)])) == {field.name for field in fields(Frame)} - place
    assert frame_of(0, 250) == joined([[frame_of(0, 250)]])[0]


@given(
    st.lists(st.lists(st.integers(1, 300), min_size=1, max_size=12), min_size=1, max_size=4),
    st.integers(100, 1_000),
)
def test_nothing_is_lost_and_frames_follow_each_other_without_gap(lengths: list[list[int]], cut: int) -> None:
    parts: list[list[Frame]] = []
    for steps in lengths:
        frames, now = [], 0
        for step in steps:
            following = min(now + step, (now // cut + 1) * cut)
            frames.append(frame_of(now, following, now // cut, histogram=[following, 1]))
            now = following
        parts.append(frames)
    whole = joined(parts, ended=tuple(range(len(parts))))
    everything = [frame for frames in parts for frame in frames]
    assert sum(frame.ok for frame in whole) == len(everything)
    assert sum(count_of([*pairs_in(frame.histogram)]) for frame in whole) == len(everything)
    assert all(before.end_ns == after.start_ns for before, after in pairwise(whole))
    assert whole[0].start_ns == 0
    assert whole[-1].end_ns == max(frame.end_ns for frame in everything)
    for block in {frame.block for frame in everything}:
        assert sum(frame.ok for frame in whole if frame.block == block) == sum(
            frame.ok for frame in everything if frame.block == block
        )


def test_a_flat_histogram_of_odd_length_is_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        total_of([[1, 2, 3]])


def test_credit_of_all_parts_is_added_by_block() -> None:
    (one,) = joined([[frame_of(0, 250, credits={0: 1.5})], [frame_of(0, 251, credits={0: 0.5, 1: 1.25})]])
    assert one.credits == {0: 2.0, 1: 1.25}
