"""The target is said to have failed exactly where each contender under load fails, for 3 s, with known counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from httptui.engines.protocol import Frame
from httptui.results.judge.verdict import Outage
from httptui.runs.target_watch import NS, TargetWatch

QUARTER = NS // 4
Load = Callable[[float], dict[str, object]]
"""What one frame of a contender counts, by when it begins, in seconds."""


def good(_at: float) -> dict[str, object]:
    return {"ok": 100}


def refused(_at: float) -> dict[str, object]:
    return {"error": 500, "errors": {"refused": 500}}


def answering(status: int, failed: int, ok: int) -> Load:
    counts = {str(status): failed, "200": ok}
    return lambda _at: {"ok": ok, "error": failed, "errors": {"status": failed}, "status": counts}


def silent(_at: float) -> dict[str, object]:
    return {"in_flight": 8}


def until(moment: float, before: Load, after: Load) -> Load:
    return lambda at: before(at) if at < moment else after(at)


def timing_out(every: float, count: int) -> Load:
    """Nothing but timeouts, so many at once."""
    quarters = int(every * 4)
    return lambda at: (
        {"timeout": count, "errors": {"read_timeout": count}, "in_flight": count}
        if round(at * 4) % quarters == quarters - 1
        else {"in_flight": count}
    )


def frame(at: float, counts: dict[str, object]) -> Frame:
    nothing = dict.fromkeys(
        ("planned", "ok", "error", "timeout", "dropped", "cancelled", "in_flight", "bytes", "cpu_ns"), 0
    )
    start = int(at * NS)
    return Frame(
        turn=0,
        block=0,
        warmup=False,
        start_ns=start,
        end_ns=start + QUARTER,
        histogram=[],
        latency_sum_ns=0,
        latency_max_ns=0,
        lag_max_ns=None,
        connections=None,
        **(nothing | counts),  # type: ignore[arg-type]
    )


def outage_of(
    *loads: Load, longest: float = 30.0, seconds: float = 60.0, turn: float = 0.0
) -> tuple[float, Outage] | None:
    """When, in seconds, an outage is found, and which: all under load together, or in turns of so many seconds."""
    watch = TargetWatch([chr(ord("A") + at) for at in range(len(loads))], longest)
    if not turn:
        watch.begin(range(len(loads)), 0)
    for quarter in range(int(seconds * 4)):
        at = quarter / 4
        lanes = list(range(len(loads)))
        if turn:
            lanes = [int(at / turn) % len(loads)]
            if at % turn == 0:
                watch.begin(lanes, int(at * NS))
        for lane in lanes:
            if (found := watch.add(lane, frame(at, loads[lane](at)), {})) is not None:
                return at + 0.25, found
    return None


def test_a_target_that_is_killed_is_found_out_three_seconds_later_with_its_cause() -> None:
    at, outage = outage_of(until(4.0, good, refused), until(4.0, good, refused)) or pytest.fail("not found")
    assert 6.9 <= at <= 7.5
    assert outage.sentence == "100 % of requests failed for 3 s: connection refused"


@pytest.mark.parametrize("status", [500, 429, 422])
def test_a_target_that_refuses_from_the_first_request_on_is_found_out(status: int) -> None:
    at, outage = outage_of(answering(status, 97, 3)) or pytest.fail("not found")
    assert at == 3.0
    assert outage.sentence == f"97 % of requests failed for 3 s: status {status}"


@pytest.mark.parametrize("load", [good, answering(500, 50, 50), until(3.0, refused, good)])
def test_half_of_the_answers_or_an_end_in_time_is_no_outage(load: Load) -> None:
    load = load if load is not good else until(2.0, good, until(4.5, refused, good))
    assert outage_of(until(0.25, good, load)) is None


def test_failures_of_one_contender_are_its_own_while_another_succeeds_however_many_there_are() -> None:
    assert outage_of(refused, lambda _at: {"ok": 1}) is None


@pytest.mark.parametrize("turn", [0.5, 5.0])
def test_in_turns_a_contender_that_never_did_better_fails_by_itself(turn: float) -> None:
    assert outage_of(good, refused, turn=turn) is None


def test_in_turns_the_time_goes_on_from_one_contender_to_the_next() -> None:
    loads = [until(4.0, good, refused) for _ in range(3)]
    at, outage = outage_of(*loads, turn=0.5) or pytest.fail("not found")
    assert 6.9 <= at <= 7.5
    assert outage.only == ()


def test_in_a_long_turn_one_that_did_well_before_tells_of_the_target_and_is_named() -> None:
    at, outage = outage_of(good, until(6.0, good, refused), turn=5.0) or pytest.fail("not found")
    assert 8.9 <= at <= 9.5
    assert outage.sentence == "100 % of requests of B failed for 3 s: connection refused"


def test_silence_counts_once_it_is_longer_than_a_request_may_take() -> None:
    at, outage = outage_of(until(2.0, good, silent), longest=10.0) or pytest.fail("not found")
    assert 12.5 <= at <= 13.0
    assert outage.sentence == "no request was answered for 11 s"
    assert outage_of(until(2.0, good, until(11.75, silent, good)), longest=10.0, seconds=30) is None


def test_a_silent_target_with_a_short_timeout_is_found_out_in_three_seconds() -> None:
    at, _outage = outage_of(timing_out(1.0, 8), longest=1.0) or pytest.fail("not found")
    assert 3.0 < at <= 4.0


@pytest.mark.parametrize("turn", [0.0, 0.5])
def test_a_target_that_hangs_from_the_start_is_found_out_once_all_has_timed_out(turn: float) -> None:
    at, outage = outage_of(silent, silent, longest=5.0, turn=turn) or pytest.fail("not found")
    assert 5.5 < at <= 6.0
    assert outage.sentence == "no request was answered for 6 s"


def test_a_slow_target_is_not_given_up_for_single_failures() -> None:
    def every_fifth(at: float) -> dict[str, object]:
        return {"error": 1, "errors": {"refused": 1}} if at % 5 == 0 else {"in_flight": 1}

    at, _outage = outage_of(every_fifth) or pytest.fail("not found")
    assert at == 20.25  # The fifth failure, at 20 s.
    assert outage_of(until(6.0, every_fifth, good)) is None


def test_a_contender_without_anything_to_send_is_not_silent() -> None:
    assert outage_of(until(1.0, good, lambda _at: {})) is None


def test_contenders_that_died_or_are_done_do_not_hide_an_outage() -> None:
    for dead in (True, False):
        watch = TargetWatch(["A", "B"], 30.0)
        watch.begin([0, 1], 0)
        found = None
        for quarter in range(40):
            at = quarter / 4
            found = found or watch.add(0, frame(at, until(2.0, good, refused)(at)), {})
            if at < 1:
                watch.add(1, frame(at, good(at)), {})
            elif at == 1:
                watch.leave(1, dead=dead)
        assert found is not None
        assert found.only == (() if dead else ("A",))


def test_time_between_two_steps_does_not_count() -> None:
    watch = TargetWatch(["A"], 30.0)
    for start in (0.0, 100.0):
        watch.begin([0], int(start * NS))
        for quarter in range(6):
            at = start + quarter / 4
            found = watch.add(0, frame(at, refused(at)), {})
            assert (found is not None) == (at == 101.25)
