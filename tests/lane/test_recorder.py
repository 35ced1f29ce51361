"""What workers record is drained in deltas that add up, and no request is counted twice."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engines.buckets import bucket_of
from engines.lane.recorder import Recorder, summarise
from engines.lane.turn import Turn


def recorder_of(workers: int = 2, **changes: Any) -> Recorder:
    go = {
        "start_ns": 1_000,
        "seconds": None,
        "warmup": False,
        "requests": None,
        "burst": False,
        "rate": None,
        "poisson": False,
    }
    return Recorder(
        Turn(
            go
            | {
                "seed": 1,
                "stages": [],
                "concurrency": workers,
                "think_seconds": 0.0,
                "scale": 1.0,
                "held_ns": 0,
                "part": 0,
                "parts": 1,
            }
            | changes
        ),
        workers,
    )


def test_a_frame_holds_what_happened_since_the_one_before() -> None:
    recorder = recorder_of()
    recorder.busy[0] = 1_500
    recorder.records.append((5_000_000, 200, 10, "1.1", 0))
    first = recorder.drain(2_000)
    assert (first["planned"], first["ok"], first["in_flight"], first["bytes"]) == (2, 1, 1, 10)
    assert (first["start_ns"], first["end_ns"]) == (1_000, 2_000)
    recorder.records.append((7_000_000, 200, 20, "1.1", 0))
    recorder.end_worker(0, 2_500)
    last = recorder.drain(9_000, last=True)
    assert (last["planned"], last["ok"], last["in_flight"], last["bytes"]) == (0, 1, 0, 20)
    assert (last["start_ns"], last["end_ns"]) == (2_000, 2_500)
    assert last["histogram"] == [bucket_of(7_000_000), 1]


def test_an_answer_of_400_or_more_is_an_error_with_its_status_and_outside_the_histogram() -> None:
    frame = summarise([(1_000, 200, 5, "1.1", 0), (9_000, 503, 7, "1.1", 0), (2_000, 302, 0, "2", 0)], [])
    assert (frame["ok"], frame["error"], frame["bytes"]) == (2, 1, 12)
    assert frame["status"] == {"200": 1, "503": 1, "302": 1}
    assert frame["errors"] == {"status": 1}
    assert frame["http"] == {"1.1": 2, "2": 1}
    assert frame["latency_max_ns"] == 2_000


def test_timeouts_are_counted_apart_and_the_first_message_of_a_kind_is_kept() -> None:
    frame = summarise([], [("read_timeout", "first", 1), ("refused", "no", 1), ("read_timeout", "second", 1)])
    assert (frame["ok"], frame["error"], frame["timeout"]) == (0, 1, 2)
    assert frame["errors"] == {"read_timeout": 2, "refused": 1}
    assert frame["messages"] == {"read_timeout": "first", "refused": "no"}


def test_what_is_left_behind_counts_as_cancelled_and_what_it_records_later_is_not_read() -> None:
    recorder = recorder_of(3)
    recorder.busy[0] = recorder.busy[2] = 1_500
    records = recorder.records
    recorder.leave_behind(4_000)
    records.append((1, 200, 1, "1.1", 0))
    frame = recorder.drain(5_000, last=True)
    assert (frame["planned"], frame["cancelled"], frame["ok"], frame["in_flight"]) == (2, 2, 0, 0)


def test_frames_drained_while_threads_record_add_up_to_all_requests() -> None:
    recorder = recorder_of(4, requests=20_000)
    totals: Counter[str] = Counter()

    def work(worker: int) -> None:
        pace = recorder.turn.pace(worker)
        while (planned := pace(1_000)) is not None:
            recorder.busy[worker] = planned
            recorder.records.append((1_000, 200, 1, "1.1", 0))
            recorder.busy[worker] = 0

    def add(frame: dict[str, Any]) -> None:
        assert frame["planned"] >= 0
        totals.update({name: frame[name] for name in ("planned", "ok")})

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        add(recorder.drain(2_000))
    add(recorder.drain(3_000, last=True))
    assert totals == {"planned": 20_000, "ok": 20_000}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**42), st.sampled_from([200, 204, 404, 500]), st.integers(0, 9), st.just("1.1")
        )
    )
)
def test_a_summary_counts_every_record_once(records: list[tuple[int, int, int, str, int]]) -> None:
    frame = summarise(records, [])
    assert frame["ok"] + frame["error"] == len(records) == sum(frame["status"].values())
    assert sum(frame["histogram"][1::2]) == frame["ok"]
    assert frame["bytes"] == sum(record[2] for record in records)
    assert frame["latency_sum_ns"] == sum(record[0] for record in records if record[1] < 400)


def test_response_times_of_an_open_load_run_from_the_plan_and_keep_what_never_came_as_a_lower_bound() -> None:
    recorder = recorder_of(2, seconds=1.0, rate=10.0)
    recorder.records.append((5_000, 200, 1, "1.1", 2_000))
    recorder.fail(TimeoutError(), 9_000)
    recorder.fail(ConnectionRefusedError(), 1_000)
    recorder.busy[1] = 10_000
    recorder.cancel_worker(1, 40_000)
    frame = recorder.drain(50_000, last=True)
    assert frame["response"] == [number for time in (7_000, 9_000, 30_000) for number in (bucket_of(time), 1)]
    assert (frame["response_sum_ns"], frame["response_max_ns"]) == (46_000, 30_000)
    assert frame["late"] == [bucket_of(2_000), 1]
    assert frame["histogram"] == [bucket_of(5_000), 1]
    assert (frame["ok"], frame["timeout"], frame["error"], frame["cancelled"]) == (1, 1, 1, 1)
