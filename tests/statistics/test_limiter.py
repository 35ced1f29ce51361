from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from httptui.engines.buckets import bucket_of
from httptui.results.histogram import percentile_ns
from httptui.results.judge.limiter import limit_of, refusal_of
from httptui.results.judge.limiter_facts import Facts, MachineLoad, reuse_cost_of
from httptui.results.snapshot import ContenderView, Latency, Requests

QUIET = MachineLoad(cpu_busy=0.4, target_busy=0.2, cores=2)
FULL = replace(QUIET, cpu_busy=1.0)
QUEUED = ((bucket_of(2_000_000), 1), (bucket_of(3_000_000), 1), (bucket_of(50_000_000), 12_798))


def latency(p50: float, mean: float | None = None) -> Latency:
    return Latency(p50=p50, p90=p50, p99=p50, p99_9=p50, max=p50, mean=p50 if mean is None else mean)


def view(key: str = "A", **changes: Any) -> ContenderView:
    """64 in flight, each waiting 50 ms for every answer, at a tenth of a core."""
    base = ContenderView(
        id=key,
        label="httpx · shared",
        engine="httpx",
        reuse="shared",
        concurrency=64,
        state="finished",
        requests=Requests(planned=12_800, ok=12_800),
        seconds=10.0,
        req_per_s=1280.0,
        latency_ms=latency(50.0),
        cpu_us_per_request=78.0,
        cpu_share=0.1,
        loop_lag_ms=1.0,
        connections_opened=64,
        http_version="1.1",
        histogram=((bucket_of(50_000_000), 12_800),),
    )
    return replace(base, **changes)


BUSY = view(cpu_share=1.0, cpu_us_per_request=7_800.0)


def test_a_full_core_is_client_cpu_even_where_the_machine_is_full() -> None:
    limiter = limit_of(BUSY, [], FULL)
    assert limiter.kind == "client CPU"
    assert limiter.sentence == "client CPU: 7.8 ms of CPU per request, 100 % of a core"


def test_a_core_that_is_full_of_failures_is_not_the_limit() -> None:
    failing = replace(BUSY, requests=Requests(planned=12_800, ok=6_400, error=6_400))
    limiter = limit_of(failing, [], QUIET)
    assert limiter.kind == "unknown"
    assert "50 % of the requests failed" in limiter.sentence


def test_several_processes_are_bound_by_their_cpu_where_they_fill_a_core_each() -> None:
    four = replace(BUSY, processes=4, cpu_share=3.8, histogram=QUEUED)
    assert limit_of(four, [], QUIET).sentence == "client CPU: 7.8 ms of CPU per request, 95 % of 4 cores"
    assert limit_of(replace(four, cpu_share=3.5), [], QUIET).kind != "client CPU"
    assert limit_of(replace(four, cpu_share=1.0), [], FULL).sentence == (
        "machine: both CPU cores are 100 % busy, and this client got 25 % of 4 cores"
    )


def test_threads_that_fill_one_core_are_held_by_the_gil() -> None:
    threads = replace(BUSY, loop_lag_ms=None)
    assert limit_of(threads, [], QUIET).sentence.endswith("100 % of a core, GIL-bound (one core)")
    assert "GIL" not in limit_of(replace(threads, concurrency=1), [], QUIET).sentence
    assert "GIL" not in limit_of(replace(threads, cpu_share=1.4), [], QUIET).sentence


def test_a_full_machine_limits_whoever_did_not_get_a_core() -> None:
    limiter = limit_of(view(cpu_share=0.47, histogram=QUEUED), [], FULL)
    assert limiter.kind == "machine"
    assert limiter.sentence == "machine: both CPU cores are 100 % busy, and this client got 47 % of a core"


def test_a_shared_client_that_costs_many_times_its_twin_per_worker_has_the_sharing_named() -> None:
    twin = view("B", reuse="per-worker", cpu_us_per_request=550.0, cpu_share=1.0)
    assert limit_of(BUSY, [BUSY, twin], QUIET).sentence == (
        "client CPU: 7.8 ms of CPU per request, 100 % of a core; one client shared by 64 uses 14 times the CPU "
        "per request of one client per worker (B)"
    )


def test_a_client_for_every_request_is_held_by_the_set_up_where_its_twin_shows_what_that_costs() -> None:
    spender = replace(BUSY, reuse="per-request", connections_opened=12_800)
    keeper = view("B", cpu_us_per_request=780.0)
    for machine in (QUIET, FULL):
        assert limit_of(spender, [keeper], machine).sentence == (
            "connection set-up: opened 12 800 connections for 12 800 requests; 7.8 ms of CPU per request, 100 % "
            "of a core; a new client for every request uses 10 times the CPU per request of one client "
            "shared by 64 (B)"
        )


def test_without_a_twin_that_keeps_its_connections_their_set_up_is_told_but_not_blamed() -> None:
    spender = replace(BUSY, reuse="per-request", connections_opened=12_800)
    assert limit_of(spender, [], QUIET).sentence == (
        "client CPU: 7.8 ms of CPU per request, 100 % of a core; it opened 12 800 connections for 12 800 requests"
    )
    also = view("B", reuse="every-2", cpu_us_per_request=780.0, connections_opened=6_400)
    assert limit_of(spender, [also], QUIET).kind == "client CPU"


ELSEWHERE = MachineLoad(cpu_busy=0.1, cores=2)


def test_a_queue_at_a_target_that_nobody_looks_into_shows_by_the_first_answers() -> None:
    limiter = limit_of(view(histogram=QUEUED), [], ELSEWHERE)
    assert limiter.kind == "target"
    assert limiter.sentence == (
        "target: requests queue there, or on the way: the fastest answer came after 2.0 ms, hardly any other of 64 "
        "in flight before 50.0 ms, with the client at 10 % of a core"
    )


@pytest.mark.parametrize(
    ("changes", "machine", "kind"),
    [
        ({"histogram": QUEUED}, QUIET, "latency"),
        ({"histogram": QUEUED}, replace(ELSEWHERE, cpu_busy=None), "unknown"),
        ({"histogram": QUEUED, "req_per_s": 900.0}, ELSEWHERE, "unknown"),
        ({"histogram": QUEUED, "cpu_share": 0.8}, ELSEWHERE, "unknown"),
        ({"histogram": QUEUED, "connections_opened": 2}, ELSEWHERE, "pool"),
        ({"histogram": ((bucket_of(30_000_000), 1), (bucket_of(50_000_000), 999))}, ELSEWHERE, "unknown"),
        ({"histogram": ((bucket_of(40_000_000), 1), (bucket_of(50_000_000), 999))}, ELSEWHERE, "latency"),
    ],
)
def test_a_queue_is_named_on_its_signs_only(changes: dict[str, Any], machine: MachineLoad, kind: str) -> None:
    assert limit_of(view(**changes), [], machine).kind == kind


def test_on_a_full_machine_the_reason_for_its_cost_is_told_too() -> None:
    costly = view(cpu_share=0.47, cpu_us_per_request=2_150.0)
    twin = view("C", reuse="per-worker", cpu_us_per_request=425.0, cpu_share=0.47)
    assert limit_of(costly, [costly, twin], FULL).sentence == (
        "machine: both CPU cores are busy; one client shared by 64 uses 5.1 times the CPU per request of one "
        "client per worker (C)"
    )


@pytest.mark.parametrize(
    ("reuse", "words"),
    [
        ("per-worker", "one client per worker"),
        ("per-request", "a new client for every request"),
        ("every-8", "a new client every 8 requests"),
    ],
)
def test_each_way_to_use_a_client_is_told_in_words(reuse: str, words: str) -> None:
    cost = reuse_cost_of(replace(BUSY, reuse=reuse), [view("B", cpu_us_per_request=780.0)])
    assert cost is not None
    assert cost.clause() == f"{words} uses 10 times the CPU per request of one client shared by 64 (B)"


@pytest.mark.parametrize(
    "changes",
    [
        {"engine": "aiohttp"},
        {"concurrency": 16},
        {"http_version": "2"},
        {"reuse": "shared"},
        {"cpu_us_per_request": 4_000.0},
        {"cpu_us_per_request": None},
        {"requests": Requests(planned=5, error=5)},
    ],
)
def test_costs_that_cannot_be_compared_are_no_reason(changes: dict[str, Any]) -> None:
    twin = replace(view("B", reuse="per-worker", cpu_us_per_request=550.0), **changes)
    assert limit_of(BUSY, [twin], QUIET).sentence == "client CPU: 7.8 ms of CPU per request, 100 % of a core"


def test_fewer_connections_than_in_flight_are_a_pool() -> None:
    limiter = limit_of(view(connections_opened=10, cpu_share=0.3), [], QUIET)
    assert limiter.kind == "pool"
    assert limiter.sentence == "pool: 10 connections were open for 64 in flight, at 30 % of a core"


@pytest.mark.parametrize(
    ("changes", "machine"),
    [
        ({"http_version": "2"}, QUIET),
        ({"connections_opened": None}, QUIET),
        ({"connections_opened": 64}, QUIET),
        ({"req_per_s": 175.0}, QUIET),
        ({"requests": Requests(planned=100, ok=100)}, QUIET),
        ({"cpu_share": 0.8}, QUIET),
        ({}, replace(QUIET, target_busy=0.95)),
    ],
)
def test_what_does_not_show_a_pool_is_not_called_one(changes: dict[str, Any], machine: MachineLoad) -> None:
    pooled = replace(view(connections_opened=10, cpu_share=0.3), **changes)
    assert limit_of(pooled, [], machine).kind != "pool"


def test_connection_set_up_needs_a_twin_that_reuses_and_answers_sooner() -> None:
    opener = view(reuse="per-request", connections_opened=12_800, cpu_share=0.5, latency_ms=latency(80.0))
    twin = view("B", label="httpx · shared")
    limiter = limit_of(opener, [twin], QUIET)
    assert limiter.kind == "connection set-up"
    assert limiter.sentence == (
        "connection set-up: opened 12 800 connections for 12 800 requests, median 80.0 ms; B httpx · shared, "
        "which keeps its connections, has 50.0 ms"
    )
    assert limit_of(opener, [], QUIET).kind == "unknown"
    assert limit_of(opener, [replace(twin, latency_ms=latency(70.0))], QUIET).kind == "unknown"


def test_a_busy_target_limits_an_idle_client() -> None:
    limiter = limit_of(view(cpu_share=0.5), [], replace(QUIET, target_busy=0.95))
    assert limiter.kind == "target"
    assert limiter.sentence == "target: its one worker is 95 % busy, and the client used 50 % of a core"


def test_between_a_busy_client_and_a_busy_target_nothing_is_claimed() -> None:
    limiter = limit_of(view(cpu_share=0.8), [], replace(QUIET, target_busy=0.95))
    assert limiter.kind == "unknown"
    assert limiter.sentence == "unknown: the client used 80 % of a core, the target 95 % of its own"


def test_all_idle_and_all_in_flight_waiting_is_latency() -> None:
    limiter = limit_of(view(), [], QUIET)
    assert limiter.kind == "latency"
    assert limiter.sentence == (
        "latency: 64 in flight, each waiting 50.0 ms for an answer, with the client at 10 % of a core"
    )
    elsewhere = limit_of(view(), [], MachineLoad(cpu_busy=0.1, cores=2))
    assert "from network and target together" in elsewhere.sentence


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "latency"),
        ({"histogram": QUEUED}, "machine"),
        ({"cpu_share": 0.8}, "machine"),
        ({"req_per_s": 900.0}, "machine"),
        ({"latency_ms": latency(65.0, mean=50.0)}, "machine"),
        (
            {
                "latency_ms": latency(10.0),
                "histogram": ((bucket_of(10_000_000), 12_800),),
                "req_per_s": 6_400.0,
            },
            "machine",
        ),
    ],
)
def test_who_waits_as_long_as_for_the_fastest_answer_is_not_held_up_by_a_full_machine(
    changes: dict[str, Any], kind: str
) -> None:
    assert limit_of(view(**changes), [], FULL).kind == kind


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({"req_per_s": 900.0}, "requests filled 70 % of the time of those in flight"),
        ({"requests": Requests(planned=100, ok=90, error=10)}, "10 % of the requests failed"),
        ({"histogram": ((bucket_of(10_000_000), 12_800),)}, "the client used 10 % of a core"),
        ({"req_per_s": 900.0, "loop_lag_ms": 230.0}, "its event loop was late by up to 230 ms"),
        ({"latency_ms": latency(50.0, mean=60.0)}, "the client used 10 % of a core"),
    ],
)
def test_latency_is_not_claimed_without_its_signs_and_what_is_known_is_said(
    changes: dict[str, Any], known: str
) -> None:
    limiter = limit_of(view(**changes), [], QUIET)
    assert limiter.kind == "unknown"
    assert known in limiter.sentence


def test_a_faster_rival_shows_that_answers_could_come_sooner() -> None:
    rival = view("B", engine="aiohttp", histogram=((bucket_of(5_000_000), 100),))
    assert limit_of(view(), [rival], QUIET).kind == "unknown"


def test_an_unknown_machine_is_not_taken_for_an_idle_one() -> None:
    assert limit_of(view(), [], MachineLoad()).kind == "unknown"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"requests": Requests(planned=9, error=9)}, "unknown: it has no successful request"),
        ({"cpu_share": None}, "unknown: its CPU time is not known"),
    ],
)
def test_without_results_nothing_is_known(changes: dict[str, Any], sentence: str) -> None:
    assert limit_of(view(**changes), [], FULL).sentence == sentence


def test_a_moment_under_load_says_nothing_about_the_machine() -> None:
    limiter = limit_of(view(cpu_share=0.47, seconds=0.06), [], replace(FULL, target_busy=1.0))
    assert limiter.sentence == "unknown: the client used 47 % of a core, under load for 60.0 ms only"


@given(
    st.floats(0, 3),
    st.floats(0, 1) | st.none(),
    st.floats(0, 2) | st.none(),
    st.integers(0, 20_000) | st.none(),
    st.sampled_from(["shared", "per-worker", "per-request", "every-10"]),
    st.sampled_from(["shared", "per-worker", "per-request", "every-10"]),
)
def test_every_sentence_begins_with_its_kind(
    share: float, busy: float | None, target: float | None, opened: int | None, reuse: str, other: str
) -> None:
    machine = MachineLoad(cpu_busy=busy, target_busy=target, cores=2)
    one = view(cpu_share=share, connections_opened=opened, reuse=reuse, cpu_us_per_request=900.0)
    twin = view("B", reuse=other, cpu_us_per_request=100.0)
    limiter = limit_of(one, [one, twin], machine)
    assert limiter.sentence.startswith(f"{limiter.kind}: ")
    assert limiter.kind in ("client CPU", "connection set-up") or share < 0.9


HISTOGRAMS = st.dictionaries(st.integers(0, 9_000), st.sampled_from([1, 2, 1_000]), max_size=4).map(
    lambda counts: tuple(sorted(counts.items()))
)


@given(st.lists(HISTOGRAMS, min_size=1, max_size=6))
@example([((0, 1), (9_000, 1_000)), ((100, 1_000),)])
def test_the_floor_is_the_lowest_first_percentile_of_all_contenders(
    histograms: list[tuple[tuple[int, int], ...]],
) -> None:
    first, *others = (view(f"C{number}", histogram=counts) for number, counts in enumerate(histograms))
    facts = Facts(first, others, QUIET, 0.1, latency(50.0))
    lowest = min((percentile_ns(counts, 1.0) for counts in histograms if counts), default=0.0)
    assert facts.floor_ms == lowest / 1e6


def test_a_target_that_refuses_is_named_whatever_the_machine_does() -> None:
    storm = view(
        requests=Requests(planned=10_000, ok=500, error=9_500),
        req_per_s=50.0,
        status={"200": 500, "429": 9_500},
    )
    told = refusal_of(storm)
    assert told is not None
    assert told.kind == "rate limit"
    assert told.sentence == (
        "rate limit: the target refused 95 % of the requests (status 429), and answered 50.0 req/s"
    )


@pytest.mark.parametrize(
    ("status", "named"),
    [
        ({"503": 600}, True),
        ({"503": 300}, False),
        ({"429": 60}, True),
        ({"429": 40}, False),
        ({"500": 900}, False),
    ],
)
def test_a_few_answers_of_503_may_be_failures_of_another_kind(status: dict[str, int], named: bool) -> None:
    failed = sum(status.values())
    mixed = view(requests=Requests(planned=1_000, ok=1_000 - failed, error=failed), status=status)
    assert (refusal_of(mixed) is not None) == named
