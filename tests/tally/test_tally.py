"""What lanes send is in whatever is asked for next, each count once and each event in its place."""

from __future__ import annotations

from typing import Any

from httptui.engines.buckets import histogram_of
from httptui.engines.protocol import Frame
from httptui.plan.model import Contender, Load, Plan, Target
from httptui.plan.schedule import Step
from httptui.plan.secrets import Redactor
from httptui.results.histogram import flat_of
from httptui.runs.tally import Tally

SECOND = 1_000_000_000
STEP = Step(lanes=(0, 1), seconds=10.0)


def tally() -> Tally:
    """That of two contenders, both under load from one second on."""
    plan = Plan(
        target=Target(url="http://127.0.0.1:1/", headers={"X-Token": "hunter22"}),
        load=Load(concurrency=4, seconds=10.0),
        contender=(Contender(engine="aiohttp"), Contender(engine="requests")),
    )
    made = Tally(plan, redactor=Redactor.for_plan(plan, {}), began_ns=0)
    made.begin(STEP, SECOND)
    return made


def frame(number: int, *, ok: int = 10, **changes: Any) -> Frame:
    """The frame of a quarter of a second, all of whose answers took a millisecond."""
    counts = dict.fromkeys(("error", "timeout", "dropped", "cancelled", "in_flight", "bytes", "cpu_ns"), 0)
    start = SECOND + number * SECOND // 4
    times = {"start_ns": start, "end_ns": start + SECOND // 4}
    latencies = {
        "histogram": list(flat_of(histogram_of([1_000_000] * ok))),
        "latency_sum_ns": ok * 1_000_000,
        "latency_max_ns": 1_000_000,
    }
    rest = {
        "turn": 1,
        "block": 0,
        "warmup": False,
        "planned": ok,
        "ok": ok,
        "lag_max_ns": 5,
        "connections": 4,
    }
    return Frame(**(counts | times | latencies | rest | changes))


def test_every_frame_counts_whoever_asks_first() -> None:
    made = tally()
    for number in range(4):
        made.add(0, frame(number), STEP, 2 * SECOND)
        made.add(1, frame(number, ok=1), STEP, 2 * SECOND)
    assert [lane.counts["ok"] for lane in made.lanes] == [40, 4]
    made.add(0, frame(4), STEP, 3 * SECOND)
    first, second = made.snapshot(3 * SECOND).contenders
    assert (first.requests.ok, second.requests.ok) == (50, 4)
    assert first.latency_ms is not None
    assert first.latency_ms.max == 1.0
    assert [point.seconds for point in first.series] == [0.25, 0.5, 0.75, 1.0, 1.25]


def test_what_was_on_its_way_in_a_lane_that_died_is_cancelled() -> None:
    made = tally()
    made.add(0, frame(0, ok=10, planned=14, error=1, in_flight=3), STEP, 2 * SECOND)
    made.add(1, frame(0, ok=10, planned=13, in_flight=3), STEP, 2 * SECOND)
    made.lanes[0].end("dnf", "killed by SIGKILL")
    dead, other = made.snapshot(3 * SECOND).contenders
    assert (dead.requests.planned, dead.requests.cancelled, dead.in_flight) == (14, 3, 0)
    assert (other.requests.planned, other.requests.cancelled, other.in_flight) == (13, 0, 3)


def test_what_a_frame_tells_is_told_when_it_came_and_before_what_came_after() -> None:
    made = tally()
    made.add(1, frame(0, error=1, errors={"reset": 1}, messages={"reset": "by hunter22"}), STEP, 2 * SECOND)
    made.note("later", 3 * SECOND)
    told = [(event.seconds, event.text, event.level) for event in made.snapshot(4 * SECOND).events]
    assert told == [(2.0, "B reset: by ***", "warning"), (3.0, "later", "info")]


def test_the_frames_of_a_step_are_in_it_when_it_ends() -> None:
    made = tally()
    (step,) = made.steps
    made.add(0, frame(0), step, 2 * SECOND)
    made.add(1, frame(0, ok=0), step, 2 * SECOND)
    made.end(step, 11 * SECOND, steal=0.25)
    assert [lane.state for lane in made.lanes] == ["waiting", "waiting"]
    assert [one.steal for lane in made.lanes for one in lane.slices(0)] == [0.25, 0.25]


def test_under_load_latencies_are_told_anew_in_every_other_snapshot_and_counts_in_each() -> None:
    made = tally()
    told = []
    for number in range(4):
        made.add(0, frame(number, latency_max_ns=(number + 1) * 1_000_000), STEP, 2 * SECOND)
        view = made.snapshot(2 * SECOND).contenders[0]
        assert view.latency_ms is not None
        told.append((view.requests.ok, view.latency_ms.max, sum(count for _, count in view.histogram)))
    assert told == [(10, 1.0, 10), (20, 1.0, 10), (30, 3.0, 30), (40, 3.0, 30)]
    whole = made.snapshot(3 * SECOND, anew=True).contenders[0]
    assert whole.latency_ms is not None
    assert (whole.latency_ms.max, sum(count for _, count in whole.histogram)) == (4.0, 40)


def test_a_contender_that_waits_has_told_all_of_its_latencies() -> None:
    made = tally()
    (step,) = made.steps
    made.snapshot(SECOND)
    made.add(0, frame(0), step, 2 * SECOND)
    made.snapshot(2 * SECOND)
    made.add(0, frame(1), step, 2 * SECOND)
    made.end(step, 11 * SECOND)
    for _ in range(2):
        view = made.snapshot(12 * SECOND).contenders[0]
        assert (view.requests.ok, sum(count for _, count in view.histogram)) == (20, 20)


def test_a_secret_of_the_plan_is_hidden_in_its_name_and_in_labels() -> None:
    plan = Plan(
        name="as hunter22",
        target=Target(headers={"X-Token": "hunter22"}),
        contender=(Contender(engine="aiohttp", label="with hunter22"),),
    )
    seen = Tally(plan, redactor=Redactor.for_plan(plan, {}), began_ns=0).snapshot(0)
    assert (seen.title, seen.contenders[0].label) == ("as ***", "with ***")


def test_an_open_load_that_is_kept_is_said_to_be_bound_by_its_rate() -> None:
    plan = Plan(
        target=Target(url="http://127.0.0.1:1/"),
        load=Load(kind="open", rate=40, concurrency=4, seconds=10.0),
        contender=(Contender(engine="aiohttp"), Contender(engine="requests")),
    )
    made = Tally(plan, redactor=Redactor.for_plan(plan, {}), began_ns=0)
    made.begin(STEP, SECOND)
    for number in range(4):
        made.add(0, frame(number), STEP, 2 * SECOND)
        made.add(1, frame(number, planned=20, dropped=10), STEP, 2 * SECOND)
    kinds = [view.limiter and view.limiter.kind for view in made.snapshot(2 * SECOND).contenders]
    assert kinds == ["rate", "unknown"]
