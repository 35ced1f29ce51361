"""Flags that follow from how a run was made, rather than from how its figures vary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from httptui.engines.registry import engine_info
from httptui.plans.plan import Plan
from httptui.plans.schedule import FEWEST_IN_A_SLICE
from httptui.snapshot import MOST_OWN_CPU, ContenderView, Flag, own_cpu_share
from httptui.statistics import FEWEST_FOR_95
from httptui.units import format_ms, format_percent, listed, plural
from httptui.verdicts.margins import largest_body, margins_of

LATE_MS = 2.0
LATE_SHARE = 0.10
FEW_DROPPED = 0.001


def protocol_flags(
    plan: Plan, views: Sequence[ContenderView], slice_seconds: float | None, typical_seconds: float | None
) -> tuple[Flag, ...]:
    """Slices too short for the slowest contender, lanes never started anew, and requests sent late or never.

    A generator bounds its own result where a hundredth of its requests started later than 2 ms and than a tenth of
    the response time that a hundredth exceeded.
    """
    return (
        *_dropped(views),
        *_sent_once(views),
        *_own_cpu(views),
        *_late(views),
        *_short(plan, slice_seconds, typical_seconds),
        *_one_epoch(plan, views),
    )


def is_generator_bound(view: ContenderView) -> bool:
    """Whether requests were sent so late that it shows in the response times."""
    if view.late_p99_ms is None or view.response_ms is None:
        return False
    return view.late_p99_ms > max(LATE_MS, LATE_SHARE * view.response_ms.p99)


def _dropped(views: Sequence[ContenderView]) -> Iterator[Flag]:
    shares = {
        view.id: view.requests.dropped / view.requests.planned for view in views if view.requests.planned
    }
    dropped = sorted((key for key in shares if shares[key] > FEW_DROPPED), key=lambda key: -shares[key])
    if dropped:
        first, *others = [f"{key} dropped {format_percent(shares[key])}" for key in dropped]
        told = listed([f"{first} of arrivals", *(other.replace(" dropped", "") for other in others)])
        yield Flag("dropped", f"{told}: not sent, in-flight limit reached")


def _sent_once(views: Sequence[ContenderView]) -> Iterator[Flag]:
    """Requests whose connection broke, of clients that by themselves would have sent them once more."""
    for view in views:
        broken = view.errors.get("disconnected", 0)
        if not broken or not (what := _kept_from(view.engine)):
            continue
        yield Flag(
            "sent once",
            f"{plural(broken, 'request')} of {view.id} found the connection closed: {view.engine} by itself sends "
            f'{what} once more then, which is off here (policy.retries = 1 with retry_on = ["disconnected"] sends it '
            "again for every client)",
        )


def _kept_from(engine: str) -> str:
    try:
        return engine_info(engine).sent_once
    except (LookupError, OSError, ValueError, RuntimeError):
        return ""


def _own_cpu(views: Sequence[ContenderView]) -> Iterator[Flag]:
    own = {view.id: share for view in views if (share := own_cpu_share(view)) > MOST_OWN_CPU}
    if own:
        told = listed([f"{format_percent(share)} of {key}'s" for key, share in own.items()])
        yield Flag("own CPU", f"CPU per request not compared: at this rate {told} is the tool's own")


def _late(views: Sequence[ContenderView]) -> Iterator[Flag]:
    for view in views:
        if view.late_p99_ms is None or view.late_p99_ms <= LATE_MS or view.response_ms is None:
            continue
        late = f"one in a hundred requests of {view.id} was sent {format_ms(view.late_p99_ms)} late or later"
        response = f"its response time has a p99 of {format_ms(view.response_ms.p99)}"
        yield Flag("generator-bound" if is_generator_bound(view) else "late starts", f"{late}; {response}")


def _short(plan: Plan, slice_seconds: float | None, typical_seconds: float | None) -> Iterator[Flag]:
    if plan.schedule.kind != "interleaved" or slice_seconds is None or typical_seconds is None:
        return
    if slice_seconds < FEWEST_IN_A_SLICE * typical_seconds and not plan.load.stages:
        yield Flag(
            "short slices",
            f"short slices: {format_ms(slice_seconds * 1000)} each, where a request of the slowest contender takes "
            f"{format_ms(typical_seconds * 1000)}, so start and end show in its figures: run "
            f"{format_ms(FEWEST_FOR_95 * FEWEST_IN_A_SLICE * typical_seconds * 1000)} or longer (-d)",
        )


def _one_epoch(plan: Plan, views: Sequence[ContenderView]) -> Iterator[Flag]:
    if plan.schedule.kind == "interleaved" and plan.schedule.epochs == 1:
        rate, cpu = map(format_percent, margins_of(plan.schedule.kind, body_bytes=largest_body(views)))
        yield Flag(
            "one epoch",
            f"one epoch: no lane was started anew, and two processes of one client may differ by {rate} in req/s "
            f"and {cpu} in CPU per request, so less is not claimed; --epochs 3 tells smaller differences",
        )
