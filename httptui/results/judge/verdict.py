"""Verdict of a run: winner, tie, undecided, capped, not comparable or invalid, in a sentence with its numbers.

A winner is shown to be better than every rival (`httptui.results.judge.ranking`). A tie requires shown equivalence
(`httptui.statistics.equivalent`). Everything else is undecided, because no significant difference does not mean
equal. If all contenders filled the machine together, CPU per request is considered first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from httptui.engines.errors import is_failure
from httptui.figures import compared_cpu_us
from httptui.plan.model import CONTROL
from httptui.results.judge.blocks import NONE, Blocks, Margins
from httptui.results.judge.limiter_facts import MachineLoad, ReuseCost, reuse_cost_of
from httptui.results.judge.ranking import (
    Pair,
    differences_beyond,
    order_claims,
    pair_of,
    rank_cpu,
)
from httptui.results.judge.work import AS_IS, Unequal, told
from httptui.results.snapshot import ContenderView, CpuRank, Flag, Rank, Verdict
from httptui.statistics import ALPHA, DELTA, FEWEST_FOR_95, blocks_to_part
from httptui.units import format_percent, format_rate, format_times, format_us, listed, plural

MOST_NAMED = 2
SETTLE = "; to settle it, measure one contender at a time (--schedule interleaved)"

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
    """Describe the share of each rival and why, as "; a clause" each; of many, the first and those with a reason."""
    told = [pair for at, pair in enumerate(pairs) if at < MOST_NAMED or _reuse_cost(pair.rival, views)]
    rest = [pair for pair in pairs if pair not in told]
    if len(rest) == 1:
        told, rest = [*told, *rest], []
    clauses = "".join(
        f"; {named(pair.rival)}: {pair.share()}{'' if at else f' of the req/s of {pair.leader.id}'}"
        f"{_why(pair.rival, views)}"
        for at, pair in enumerate(told)
    )
    if rest:
        most = max(rest, key=lambda pair: pair.share_of_leader)
        clauses += f"; the other {len(rest)} reach at most {most.share()}"
    return clauses


def doubts(flags: Sequence[Flag]) -> str:
    """Describe reasons to doubt the verdict, as "; a clause"."""
    told = [_DOUBTS[flag.kind] for flag in flags if flag.kind in _DOUBTS]
    return f"; but {listed(told)}" if told else ""


def absence(view: ContenderView) -> str:
    """Describe why a contender is not judged, as "; a clause"."""
    if view.state == "dnf":
        return f"; {named(view)} did not finish"
    over = view.state in ("finished", "stopped")
    return f"; {named(view)}: no request {'succeeded' if over else 'has succeeded yet'}"


def too_few(pairs: Sequence[Pair]) -> str:
    """Describe that there are too few blocks for intervals."""
    fewest = min(pair.blocks for pair in pairs)
    return "one round gives no interval" if fewest <= 1 else f"{fewest} blocks give no interval"


def block_count(pairs: Sequence[Pair]) -> str:
    """Format the number of blocks in which all pairs were compared: "20 blocks"."""
    return plural(min(pair.blocks for pair in pairs), "block")


def cost(place: CpuRank) -> str:
    """Format the cheapest contender's cost: "56 µs of CPU per request"."""
    return f"{format_us(place.cpu_us_per_request)} of CPU per request"


def cost_times(place: CpuRank) -> str:
    """Format another contender's cost as a multiple of the cheapest's: "4.1 times [3.9–4.3]"."""
    return format_times(place.ratio, place.ratio_low, place.ratio_high)


def named(view: ContenderView) -> str:
    """Format letter and label."""
    return f"{view.id} {view.label}"


def _reuse_cost(view: ContenderView, views: Sequence[ContenderView]) -> ReuseCost | None:
    """Return the cost of a contender's reuse, if its CPU matters and a twin shows it."""
    if view.limiter is None or view.limiter.kind not in ("machine", "client CPU"):
        return None
    return reuse_cost_of(view, views)


def _why(view: ContenderView, views: Sequence[ContenderView]) -> str:
    """Describe why a contender is slower: the cost of its reuse, or else its limiter."""
    if spent := _reuse_cost(view, views):
        return f", because {spent.clause()}"
    return "" if view.limiter is None else _LIMITED_BY.get(view.limiter.kind, "")


def cpu_clause(views: Sequence[ContenderView], costs: Blocks, alpha: float, margin: float) -> str:
    """Describe which of these contenders is shown to cost the least, as "; a clause"; or ""."""
    places = rank_cpu([(view.id, compared_cpu_us(view)) for view in views], costs, alpha=alpha, margin=margin)
    if len(places) < 2 or places[0].rank_high > 1:
        return ""
    by_id = {view.id: view for view in views}
    cheapest, second = by_id[places[0].id], by_id[places[1].id]
    return (
        f"; CPU per request decides: {named(cheapest)} needs {cost(places[0])}, "
        f"{named(second)} {cost_times(places[1])} as much"
    )


def cpu_first(
    places: Sequence[CpuRank],
    pairs: Sequence[Pair],
    views: Sequence[ContenderView],
    shared: str,
    tail: str,
    margin: float,
) -> Verdict:
    """Return the verdict if all shared a full machine, where each got what the others left: CPU per request decides.

    The winner must be both shown to be cheapest and the one with the most req/s.
    """
    by_id = {view.id: view for view in views}
    leader, cheapest = pairs[0].leader, by_id[places[0].id]
    if cheapest.id != leader.id:
        text = f"{named(cheapest)} costs the least, {cost(places[0])}, but {named(leader)} serves the most"
        return Verdict("undecided", f"Undecided{shared}: {text}{shares(pairs, views)}{tail}.")
    second, times = named(by_id[places[1].id]), f"costs {cost_times(places[1])} as much"
    if places[0].rank_high > 1:
        near = f"{second}, which {times}, is too close to call"
        twice = f"two copies of one client that run at the same time differ by up to {format_percent(margin)}"
        text = f"{named(leader)} leads with {cost(places[0])}, but {near}; {twice}"
        return Verdict("undecided", f"Undecided{shared}: {text}{shares(pairs, views)}{tail}.")
    text = f"it costs {cost(places[0])}; {second} {times}"
    if pairs[0].rival.id == places[1].id:
        text, pairs = f"{text} and reaches {pairs[0].share()} of its req/s", pairs[1:]
    return Verdict("winner", f"{named(leader)} wins{shared}: {text}{shares(pairs, views)}{tail}.")


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
"""Limiters of a control that did not load the target to its capacity."""
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
    """Return the verdict on a ranking made from `blocks`; `schedule` is the plan's kind of schedule.

    - `machine`: CPU use while the leader was under load.
    - `costs`: CPU microseconds per request by block. They decide what requests per second leave open, and come first
      if all contenders shared a full machine.
    - `alpha`, `margins`: those of the ranking; `delta`: the difference below which two are called equal.
    - `unequal`: contenders that did other work and are compared with nobody; `against`: reasons against any claim.

    Contenders that did not finish, or had no success, are named but not judged. Engine `raw` is the ceiling rather
    than a rival if two others ran, unless one of them beats it. If the generator could not keep to its plan, there is
    no verdict.
    """
    for flag in flags:
        if flag.kind == "generator-bound":
            return Verdict("undecided", f"No verdict: requests were not sent on time; {flag.sentence}.")
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
    shared = " (all ran at the same time)" if schedule == "concurrent" else ""
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
    """Return the verdict if some did other work, followed by the verdict on the others if there are two or more."""
    rest = f" Of the others: {compared.sentence}" if others > 1 else ""
    return Verdict("not comparable", f"Not comparable: {told(unequal)} ({AS_IS}).{rest}")


def _pairs(judged: Sequence[ContenderView], blocks: Blocks, alpha: float, margin: float) -> list[Pair]:
    """Pair the leader with each rival."""
    ids = [view.id for view in judged]
    better = order_claims(ids, differences_beyond(ids, blocks, margin), alpha)
    return [
        pair_of(judged[0], rival, blocks, parted=better.get((ids[0], rival.id)) == ids[0])
        for rival in judged[1:]
    ]


def _is_beaten(ceiling: Pair) -> bool:
    """Return whether a client is shown to be faster than the ceiling, which then costs more, as with large bodies."""
    _, _, high = ceiling.estimate()
    return ceiling.share_of_leader * CEILING > 1 and (high is None or high < 0)


def _cap(leader: ContenderView, ceiling: Pair | None, machine: MachineLoad | None) -> str | None:
    """Describe why the target rather than a client limited the leader; None if it did not."""
    if ceiling is not None and ceiling.share_of_leader >= CEILING and not _waits(ceiling.leader):
        reached = f"{named(ceiling.rival)} reaches {ceiling.share_with_interval()} of the ceiling"
        return f"{reached}, {named(ceiling.leader)}, so the target sets the pace"
    if machine is not None and machine.target_full:
        busy = format_percent(machine.target_busy)
        return f"the target is {busy} busy at the {format_rate(leader.req_per_s)} req/s of {named(leader)}"
    return None


def _waits(control: ContenderView) -> bool:
    """Return whether the control is known to be limited by something other than the target, or by nothing known."""
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
        smallest = f", too few to separate any of {len(pairs) + 1} while the first place is open: that takes {needed}"
    elif seen:
        least = (1 + max(seen)) * (1 + margin) - 1
        smallest = (
            f"; this run was too noisy to see differences under {format_percent(least)}: close other programs or run "
            "longer"
        )
    else:
        smallest = ""
    close = f"{others} {'is' if len(level) == 1 else 'are'} too close to call"
    text = f"{leader} leads, but {close} after {block_count(level)}{smallest}"
    return Verdict("undecided", f"Undecided{shared}: {text}{shares(behind, views)}{tail}.")


def _tie_needs(level: Sequence[Pair], alpha: float, delta: float, margin: float, epochs: int | None) -> str:
    """Explain why contenders that look equal cannot be called so, and the remedy; `epochs` None: all at once."""
    if epochs is None:
        return (
            f"two copies of one client that run at the same time differ by up to {format_percent(margin)}: repeat "
            "with --schedule interleaved --epochs 4"
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
    percent = math.ceil(100 * max(pair.least_delta(alpha, margin) or 0.0 for pair in level) + 0.1)
    return (
        f"two processes of one client may differ by {format_percent(margin)}: repeat with --epochs {enough}, or "
        f"treat them as equal within {percent} % (--delta {percent / 100:g})"
    )


def _without_rivals(judged: Sequence[ContenderView], tail: str) -> Verdict:
    if not judged:
        return Verdict("undecided", f"Undecided: nothing to compare{tail}.")
    rate = f"{named(judged[0])} serves {format_rate(judged[0].req_per_s)} req/s"
    return Verdict("undecided", f"{rate}, with no rival to compare it with{tail}.")


CAUSES = {
    "refused": "connection refused",
    "dns": "the host name was not found",
    "tls": "the TLS handshake failed",
    "connect_timeout": "connecting timed out",
    "read_timeout": "no answer before the timeout",
    "pool_timeout": "no connection was free in the client's pool before the timeout",
    "timeout": "no answer before the timeout",
    "protocol": "the answer was not valid HTTP",
    "disconnected": "the target closed the connection",
    "truncated": "the answer was cut short",
    "too_large": "the body was larger than policy.max_body",
    "redirects": "too many redirects",
    "local": "an error on this machine",
    "other": "an unclassified error",
}
"""Kinds of error (`httptui.engines.errors`) in words."""
OWN_WORDS = ("tls", "protocol", "local", "other")
"""Kinds that need the library's own message to be informative."""


class Outage(Struct, frozen=True, kw_only=True):
    """An outage of the target: the share of requests that failed in the last `seconds`, and the commonest cause.

    `share` is None if nothing came back at all. `only` lists the letters of the contenders under load, unless all
    were.
    """

    seconds: float
    share: float | None
    cause: str
    only: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Share, time and cause: "97 % of requests failed for 3 s: connection refused"."""
        who = f" of {', '.join(self.only)}" if self.only else ""
        if self.share is None:
            return f"no request{who} was answered for {self.seconds:.0f} s"
        return f"{format_percent(self.share)} of requests{who} failed for {self.seconds:.0f} s: {self.cause}"


def failures_by_cause(
    errors: Mapping[str, int], status: Mapping[str, int], messages: Mapping[str, str]
) -> dict[str, int]:
    """Count failures by cause in words: each failing status, and each kind of error.

    Kinds that say little by themselves include their first message.
    """
    found = {
        f"status {code}": count
        for code, count in status.items()
        if code.isdecimal() and is_failure(int(code))
    }
    for kind, count in errors.items():
        if kind == "status" and found:
            continue
        words = CAUSES.get(kind, kind)
        message = messages.get(kind, "") if kind in OWN_WORDS else ""
        found[f"{words} ({message})" if message else words] = count
    return found


def commonest(causes: Mapping[str, int]) -> str:
    """Return the cause of most failures."""
    return max(causes, key=lambda cause: causes[cause], default="no cause is known")


def invalid(stopped: str) -> Verdict:
    """Return the verdict on a stopped run; `stopped` says when and why: "stopped at 4.2 s: …"."""
    return Verdict("invalid", f"Invalid: {stopped}.")


def invalid_if_nothing_succeeded(views: Iterable[ContenderView]) -> Verdict | None:
    """Return the verdict on a finished run in which requests failed and none succeeded, otherwise None."""
    causes: dict[str, int] = {}
    for view in views:
        if view.requests.ok:
            return None
        for cause, count in failures_by_cause(view.errors, view.status, view.first_messages).items():
            causes[cause] = causes.get(cause, 0) + count
    return invalid(f"every request failed: {commonest(causes)}") if causes else None
