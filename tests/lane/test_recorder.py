"""What workers record is drained in deltas that add up, and no request is counted twice."""

from __future__ import annotations

import threading
from collections import Counter
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turn_examples import turn_of

from httptui.engines.buckets import bucket_of
from httptui.engines.lane.recorder import NO_KIND, Answers, Batch, Recorder, summarise


def recorder_of(workers: int = 2, **changes: Any) -> Recorder:
    return Recorder(turn_of(start_ns=1_000, concurrency=workers, **changes), workers)


def one_block(_start_ns: int, _end_ns: int) -> int:
    return 0


def test_a_frame_holds_what_happened_since_the_one_before() -> None:
    recorder = recorder_of()
    recorder.busy[0] = 1_500
    recorder.answers.keep(0, 5_000_000, (200, b"0123456789", "1.1"), 0)
    first = recorder.drain(2_000, one_block)
    assert (first["planned"], first["ok"], first["in_flight"], first["bytes"]) == (2, 1, 1, 10)
    assert (first["start_ns"], first["end_ns"]) == (1_000, 2_000)
    recorder.answers.keep(0, 7_000_000, (200, b"0123456789" * 2, "1.1"), 0)
    recorder.end_worker(0, 2_500)
    last = recorder.drain(9_000, one_block, last=True)
    assert (last["planned"], last["ok"], last["in_flight"], last["bytes"]) == (0, 1, 0, 20)
    assert (last["start_ns"], last["end_ns"]) == (2_000, 2_500)
    assert last["histogram"] == [bucket_of(7_000_000), 1]


def test_an_answer_of_400_or_more_is_an_error_with_its_status_and_outside_the_histogram() -> None:
    records = [(1_000, 200, 5, "1.1", 0, 1), (9_000, 503, 7, "1.1", 0, 2), (2_000, 302, 0, "2", 0, 3)]
    frame = summarise(Batch(NO_KIND, [], [], records), [])
    assert (frame["ok"], frame["error"], frame["bytes"]) == (2, 1, 12)
    assert frame["status"] == {"200": 1, "503": 1, "302": 1}
    assert frame["errors"] == {"status": 1}
    assert frame["http"] == {"1.1": 2, "2": 1}
    assert frame["latency_max_ns"] == 2_000


def test_an_interim_answer_taken_for_the_final_one_is_a_protocol_error_and_no_success() -> None:
    records = [(1_000, 103, 0, "1.1", 0, 1), (2_000, 200, 7, "1.1", 0, 2)]
    frame = summarise(Batch((103, 0, "1.1"), [1, 2], [500, 600], records), [])
    assert (frame["ok"], frame["error"], frame["ok_bytes"], frame["latency_max_ns"]) == (1, 3, 7, 2_000)
    assert frame["status"] == {"103": 3, "200": 1}
    assert frame["errors"] == {"protocol": 3}
    assert frame["messages"] == {"protocol": "took the interim answer 103 for the final one"}


class Status(int, Enum):
    """Statuses as some libraries have them: numbers with another text."""

    HINTS = 103
    OK = 200
    BUSY = 503


@pytest.mark.parametrize("first", [Status.OK, Status.HINTS, Status.BUSY, 200])
def test_a_status_of_an_enumeration_is_told_as_its_number(first: int) -> None:
    recorder = recorder_of(1)
    for status in (first, Status.HINTS, Status.OK, Status.BUSY, 503):
        recorder.answers.keep(0, 1_000, (status, b"12", "1.1"), 0)
    frame = recorder.drain(2_000, one_block)
    expected = Counter(["103", "200", "503", "503", str(int(first))])
    assert Counter(frame["status"]) == expected
    assert frame["messages"] == {"protocol": "took the interim answer 103 for the final one"}
    assert list(frame["first_answers"]) == ["503"]


def test_the_bytes_of_successes_are_summed_with_their_squares_so_that_their_spread_is_known() -> None:
    records = [(1_000, 200, 10, "1.1", 0, 1), (9_000, 500, 1_000, "1.1", 0, 2)]
    frame = summarise(Batch((200, 30, "1.1"), [1, 2], [5, 6], records), [])
    assert (frame["bytes"], frame["ok_bytes"], frame["ok_bytes_squared"]) == (1_070, 70, 1_900.0)


def test_timeouts_are_counted_apart_and_the_first_message_of_a_kind_is_kept() -> None:
    frame = summarise(
        Batch(NO_KIND, [], [], []),
        [("read_timeout", "first", 1), ("refused", "no", 1), ("read_timeout", "second", 1)],
    )
    assert (frame["ok"], frame["error"], frame["timeout"]) == (0, 1, 2)
    assert frame["errors"] == {"read_timeout": 2, "refused": 1}
    assert frame["messages"] == {"read_timeout": "first", "refused": "no"}


def test_what_is_left_behind_counts_as_cancelled_and_what_it_records_later_is_not_read() -> None:
    recorder = recorder_of(3)
    recorder.busy[0] = recorder.busy[2] = 1_500
    answers = recorder.answers
    recorder.leave_behind(4_000)
    answers.keep(0, 1, (200, b"1", "1.1"), 0)
    answers.keep(0, 1, (503, b"", "1.1"), 0)
    frame = recorder.drain(5_000, one_block, last=True)
    assert (frame["planned"], frame["cancelled"], frame["ok"], frame["in_flight"]) == (2, 2, 0, 0)


def test_frames_drained_while_threads_record_add_up_to_all_requests() -> None:
    recorder = recorder_of(4, requests=20_000)
    totals: Counter[str] = Counter()

    def work(worker: int) -> None:
        pace = recorder.turn.pace(worker)
        while (planned := pace(1_000)) is not None:
            recorder.busy[worker] = planned
            # As the drivers do it: the other way round, a drain between the two would count the request twice.
            recorder.busy[worker] = 0
            recorder.answers.keep(0, 1_000, (200, b"1", "1.1"), 0)

    def add(frame: dict[str, Any]) -> None:
        assert frame["planned"] >= 0
        totals.update({name: frame[name] for name in ("planned", "ok")})

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        add(recorder.drain(2_000, one_block))
    add(recorder.drain(3_000, one_block, last=True))
    assert totals == {"planned": 20_000, "ok": 20_000}


Kept = tuple[int, int, int, int]
"""Service time, status, body bytes, lateness."""


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**42),
            st.sampled_from([200, 200, 204, 404, 500]),
            st.integers(0, 2),
            st.sampled_from([0, 0, 9]),
        )
    ),
    st.integers(1, 4),
)
def test_a_summary_counts_every_answer_once_however_alike_they_are(kept: list[Kept], frames: int) -> None:
    answers = Answers()
    totals: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for first in range(frames):
        for service, status, size, late in kept[first::frames]:
            answers.keep(0, service, (status, b"x" * size, "1.1"), late)
        frame = summarise(batch := answers.take(), [])
        assert sum(frame["histogram"][1::2]) == frame["ok"]
        assert sorted(batch.late_ns) == sorted(late for _, _, _, late in kept[first::frames])
        totals.update({name: frame[name] for name in ("ok", "error", "bytes", "latency_sum_ns")})
        totals["response"] += sum(batch.response_ns)
        statuses.update(frame["status"])
    good = [service for service, status, _, _ in kept if status < 400]
    assert totals["ok"] == len(good)
    assert totals["error"] == len(kept) - len(good)
    assert totals["bytes"] == sum(size for _, _, size, _ in kept)
    assert totals["latency_sum_ns"] == sum(good)
    assert totals["response"] == sum(service + late for service, _, _, late in kept)
    assert statuses == Counter(str(status) for _, status, _, _ in kept)


def test_threads_that_begin_with_answers_of_two_kinds_keep_them_apart() -> None:
    answers = Answers()
    start = threading.Barrier(4)

    def work(status: int) -> None:
        start.wait()
        for _ in range(5_000):
            answers.keep(0, 1_000, (status, b"", "1.1"), 0)

    threads = [threading.Thread(target=work, args=(status,)) for status in (200, 503, 200, 503)]
    for thread in threads:
        thread.start()
    batches = []
    while any(thread.is_alive() for thread in threads):
        batches.append(answers.take())
    batches.append(answers.take())
    counts: Counter[int] = Counter()
    for batch in batches:
        counts.update(batch.statuses)
    assert counts == {200: 10_000, 503: 10_000}


def test_response_times_of_an_open_load_run_from_the_plan_and_keep_what_never_came_as_a_lower_bound() -> None:
    recorder = recorder_of(2, seconds=1.0, rate=10.0)
    recorder.answers.keep(0, 5_000, (200, b"1", "1.1"), 2_000)
    recorder.fail(TimeoutError(), 9_000, 500)
    recorder.fail(ConnectionRefusedError(), 1_000, 0)
    recorder.busy[1] = 10_000
    recorder.cancel_worker(1, 40_000)
    frame = recorder.drain(50_000, one_block, last=True)
    assert (frame["response"], frame["response_sum_ns"]) == ([bucket_of(7_000), 1], 7_000)
    assert frame["response_bounds"] == [number for time in (9_000, 30_000) for number in (bucket_of(time), 1)]
    assert (frame["response_bounds_sum_ns"], frame["response_bounds_max_ns"]) == (39_000, 30_000)
    assert frame["bounds"] == [number for time in (8_500, 30_000) for number in (bucket_of(time), 1)]
    assert (frame["bounds_sum_ns"], frame["bounds_max_ns"]) == (38_500, 30_000)
    assert frame["late"] == [bucket_of(2_000), 1]
    assert frame["histogram"] == [bucket_of(5_000), 1]
    assert (frame["ok"], frame["timeout"], frame["error"], frame["cancelled"]) == (1, 1, 1, 1)
