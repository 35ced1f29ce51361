"""Which requests are overdue, what becomes of answers that come too late, and how a thread's socket is found."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from contextlib import suppress

from turn_examples import MS, START, turn_of

from httptui.engines.lane.overdue import (
    AGAIN_NS,
    GRACE_NS,
    IGNORED_NS,
    Cancellations,
    break_connection,
    overdue_among,
    uncancel,
)
from httptui.engines.lane.recorder import Answers, Recorder
from httptui.engines.lane.turn import NS

SECOND = 1_000 * MS


def test_what_was_sent_long_enough_ago_is_overdue_and_what_waits_to_be_sent_is_not() -> None:
    now = 100 * SECOND
    since = [now - SECOND - GRACE_NS, now - 1, now - 50 * SECOND]
    assert overdue_among([1, 1, 0], since, SECOND, now) == ([0], AGAIN_NS / NS)


def test_the_next_look_is_when_the_oldest_becomes_overdue() -> None:
    now = 100 * SECOND
    assert overdue_among([1, 1], [now - 700 * MS, now - 200 * MS], SECOND, now) == ([], 0.32)
    assert overdue_among([0, 0], [0, 0], SECOND, now) == ([], 1.02)


def test_a_request_that_goes_on_though_it_was_broken_off_is_given_up_after_a_moment() -> None:
    broken = Cancellations()
    assert not broken.note(0, 5, 1_000)
    assert not broken.note(0, 5, 1_000 + IGNORED_NS - 1)
    assert broken.note(0, 5, 1_000 + IGNORED_NS)
    assert not broken.note(0, 6, 1_000 + IGNORED_NS)


async def test_a_task_that_was_cancelled_again_while_it_ended_was_cancelled_for_nothing_else() -> None:
    """A client may take longer to end a request than the watch waits before it looks again."""
    broken = Cancellations()

    async def end_slowly() -> int:
        task = asyncio.current_task()
        assert task is not None
        for now in (1_000, 1_000 + AGAIN_NS):
            broken.note(0, 5, now)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)
        return uncancel(task, broken.take(0))

    assert await asyncio.create_task(end_slowly()) == 0


def test_a_worker_that_has_gone_on_was_broken_off_no_more() -> None:
    broken = Cancellations()
    broken.note(0, 5, 1_000)
    broken.note(1, 5, 1_000)
    assert broken.stale([5, 6]) == [1]
    assert broken.take(1)
    assert not broken.take(1)
    assert broken.stale([5, 6]) == []


def test_answers_within_a_limit_stay_as_they_are_and_the_others_are_told_apart() -> None:
    answers = Answers()
    for took in (10, 30, 20, 40):
        answers.keep(0, took, (200, b"body", "1.1"), 0)
    answers.keep(0, 50, (404, b"", "1.1"), 7)
    batch = answers.take()
    assert batch.split_overdue(50) == (batch, [])
    in_time, over = batch.split_overdue(20)
    assert sorted(in_time.service_ns) == [10, 20]
    assert sorted(over) == [(30, 0), (40, 0), (50, 7)]


def test_what_comes_too_late_is_a_time_out_be_it_an_answer_or_an_error() -> None:
    recorder = Recorder(turn_of(), 2, limit_ns=SECOND)
    recorder.answers.keep(START, START + SECOND, (200, b"", "1.1"), 0)
    recorder.answers.keep(START, START + SECOND + 1, (200, b"", "1.1"), 0)
    recorder.fail(ConnectionResetError("reset"), SECOND - 1, 0)
    recorder.fail(ConnectionResetError("reset"), SECOND + 5, 5)
    frame = recorder.drain(START + 2 * SECOND, lambda *_: 0)
    assert (frame["ok"], frame["timeout"], frame["error"], frame["planned"]) == (1, 2, 1, 4)
    assert frame["messages"]["timeout"] == "no whole answer within 1 s"
    assert frame["bounds_max_ns"] == SECOND + 1


def test_a_connection_that_a_thread_waits_for_is_shut_down() -> None:
    ours, theirs = socket.socketpair()
    told: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    reading = threading.Event()

    def read() -> None:
        with ours.makefile("rb") as stream:
            reading.set()
            told.put(stream.read())

    thread = threading.Thread(target=read)
    thread.start()
    reading.wait()
    assert thread.ident is not None
    with ours, theirs:
        while not break_connection(thread.ident):
            pass
        assert told.get(timeout=10) == b""
        thread.join()


def test_a_thread_without_a_connection_is_left_alone() -> None:
    assert not break_connection(0)
