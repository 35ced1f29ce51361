"""The last word of a run: winner, tie, undecided or capped, in one sentence with its numbers.

A winner beats every rival at p < 0.05 over paired blocks: an intersection-union test, which owes no correction.
A tie is claimed only where equivalence is shown (Schuirmann's two one-sided tests): the 90 % interval of the
ratio lies within 3 % of one.  All else is undecided, for what is not significant is not thereby equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from httptui.machine_load import MachineLoad
from httptui.pairing import EQUIVALENT, Pair, pair_of
from httptui.ranking import Blocks
from httptui.reuse_cost import reuse_cost_of
from httptui.snapshot import ContenderView, Rank, Verdict
from httptui.statistics import FEWEST_FOR_95
from httptui.units import format_percent, format_rate, plural

CEILING = 0.95
CONTROL = "raw"
MOST_NAMED = 2

_LIMITED_BY = {
    "client CPU": ", limited by its client's CPU",
    "pool": ", limited by its pool",
    "connection set-up": ", limited by connection set-up",
    "target": ", limited by the target",
    "latency": ", limited by latency",
}


def verdict_of(
    ranking: Sequence[Rank],
    views: Sequence[ContenderView],
    blocks: Blocks,
    *,
    schedule: str,
    machine: MachineLoad | None = None,
) -> Verdict:
    """The verdict on a ranking; `blocks` are those it was made from, `schedule` the plan's kind of schedule.

    `machine` is how busy it was while the leader was under load.  Contenders that did not finish, or had no
    success, are named and not judged; engine `raw` is the ceiling, not a rival, where two others ran.
    """
    by_id = {view.id: view for view in views}
    ranked = [by_id.pop(place.id) for place in ranking]
    ordered = [*ranked, *by_id.values()]
    ran = [view for view in ordered if view.requests.ok > 0 and view.req_per_s > 0 and view.state != "dnf"]
    tail = "".join(_absence(view) for view in ordered if view not in ran)
    clients = [view for view in ran if view.engine != CONTROL]
    judged = ran if len(clients) < 2 else clients
    if len(judged) < 2:
        return _without_rivals(judged, tail)
    controls = [view for view in ran if view.engine == CONTROL]
    ceiling = pair_of(controls[0], clients[0], blocks) if controls and clients else None
    pairs = [pair_of(judged[0], rival, blocks) for rival in judged[1:]]
    shared = ", as they share this machine" if schedule == "concurrent" else ""
    if (reason := _cap(judged[0], ceiling, machine)) is not None:
        below = [pair for pair in pairs if pair.rival not in (*controls[:1], *clients[:1])]
        return Verdict("capped", f"Capped{shared}: {reason}{_shares(below, ran)}{tail}.")
    if ceiling is not None and len(clients) > 1:
        tail = f"; the ceiling, {_named(ceiling.leader)}, serves {ceiling.times()} as many{tail}"
    return _compared(pairs, ran, shared, tail)


def _cap(leader: ContenderView, ceiling: Pair | None, machine: MachineLoad | None) -> str | None:
    """Why the target, and not a client, set the leader's pace; None where it did not."""
    if ceiling is not None and ceiling.share_of_leader >= CEILING:
        reached = f"{_named(ceiling.rival)} reaches {ceiling.share_with_interval()} of the ceiling"
        return f"{reached}, {_named(ceiling.leader)}, so the target sets the pace"
    if machine is not None and machine.target_full:
        busy = format_percent(machine.target_busy)
        return f"the target is {busy} busy at the {format_rate(leader.req_per_s)} req/s of {_named(leader)}"
    return None


def _compared(pairs: list[Pair], views: Sequence[ContenderView], shared: str, tail: str) -> Verdict:
    leader = _named(pairs[0].leader)
    level = [pair for pair in pairs if not pair.parted]
    behind = [pair for pair in pairs if pair.parted]
    if not level:
        second = f"{pairs[0].times()} the req/s of {_named(pairs[0].rival)}"
        return Verdict("winner", f"{leader} wins{shared}: {second}{_shares(behind[1:], views)}{tail}.")
    if all(pair.equivalent for pair in level):
        names = _listed([leader, *(_named(pair.rival) for pair in level)])
        within = f"within {EQUIVALENT * 100:.0f} % of the first in {_blocks(level)}"
        return Verdict("tie", f"{names} tie{shared}: the req/s are {within}{_shares(behind, views)}{tail}.")
    if min(pair.blocks for pair in level) < FEWEST_FOR_95:
        others = _listed([f"{_named(pair.rival)} reaches {pair.share()}" for pair in level[:MOST_NAMED]])
        more = f" ({len(level) - MOST_NAMED} more follow)" if len(level) > MOST_NAMED else ""
        why = f"{_too_few(level)}: repeat with --rounds {FEWEST_FOR_95} or more"
        return Verdict("undecided", f"Undecided{shared}: {leader} leads, {others}{more}, but {why}{tail}.")
    others = _listed([f"{_named(pair.rival)} ({pair.share_with_interval()})" for pair in level])
    seen = max(pair.visible or 0.0 for pair in level)
    why = f"in {_blocks(level)}, which show no difference below about {format_percent(seen)}"
    text = f"{leader} leads, but is not parted from {others} {why}{_shares(behind, views)}{tail}"
    return Verdict("undecided", f"Undecided{shared}: {text}.")


def _without_rivals(judged: Sequence[ContenderView], tail: str) -> Verdict:
    if not judged:
        return Verdict("undecided", f"Undecided: nothing to compare{tail}.")
    rate = f"{_named(judged[0])} serves {format_rate(judged[0].req_per_s)} req/s"
    return Verdict("undecided", f"{rate}, with no rival to compare it with{tail}.")


def _shares(pairs: Sequence[Pair], views: Sequence[ContenderView]) -> str:
    """What the leader's rivals reach, each as "; a clause", the last ones together."""
    clauses = "".join(
        f"; {_named(pair.rival)} reaches {pair.share()}{_why(pair.rival, views)}"
        for pair in pairs[:MOST_NAMED]
    )
    rest = pairs[MOST_NAMED:]
    if len(rest) == 1:
        return f"{clauses}; {_named(rest[0].rival)} reaches {rest[0].share()}"
    if rest:
        most = max(rest, key=lambda pair: pair.share_of_leader)
        clauses += f"; the other {len(rest)} reach at most {most.share()}"
    return clauses


def _why(view: ContenderView, views: Sequence[ContenderView]) -> str:
    """What holds a contender back: what its use costs, where its CPU matters and a twin shows it, or its limiter."""
    kind = None if view.limiter is None else view.limiter.kind
    cost = reuse_cost_of(view, views) if kind in ("machine", "client CPU") else None
    if cost is not None:
        return f": {cost.because()}"
    return "" if kind is None else _LIMITED_BY.get(kind, "")


def _absence(view: ContenderView) -> str:
    if view.state == "dnf":
        return f"; {_named(view)} did not finish"
    over = view.state in ("finished", "stopped")
    return f"; {_named(view)} had no success" if over else f"; {_named(view)} has no success yet"


def _too_few(pairs: Sequence[Pair]) -> str:
    fewest = min(pair.blocks for pair in pairs)
    return "one round gives no interval" if fewest <= 1 else f"{fewest} blocks give no interval"


def _blocks(pairs: Sequence[Pair]) -> str:
    return plural(min(pair.blocks for pair in pairs), "block")


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _named(view: ContenderView) -> str:
    return f"{view.id} {view.label}"
