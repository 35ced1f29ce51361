"""The clauses that verdicts are made of."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.snapshot import ContenderView, CpuRank, Flag
from httptui.units import format_times, format_us, listed, plural
from httptui.verdicts.pairing import Pair
from httptui.verdicts.reuse_cost import ReuseCost, reuse_cost_of

MOST_NAMED = 2
SETTLE = "; settle it with an interleaved run (--schedule interleaved)"

_LIMITED_BY = {
    "client CPU": ", limited by its client's CPU",
    "event loop": ", limited by its blocked event loop",
    "thread pool": ", limited by its thread pool",
    "pool": ", limited by its pool",
    "connection set-up": ", limited by connection set-up",
    "client": ", limited by waits inside its client",
    "connection limit": ", limited by how many connections the target serves",
    "rate limit": ", limited by the target's rate limit",
    "target": ", limited by the target",
    "latency": ", limited by latency",
    "politeness": ", limited by the plan's pace for each host",
    "rate": ", limited by the plan's rate",
    "think time": ", limited by the plan's think time",
}
_DOUBTS = {
    "changed by hand": "the load or the target was changed by hand",
    "drift": "the run drifted",
    "autocorrelation": "neighbouring blocks were not independent",
    "position effect": "the order of turns mattered",
    "steal": "the host took CPU time",
}


def shares(pairs: Sequence[Pair], views: Sequence[ContenderView]) -> str:
    """What the leader's rivals reach and why, each as "; a clause"; of many, the first and those with a reason."""
    told = [pair for at, pair in enumerate(pairs) if at < MOST_NAMED or _reuse_cost(pair.rival, views)]
    rest = [pair for pair in pairs if pair not in told]
    if len(rest) == 1:
        told, rest = [*told, *rest], []
    clauses = "".join(
        f"; {named(pair.rival)} reaches {pair.share()}{_why(pair.rival, views)}" for pair in told
    )
    if rest:
        most = max(rest, key=lambda pair: pair.share_of_leader)
        clauses += f"; the other {len(rest)} reach at most {most.share()}"
    return clauses


def doubts(flags: Sequence[Flag]) -> str:
    """What makes the verdict less sure, as "; a clause"."""
    told = [_DOUBTS[flag.kind] for flag in flags if flag.kind in _DOUBTS]
    return f"; but {listed(told)}" if told else ""


def absence(view: ContenderView) -> str:
    """Why one is not judged, as "; a clause"."""
    if view.state == "dnf":
        return f"; {named(view)} did not finish"
    over = view.state in ("finished", "stopped")
    return f"; {named(view)} had no success" if over else f"; {named(view)} has no success yet"


def too_few(pairs: Sequence[Pair]) -> str:
    """That there are too few blocks for intervals."""
    fewest = min(pair.blocks for pair in pairs)
    return "one round gives no interval" if fewest <= 1 else f"{fewest} blocks give no interval"


def block_count(pairs: Sequence[Pair]) -> str:
    """In how many blocks all pairs were compared: "20 blocks"."""
    return plural(min(pair.blocks for pair in pairs), "block")


def cost(place: CpuRank) -> str:
    """What a request of the cheapest costs: "56 µs of CPU per request"."""
    return f"{format_us(place.cpu_us_per_request)} of CPU per request"


def cost_times(place: CpuRank) -> str:
    """A dearer one's cost as a multiple of the cheapest's: "4.1 times [3.9–4.3]"."""
    return format_times(place.ratio, place.ratio_low, place.ratio_high)


def named(view: ContenderView) -> str:
    """Letter and label."""
    return f"{view.id} {view.label}"


def _reuse_cost(view: ContenderView, views: Sequence[ContenderView]) -> ReuseCost | None:
    """What its use costs a contender, where its CPU matters and a twin shows it."""
    if view.limiter is None or view.limiter.kind not in ("machine", "client CPU"):
        return None
    return reuse_cost_of(view, views)


def _why(view: ContenderView, views: Sequence[ContenderView]) -> str:
    """What holds a contender back: what its use costs, or else its limiter."""
    if spent := _reuse_cost(view, views):
        return f": {spent.because()}"
    return "" if view.limiter is None else _LIMITED_BY.get(view.limiter.kind, "")
