"""What a probe after the load shows of a contender's limiter: pure rules on known facts."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from httptui.engines.buckets import bucket_of
from httptui.results.judge.limiter import leaves_open, limit_of
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.judge.probed import Probe, Sample, latency_ratio
from httptui.results.snapshot import ContenderView, Latency, Limiter, Requests

QUIET = MachineLoad(cpu_busy=0.3, cores=2)
NS = 1_000_000


def sample(*milliseconds: float, count: int = 40, **changes: Any) -> Sample:
    """So many answers after each of some times."""
    found = sorted((bucket_of(int(ms * NS)), count) for ms in milliseconds)
    return replace(Sample(ok=count * len(milliseconds), histogram=tuple(found), lag_ms=1.0), **changes)


def view(**changes: Any) -> ContenderView:
    """16 in flight, each waiting 20 ms, at a tenth of a core, for a target of which nothing is known."""
    base = ContenderView(
        id="A",
        label="httpx · shared",
        engine="httpx",
        reuse="shared",
        concurrency=16,
        state="finished",
        requests=Requests(planned=8_000, ok=8_000),
        seconds=10.0,
        req_per_s=800.0,
        latency_ms=Latency(p50=20.0, p90=20.0, p99=20.0, p99_9=20.0, max=20.0, mean=20.0),
        cpu_us_per_request=125.0,
        cpu_share=0.1,
        loop_lag_ms=1.0,
        connections_opened=16,
        http_version="1.1",
        histogram=((bucket_of(20 * NS), 8_000),),
    )
    return replace(base, **changes)


WAITING = Probe(
    beside=sample(20),
    half=sample(20),
    half_in_flight=8,
    bystander=sample(20),
    alone=sample(20),
    connections=16,
)
QUEUEING = replace(WAITING, beside=sample(40), half=sample(20), bystander=sample(41), alone=sample(5))
INSIDE = replace(WAITING, beside=sample(40), half=sample(20), bystander=sample(5), alone=sample(5))


def told(probe: Probe, **changes: Any) -> Limiter:
    """Under the counted load requests took as long as beside the bystander, unless `changes` say otherwise."""
    if probe.beside is not None:
        changes = {"histogram": probe.beside.histogram, **changes}
    return limit_of(view(**changes), [], QUIET, probe)


def kind_of(probe: Probe, **changes: Any) -> str:
    return told(probe, **changes).kind


@pytest.mark.parametrize(
    ("probe", "kind"),
    [
        (WAITING, "latency"),
        (QUEUEING, "target"),
        (INSIDE, "client"),
        (replace(INSIDE, half=sample(40)), "client"),
        (replace(INSIDE, connections=2, few_allowed=True), "pool"),
        (replace(INSIDE, connections=2), "client"),
        (replace(INSIDE, connections=2, core_wait=0.3), "unknown"),
        (replace(INSIDE, bystander=sample(0.2), alone=sample(0.1)), "client"),
        (replace(INSIDE, beside=sample(40, lag_ms=35.0)), "event loop"),
        # A pool of eight at a target that serves one at a time: more connections would serve no more.
        (replace(INSIDE, connections=8, few_allowed=True, bystander=sample(25)), "target"),
        (replace(QUEUEING, half=sample(30)), "unknown"),
        (replace(WAITING, bystander=sample(12)), "unknown"),
        (replace(WAITING, bystander=sample(20), alone=sample(4)), "unknown"),
        (replace(INSIDE, alike=False), "unknown"),
        (replace(INSIDE, bystander=sample(5, 45)), "unknown"),
        (replace(WAITING, bystander=None), "unknown"),
        (replace(WAITING, half=None), "latency"),
        (replace(WAITING, half=None, alone=sample(10)), "unknown"),
        (replace(QUEUEING, core_wait=0.3), "unknown"),
        (replace(INSIDE, core_wait=0.3), "unknown"),
        (replace(WAITING, core_wait=0.3), "latency"),
        # Two of sixteen are answered after 20 ms, and the rest wait: by its answers alone, nobody would.
        (replace(WAITING, connections=2, few_allowed=True), "pool"),
        (replace(WAITING, connections=2, few_allowed=True, alone=sample(11)), "unknown"),
        (replace(WAITING, beside=sample(20, count=3)), "unknown"),
    ],
)
def test_half_the_load_and_a_bystander_tell_where_requests_wait(probe: Probe, kind: str) -> None:
    assert kind_of(probe) == kind


def test_on_a_full_machine_a_probe_has_the_word_where_the_client_does_not_wait_for_a_core() -> None:
    full = replace(QUIET, cpu_busy=1.0)

    def kind(probe: Probe) -> str:
        assert probe.beside is not None
        return limit_of(view(histogram=probe.beside.histogram, req_per_s=500.0), [], full, probe).kind

    assert limit_of(view(req_per_s=500.0), [], full).kind == "machine"
    assert kind(replace(QUEUEING, core_wait=0.02)) == "target"
    assert kind(replace(QUEUEING, core_wait=0.4)) == "machine"
    assert kind(replace(WAITING, core_wait=0.4)) == "machine"
    assert kind(replace(WAITING, core_wait=0.02, bystander=sample(12))) == "unknown"
    assert kind(replace(INSIDE, core_wait=0.02)) == "unknown"
    assert kind(replace(INSIDE, core_wait=0.02, connections=2)) == "unknown"
    assert kind(replace(WAITING, core_wait=0.4, connections=2, few_allowed=True)) == "pool"


def test_what_moved_is_told() -> None:
    assert told(QUEUEING).sentence == (
        "target: it, or the way to it, serves no more; with 8 in flight instead of 16 req/s stayed the same and the "
        "median went from 40.0 ms to 20.0 ms; a bare request beside the load took 41.0 ms, 5.0 ms without it, the "
        "client's own 40.0 ms, at 10 % of a core"
    )


def test_neither_two_speeds_nor_a_pause_pass_for_a_queue() -> None:
    fast_and_slow = sample(5, 80)
    assert latency_ratio(sample(5, 80), fast_and_slow) == pytest.approx(1.0)
    paused = sample(20, count=90)
    paused = replace(paused, histogram=(*paused.histogram, (bucket_of(220 * NS), 10)), ok=100)
    assert latency_ratio(sample(20), paused) == pytest.approx(1.0)
    assert latency_ratio(sample(10), sample(20)) == pytest.approx(0.5, rel=0.01)


def test_a_pause_of_the_target_in_the_probe_settles_nothing() -> None:
    paused = replace(QUEUEING, beside=sample(200), half=sample(20), bystander=sample(200), alone=sample(20))
    assert kind_of(paused) == "target"
    assert kind_of(paused, histogram=sample(20).histogram) == "unknown"


def test_a_client_is_not_blamed_for_what_its_cpu_time_explains() -> None:
    slow = replace(INSIDE, beside=sample(6), half=sample(3), bystander=sample(1), alone=sample(1))
    assert kind_of(slow) == "client"
    assert kind_of(slow, cpu_us_per_request=1_500.0, cpu_share=0.6) == "unknown"


def test_connections_beyond_those_that_a_target_serves_are_its_limit() -> None:
    starving = replace(
        WAITING,
        beside=sample(20, unanswered=12),
        half=None,
        bystander=Sample(unanswered=1),
        alone=Sample(unanswered=1),
    )
    assert told(starving, req_per_s=200.0).sentence == (
        "connection limit: 12 of 16 requests in flight got no answer at all, while others were answered after "
        "20.0 ms, and a bare request on a new connection got none"
    )
    # One that hangs by chance is no limit: the bystander is answered without the load.
    assert kind_of(replace(starving, alone=sample(20))) == "unknown"
    closing = replace(
        WAITING, beside=sample(20, failed={"disconnected": 60}), bystander=Sample(failed={"disconnected": 30})
    )
    failing = Requests(planned=8_000, ok=4_000, error=4_000)
    assert kind_of(closing, requests=failing) == "connection limit"
    assert (
        kind_of(replace(closing, bystander=sample(20, failed={"disconnected": 30})), requests=failing)
        == "unknown"
    )


@pytest.mark.parametrize("hidden", [{"beside": sample(20, unanswered=8)}, {}])
def test_requests_that_wait_in_vain_are_no_latency(hidden: dict[str, Sample]) -> None:
    """8 of 16 in flight have no answer, in the probe or until their timeout; a bare request found a place."""
    served = replace(WAITING, **hidden)
    requests = Requests(planned=4_008, ok=4_000, timeout=0 if hidden else 8)
    limit = told(served, requests=requests, req_per_s=400.0)
    assert limit.kind == "unknown"
    assert "8 requests got no answer at all, while others were answered after 20" in limit.sentence


@pytest.mark.parametrize(
    ("set_up_ms", "alone_ms", "reopened", "kind"),
    [
        (9.0, 10.0, True, "connection set-up"),
        (9.0, 1.0, False, "connection set-up"),
        (1.0, 20.0, True, "latency"),
    ],
)
def test_opening_connections_is_held_against_what_a_request_takes(
    set_up_ms: float, alone_ms: float, reopened: bool, kind: str
) -> None:
    probe = replace(WAITING, alone=sample(alone_ms), set_up_ms=set_up_ms, reopened=reopened)
    assert kind_of(probe, connections_opened=8_000) == kind


def test_only_what_signals_leave_open_is_probed() -> None:
    waits = limit_of(view(), [], QUIET)
    assert leaves_open(waits, view(), QUIET)
    busy = view(cpu_share=1.0)
    assert not leaves_open(limit_of(busy, [], QUIET), busy, QUIET)
    assert leaves_open(limit_of(busy, [], QUIET), replace(busy, connections_opened=8_000), QUIET)
    full = replace(QUIET, target_busy=0.97)
    assert not leaves_open(limit_of(view(), [], full), view(), full)
    inside = view(inside="fastapi-async")
    assert not leaves_open(limit_of(inside, [], QUIET), inside, QUIET)
    # A probe has no word where signals leave nothing open.
    assert limit_of(busy, [], QUIET, INSIDE).kind == "client CPU"
