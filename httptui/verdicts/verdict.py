"""The last word of a run: winner, tie, undecided or capped, in one sentence with its numbers.

A winner is shown to be better than every rival, see `httptui.verdicts.claims`.  A tie is claimed only where
equivalence is shown, see `httptui.statistics.equivalent`.  All else is undecided, for what is not significant is
not thereby equal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from httptui.plans.plan import CONTROL
from httptui.snapshot import ContenderView, Flag, Rank, Verdict, compared_cpu_us
from httptui.statistics import ALPHA, DELTA, FEWEST_FOR_95, blocks_to_part
from httptui.units import format_percent, format_rate, listed
from httptui.verdicts.blocks import Blocks
from httptui.verdicts.claims import differences_beyond, order_claims
from httptui.verdicts.machine_load import MachineLoad
from httptui.verdicts.margins import NONE, Margins
from httptui.verdicts.pairing import Pair, pair_of
from httptui.verdicts.ranking import rank_cpu
from httptui.verdicts.verdict_cpu import cpu_clause, cpu_first
from httptui.verdicts.verdict_words import (
    MOST_NAMED,
    SETTLE,
    absence,
    block_count,
    doubts,
    named,
    shares,
    too_few,
)
from httptui.verdicts.work import AS_IS, Unequal, told

CEILING = 0.95
NO_CEILING = (
    "client CPU",
    "latency",
    "rate",
    "politeness",
    "think time",
    "rate limit",
    "client",
    "pool",
    "unknown",
)
"""Limiters of a control that say that it did not load the target as much as the target can bear."""
MOST_EPOCHS = 20


def verdict_of(
    ranking: Sequence[Rank],
    views: Sequence[ContenderView],
    blocks: Blocks,
    *,
    schedule: str,
    machine: MachineLoad | None = None,
    costs: Blocks | None = None,
    flags: Sequence[Flag] = (),
    alpha: float = ALPHA,
    delta: float = DELTA,
    margins: Margins = NONE,
    epochs: int = 1,
    unequal: Sequence[Unequal] = (),
    against: Sequence[str] = (),
) -> Verdict:
    """The verdict on a ranking; `blocks` are those it was made from, `schedule` the plan's kind of schedule.

    `machine` is how busy it was while the leader was under load.  `costs` are CPU microseconds per request in each
    block: they tell what requests per second leave open, and come first where all contenders shared a full machine.
    `alpha` and `margins` are the ranking's, and `delta` is the difference below which two are called equal.
    Contenders that did not finish, or had no success, are named and not judged; engine `raw` is the ceiling, not a
    rival, where two others ran, unless one of them beats it.  A run whose generator could not keep to its plan gets
    no verdict.  `unequal` are contenders that did other work and are compared with nobody; `against` are reasons why
    nothing may be claimed.
    """
    for flag in flags:
        if flag.kind == "generator-bound":
            return Verdict("undecided", f"Undecided: generator-bound: no verdict; {flag.sentence}.")
    if unequal:
        apart = {one.id for one in unequal}
        compared = verdict_of(
            [place for place in ranking if place.id not in apart],
            [view for view in views if view.id not in apart],
            blocks,
            schedule=schedule,
            machine=machine,
            costs=costs,
            flags=flags,
            alpha=alpha,
            delta=delta,
            margins=margins,
            epochs=epochs,
            against=against,
        )
        return _not_comparable(unequal, compared, len(views) - len(apart))
    by_id = {view.id: view for view in views}
    ranked = [by_id.pop(place.id) for place in ranking]
    ordered = [*ranked, *by_id.values()]
    ran = [view for view in ordered if view.requests.ok > 0 and view.req_per_s > 0 and view.state != "dnf"]
    tail = "".join(absence(view) for view in ordered if view not in ran)
    clients = [view for view in ran if view.engine != CONTROL]
    judged = ran if len(clients) < 2 else clients
    if len(judged) < 2:
        return _without_rivals(judged, tail)
    controls = [view for view in ran if view.engine == CONTROL]
    ceiling = pair_of(controls[0], clients[0], blocks) if controls and clients else None
    pairs = _pairs(judged, blocks, alpha, margins.rate)
    full = schedule == "concurrent" and machine is not None and machine.full
    shared = ", as they share this machine" if schedule == "concurrent" else ""
    tail += doubts(flags) + (SETTLE if full else "")
    if ceiling is not None and _is_beaten(ceiling):
        reached = pair_of(ceiling.rival, ceiling.leader, blocks).share()
        tail, ceiling = f"; {named(ceiling.leader)}, which is no ceiling here, reaches {reached}{tail}", None
    if against:
        others = listed(
            [f"{named(pair.rival)} reaches {pair.share_with_interval()}" for pair in pairs[:MOST_NAMED]]
        )
        more = f" ({len(pairs) - MOST_NAMED} more follow)" if len(pairs) > MOST_NAMED else ""
        told = f"{listed(against)}, so nothing is claimed; {named(judged[0])} leads, {others}{more}"
        return Verdict("undecided", f"Undecided{shared}: {told}{tail}.")
    if (reason := _cap(judged[0], ceiling, machine)) is not None:
        below = [pair for pair in pairs if pair.rival not in (*controls[:1], *clients[:1])]
        cheapest = cpu_clause(judged, costs or {}, alpha, margins.cpu)
        return Verdict("capped", f"Capped{shared}: {reason}{shares(below, ran)}{cheapest}{tail}.")
    if ceiling is not None and len(clients) > 1:
        tail = f"; the ceiling, {named(ceiling.leader)}, serves {ceiling.times()} as many{tail}"
    ids_costs = [(view.id, compared_cpu_us(view)) for view in judged]
    cpu = rank_cpu(ids_costs, costs or {}, alpha=alpha, margin=margins.cpu)
    if full and cpu and cpu[-1].ratio_low is not None:
        return cpu_first(cpu, pairs, ran, shared, tail, margins.cpu)
    level = [pair.rival for pair in pairs if not pair.parted]
    cheapest = cpu_clause([judged[0], *level], costs or {}, alpha, margins.cpu) if level else ""
    return _compared(pairs, ran, shared, f"{cheapest}{tail}", alpha, delta, margins.rate, epochs)


def _not_comparable(unequal: Sequence[Unequal], compared: Verdict, others: int) -> Verdict:
    """The verdict of a run in which some did other work, with that on the others, where there are two or more."""
    rest = f" Of the others: {compared.sentence}" if others > 1 else ""
    return Verdict("not comparable", f"Not comparable: {told(unequal)} ({AS_IS}).{rest}")


def _pairs(judged: Sequence[ContenderView], blocks: Blocks, alpha: float, margin: float) -> list[Pair]:
    """The leader with each rival."""
    ids = [view.id for view in judged]
    better = order_claims(ids, differences_beyond(ids, blocks, margin), alpha)
    return [
        pair_of(judged[0], rival, blocks, parted=better.get((ids[0], rival.id)) == ids[0])
        for rival in judged[1:]
    ]


def _is_beaten(ceiling: Pair) -> bool:
    """Whether a client is shown to be faster than the ceiling, which then has more to do, as with large bodies."""
    _, _, high = ceiling.estimate()
    return ceiling.share_of_leader * CEILING > 1 and (high is None or high < 0)


def _cap(leader: ContenderView, ceiling: Pair | None, machine: MachineLoad | None) -> str | None:
    """Why the target, and not a client, set the leader's pace; None where it did not."""
    if ceiling is not None and ceiling.share_of_leader >= CEILING and not _waits(ceiling.leader):
        reached = f"{named(ceiling.rival)} reaches {ceiling.share_with_interval()} of the ceiling"
        return f"{reached}, {named(ceiling.leader)}, so the target sets the pace"
    if machine is not None and machine.target_full:
        busy = format_percent(machine.target_busy)
        return f"the target is {busy} busy at the {format_rate(leader.req_per_s)} req/s of {named(leader)}"
    return None


def _waits(control: ContenderView) -> bool:
    """Whether something else than the target is known to hold the control back, or nothing is known."""
    return control.limiter is not None and control.limiter.kind in NO_CEILING


def _compared(
    pairs: list[Pair],
    views: Sequence[ContenderView],
    shared: str,
    tail: str,
    alpha: float,
    delta: float,
    margin: float,
    epochs: int,
) -> Verdict:
    leader = named(pairs[0].leader)
    level = [pair for pair in pairs if not pair.parted]
    behind = [pair for pair in pairs if pair.parted]
    if not level:
        second = f"{pairs[0].times()} the req/s of {named(pairs[0].rival)}"
        return Verdict("winner", f"{leader} wins{shared}: {second}{shares(behind[1:], views)}{tail}.")
    if all(pair.equivalent(delta, alpha) for pair in level):
        names = listed([leader, *(named(pair.rival) for pair in level)])
        within = f"within {delta * 100:g} % of the first in {block_count(level)}"
        if all(pair.equivalent(delta, alpha, margin) for pair in level):
            return Verdict(
                "tie", f"{names} tie{shared}: the req/s are {within}{shares(behind, views)}{tail}."
            )
        missing = _tie_needs(level, alpha, delta, margin, None if shared else epochs)
        hidden = f"the req/s of {names} are {within}, but {missing}"
        return Verdict("undecided", f"Undecided{shared}: {hidden}{shares(behind, views)}{tail}.")
    if min(pair.blocks for pair in level) < FEWEST_FOR_95:
        others = listed([f"{named(pair.rival)} reaches {pair.share()}" for pair in level[:MOST_NAMED]])
        more = f" ({len(level) - MOST_NAMED} more follow)" if len(level) > MOST_NAMED else ""
        why = f"{too_few(level)}: repeat with --rounds {FEWEST_FOR_95} or more"
        return Verdict("undecided", f"Undecided{shared}: {leader} leads, {others}{more}, but {why}{tail}.")
    others = listed([f"{named(pair.rival)} ({pair.share_with_interval()})" for pair in level])
    seen = [size for pair in level if (size := pair.detectable(alpha)) is not None]
    if not alpha:
        smallest = ", before the first look at the order"
    elif min(pair.blocks for pair in level) < (needed := blocks_to_part(len(pairs) + 1, alpha)):
        smallest = f", too few to part any of {len(pairs) + 1} while the first place is open: {needed} can"
    elif seen:
        least = (1 + max(seen)) * (1 + margin) - 1
        smallest = f", which show only differences above about {format_percent(least)}"
    else:
        smallest = ""
    text = f"{leader} leads, but is not parted from {others} in {block_count(level)}{smallest}"
    return Verdict("undecided", f"Undecided{shared}: {text}{shares(behind, views)}{tail}.")


def _tie_needs(level: Sequence[Pair], alpha: float, delta: float, margin: float, epochs: int | None) -> str:
    """Say why contenders that look equal cannot be called so, and what would show it; `epochs` None: all at once."""
    if epochs is None:
        return (
            f"at once, even one client twice differs by up to {format_percent(margin)}: repeat with "
            "--schedule interleaved --epochs 4"
        )
    of_one = margin * math.sqrt(epochs)
    enough = next(
        (
            more
            for more in range(epochs + 1, MOST_EPOCHS)
            if all(pair.equivalent(delta, alpha, of_one / math.sqrt(more)) for pair in level)
        ),
        MOST_EPOCHS,
    )
    least = max(pair.least_delta(alpha, margin) or 0.0 for pair in level)
    return (
        f"two processes of one client may differ by {format_percent(margin)}: repeat with --epochs {enough}, or call "
        f"them equal within {math.ceil(least * 100 + 0.1)} % (--delta {math.ceil(least * 100 + 0.1) / 100:g})"
    )


def _without_rivals(judged: Sequence[ContenderView], tail: str) -> Verdict:
    if not judged:
        return Verdict("undecided", f"Undecided: nothing to compare{tail}.")
    rate = f"{named(judged[0])} serves {format_rate(judged[0].req_per_s)} req/s"
    return Verdict("undecided", f"{rate}, with no rival to compare it with{tail}.")
