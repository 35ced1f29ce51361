"""What keeps a contender inside a web application from going faster, beside what limits any client."""

from __future__ import annotations

from httptui.snapshot import ContenderView
from httptui.units import format_ms, format_percent
from httptui.verdicts.limiter_facts import BLOCKING, NEAR_FLOOR, THREADED, Facts

THREADS = 40
"""The threads in which FastAPI runs `def` routes, as it is unless told otherwise."""
LOOP_HELD = 0.5
POOL_FULL = 0.9


def most_calls(view: ContenderView) -> int:
    """The most calls of a contender's client that can be under way at once."""
    bounds = {BLOCKING: 1, THREADED: THREADS}
    return min(view.concurrency, bounds.get(view.inside or "", view.concurrency))


def blocked_loop(facts: Facts) -> str | None:
    """An `async def` route whose calls hold the event loop."""
    view, calls = facts.view, _calls_under_way(facts.view)
    if view.inside != BLOCKING or view.upstream is None or calls < LOOP_HELD:
        return None
    others = view.concurrency - 1
    waiting = f", while {others} of {view.concurrency} in flight wait" if others else ""
    return (
        "an `async def` route that calls a blocking client serves one request at a time; the event loop stands still "
        f"in calls of {format_ms(view.upstream.mean_ms)} for {format_percent(min(calls, 1.0))} of the time{waiting}"
    )


def full_thread_pool(facts: Facts) -> str | None:
    """A `def` route whose calls keep every thread of the app's pool."""
    view, calls = facts.view, _calls_under_way(facts.view)
    if view.inside != THREADED or view.upstream is None or not (facts.idle or _calls_are_short(facts)):
        return None
    if view.concurrency <= THREADS or calls < POOL_FULL * THREADS:
        return None
    return (
        f"a `def` route runs in one of {THREADS} threads, and all are busy with calls of "
        f"{format_ms(view.upstream.mean_ms)}, so {view.concurrency - THREADS} of {view.concurrency} in flight wait, "
        f"with the app at {facts.core}"
    )


def _calls_are_short(facts: Facts) -> bool:
    """Whether calls take no longer than the fastest request did, so that a busy machine does not stretch them."""
    mean = None if facts.view.upstream is None else facts.view.upstream.mean_ms
    return mean is not None and mean <= NEAR_FLOOR * facts.fastest_ms


def _calls_under_way(view: ContenderView) -> float:
    """Little's law: how many calls are under way at once, on average."""
    mean = None if view.upstream is None else view.upstream.mean_ms
    return 0.0 if mean is None else view.req_per_s * mean / 1000
