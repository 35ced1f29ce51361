"""Flags: facts that a reader must know before believing a ranking, such as noise, trends, order effects and stolen
CPU.

Rates are judged as the ranking uses them, each rival's against the leader's inside blocks, so that a slowdown of all
raises no flag. Every test is corrected for the number of rivals: on a sound run, autocorrelation is flagged in at
most about one run in twenty, and a trend or an order effect in one in a hundred.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, combinations, pairwise
from statistics import NormalDist

from httptui.engines.registry import engine_info
from httptui.figures import MOST_OWN_CPU, own_cpu_share
from httptui.plan.model import Plan
from httptui.plan.schedule import FEWEST_IN_A_SLICE
from httptui.results.judge.blocks import BlockRecord, Blocks, largest_body, log_ratios, margins_of, rates_of
from httptui.results.judge.limiter_facts import MachineLoad, failed_share
from httptui.results.judge.ranking import Look
from httptui.results.judge.work import Work, most_arrivals
from httptui.results.snapshot import ContenderView, Flag, FlagKind, Mark
from httptui.statistics import FARTHEST, FEWEST_FOR_95, condense
from httptui.units import format_ms, format_percent, listed, plural

NOISY = 0.10
SIGNIFICANT = 0.01
STOLEN = 0.05
FEWEST_BLOCKS = 6
TWO_SIGMA = 2 * NormalDist().cdf(-2)


def titled(kind: FlagKind, sentence: str) -> Flag:
    """Return a flag whose sentence begins with its kind."""
    return Flag(kind, f"{kind}: {sentence}")


def flags_of(
    records: Sequence[BlockRecord],
    ids: Sequence[str],
    *,
    schedule: str = "interleaved",
    machine: MachineLoad | None = None,
) -> tuple[Flag, ...]:
    """Return the flags of a run whose contenders, best first, are `ids`; those without a success are left out.

    `schedule` is the plan's kind of schedule, `machine` the CPU use while the leader was under load.
    """
    judged = [record for record in records if record.id in ids]
    rates = rates_of(judged)
    ratios = {
        rival: values
        for rival in ids[1:]
        if len(values := _measured(log_ratios(rates.get(rival, {}), rates.get(ids[0], {})))) >= FEWEST_BLOCKS
    }
    flags = (
        _noise(ratios, ids),
        _autocorrelation(ratios, ids),
        _drift(ratios, ids),
        _position_effect(judged, rates),
        _steal(judged),
        _shared_machine(schedule, machine, ids, len({record.id for record in records})),
    )
    return tuple(flag for flag in flags if flag is not None)


def _measured(differences: Sequence[float]) -> list[float]:
    """Drop the blocks in which only one of the two had a success, whose ratio says nothing about trends."""
    return [value for value in differences if abs(value) <= FARTHEST]


def _noise(ratios: Mapping[str, Sequence[float]], ids: Sequence[str]) -> Flag | None:
    noisy = {rival: spread for rival, values in ratios.items() if (spread := robust_spread(values)) > NOISY}
    if not noisy:
        return None
    told = listed([f"{format_percent(spread)} for {rival}" for rival, spread in noisy.items()])
    return titled("noise", f"against {ids[0]}, req/s vary from block to block by {told}")


def _autocorrelation(ratios: Mapping[str, Sequence[float]], ids: Sequence[str]) -> Flag | None:
    # Two standard errors for one rival, and more for several, so that the error stays the same.
    bound = NormalDist().inv_cdf(1 - TWO_SIGMA / 2 / max(len(ratios), 1))
    alike = {
        rival: lag
        for rival, values in ratios.items()
        if abs(lag := lag_1(values)) > bound / math.sqrt(len(values))
    }
    if not alike:
        return None
    told = listed([f"{lag:.2f} for {rival}" for rival, lag in alike.items()])
    how, intervals = "each block resembles the one before", "narrow"
    if max(alike.values()) < 0:
        how, intervals = "blocks alternate", "wide"
    text = f"against {ids[0]}, {how} (lag-1 {told}), so intervals may be too {intervals}"
    return titled("autocorrelation", text)


def _drift(ratios: Mapping[str, Sequence[float]], ids: Sequence[str]) -> Flag | None:
    drifting = {
        rival: (_change(values), p)
        for rival, values in ratios.items()
        if (p := mann_kendall_p(values)) < SIGNIFICANT / len(ratios)
    }
    if not drifting:
        return None
    told = listed(
        [
            f"{rival} {'gained' if change > 0 else 'lost'} {format_percent(abs(change))} (p {_p(p)})"
            for rival, (change, p) in drifting.items()
        ]
    )
    return titled("drift", f"against {ids[0]}, {told} between the first half of the blocks and the second")


def _position_effect(records: Sequence[BlockRecord], rates: Blocks) -> Flag | None:
    rows = _by_position(records, rates)
    if len(rows) < FEWEST_BLOCKS or (p := page_p(rows)) >= SIGNIFICANT:
        return None
    change = math.expm1(statistics.fmean(row[-1] - row[0] for row in rows))
    told = f"{format_percent(abs(change))} {'faster' if change > 0 else 'slower'}"
    return titled(
        "position effect",
        f"the last turn of a block is on average {told} than the first, whichever contender has it "
        f"(p {_p(p)})",
    )


def _by_position(records: Sequence[BlockRecord], rates: Blocks) -> list[list[float]]:
    """Return, for each block with all contenders, its turns in order: ln of the rate over the contender's mean.

    Empty if the order never varies, because its effect is then inseparable from the contenders.
    """
    usual = {
        key: statistics.fmean(logs)
        for key, values in rates.items()
        if (logs := [math.log(value) for value in values.values() if value > 0])
    }
    blocks: dict[int, list[BlockRecord]] = {}
    for record in records:
        if record.req_per_s > 0:
            blocks.setdefault(record.block, []).append(record)
    orders = [
        sorted(turns, key=lambda turn: turn.position)
        for turns in blocks.values()
        if len(turns) == len(usual) > 1 and len({turn.position for turn in turns}) == len(turns)
    ]
    if len({tuple(turn.id for turn in turns) for turns in orders}) < 2:
        return []
    return [[math.log(turn.req_per_s) - usual[turn.id] for turn in turns] for turns in orders]


def _steal(records: Sequence[BlockRecord]) -> Flag | None:
    shares: dict[str, list[float]] = {}
    for record in records:
        if record.steal is not None:
            shares.setdefault(record.id, []).append(record.steal)
    stolen = {key: share for key, values in shares.items() if (share := statistics.fmean(values)) > STOLEN}
    if not stolen:
        return None
    told = listed([f"{format_percent(share)} from {key}" for key, share in sorted(stolen.items())])
    return titled("steal", f"the host took CPU time for others, {told}")


def _shared_machine(
    schedule: str, machine: MachineLoad | None, ids: Sequence[str], contenders: int
) -> Flag | None:
    """Flag a full machine; `ids` had a success, but contenders without one use part of the machine too."""
    if schedule != "concurrent" or machine is None or not machine.full or not ids or contenders < 2:
        return None
    who = "both" if contenders == 2 else "all"
    return titled(
        "shared machine",
        f"{who} contenders together filled the CPU, so req/s shows who got most of it, not who is "
        "fastest; measured one at a time (--schedule interleaved), each has the whole machine",
    )


def _change(values: Sequence[float]) -> float:
    """Return the relative change from the median of the first half to that of the second."""
    half = len(values) // 2
    return math.expm1(statistics.median(values[-half:]) - statistics.median(values[:half]))


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


LATE_MS = 2.0
LATE_SHARE = 0.10
FEW_DROPPED = 0.001


def protocol_flags(
    plan: Plan, views: Sequence[ContenderView], slice_seconds: float | None, typical_seconds: float | None
) -> tuple[Flag, ...]:
    """Return flags for slices too short for the slowest contender, unrestarted lanes, and late or unsent requests.

    The generator limits its own result if 1 % of requests started later than 2 ms and later than a tenth of the p99
    of the response time.
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
    """Return whether requests were sent so late that the response times show it."""
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
    """Flag requests on broken connections of clients that would by themselves have resent them."""
    for view in views:
        broken = view.errors.get("disconnected", 0)
        if not broken or not (what := _kept_from(view.engine)):
            continue
        yield Flag(
            "sent once",
            f"{plural(broken, 'request')} of {view.id} found the connection closed: by default {view.engine} resends "
            f'{what}, which is off here (policy.retries = 1 with retry_on = ["disconnected"] resends it for every '
            "client)",
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
        late = f"{view.id} sent 1 % of its requests more than {format_ms(view.late_p99_ms)} late"
        response = f"its response time has a p99 of {format_ms(view.response_ms.p99)}"
        yield Flag("generator-bound" if is_generator_bound(view) else "late starts", f"{late}; {response}")


def _short(plan: Plan, slice_seconds: float | None, typical_seconds: float | None) -> Iterator[Flag]:
    if plan.schedule.kind != "interleaved" or slice_seconds is None or typical_seconds is None:
        return
    if slice_seconds < FEWEST_IN_A_SLICE * typical_seconds and not plan.load.stages:
        yield titled(
            "short slices",
            f"{format_ms(slice_seconds * 1000)} each, but a request of the slowest contender takes "
            f"{format_ms(typical_seconds * 1000)}, so start-up dominates its figures: run "
            f"{format_ms(FEWEST_FOR_95 * FEWEST_IN_A_SLICE * typical_seconds * 1000)} or longer (-d)",
        )


def _one_epoch(plan: Plan, views: Sequence[ContenderView]) -> Iterator[Flag]:
    if plan.schedule.kind == "interleaved" and plan.schedule.epochs == 1:
        rate, cpu = map(format_percent, margins_of(plan.schedule.kind, body_bytes=largest_body(views)))
        yield titled(
            "one epoch",
            f"processes were not restarted, and two processes of one client may differ by {rate} in req/s "
            f"and {cpu} in CPU per request, so smaller differences are ignored (add --epochs 3)",
        )


MOST_TOLD = 3


def manual_flag(changes: Sequence[Mark]) -> tuple[Flag, ...]:
    """Return the flag if anything was changed by hand: the figures then mix several loads."""
    if not changes:
        return ()
    told = [f"{change.text} at {change.seconds:.1f} s" for change in changes[:MOST_TOLD]]
    if len(changes) > MOST_TOLD:
        told.append(f"{len(changes) - MOST_TOLD} more")
    return (
        titled(
            "changed by hand",
            f"{listed(told)}, so the figures mix several loads and rank the contenders under none of them",
        ),
    )


FEW = 0.01


def failure_flag(views: Sequence[ContenderView]) -> tuple[Flag, ...]:
    """Return the flag if more than 1 % of the requests of any contender with a success failed."""
    shares = {view.id: failed_share(view) for view in views if view.requests.ok}
    failed = sorted((key for key in shares if shares[key] > FEW), key=lambda key: -shares[key])
    if not failed:
        return ()
    told = [f"{format_percent(shares[key])} for {key}" for key in failed[:MOST_TOLD]]
    if len(failed) > MOST_TOLD:
        told.append(f"less for {len(failed) - MOST_TOLD} more")
    return (
        titled(
            "failures",
            f"some requests failed ({listed(told)}); req/s counts only successes, and failures take a different "
            "time than answers",
        ),
    )


def foreign_traffic_flag(
    plan: Plan, views: Sequence[ContenderView], work: Mapping[str, Work]
) -> tuple[Flag, ...]:
    """Return the flag if more requests arrived than were sent, or if an app refused unknown requests."""
    told = [text for view in views if view.id in work for text in _of(plan, view, work[view.id])]
    if not told:
        return ()
    return (titled("foreign traffic", f"{listed(told)}; the figures are not of this load alone"),)


def _of(plan: Plan, view: ContenderView, work: Work) -> Iterator[str]:
    if work.foreign:
        yield f"the app of {view.id} refused {plural(work.foreign, 'request')} of others"
    most = most_arrivals(view, work)
    # A redirect is one more request, and only the client knows how many it followed.
    if most is not None and work.requests_at_target is not None and not plan.policy.redirects:
        excess = work.requests_at_target - most
        if excess > 0:
            yield (
                f"at least {plural(excess, 'request')} more than {view.id} is known to have sent reached the target "
                f"on the port of {view.id}: another program or the client itself sent them"
            )


FOREIGN = 0.10
WHY: dict[FlagKind, str] = {
    "generator-bound": "requests were sent late",
    "short slices": "turns are too short for the slowest contender",
}
"""Reasons against any claim, for flags whose sentence has no figure for it."""


def foreign_load_flag(machine: Sequence[MachineLoad]) -> tuple[Flag, ...]:
    """Return the flag if other programs used more than 10 % of the machine's CPU while a contender was under load."""
    share = foreign_share(machine)
    if share <= FOREIGN:
        return ()
    told = f"other programs used {format_percent(share)} of this machine's CPU"
    return (titled("foreign load", f"{told}; close them and repeat the run"),)


def foreign_share(machine: Sequence[MachineLoad]) -> float:
    """Return the largest known share of the machine that other programs used, 0 … 1."""
    return max((load.foreign for load in machine if load.foreign is not None), default=0.0)


def dropped_share(view: ContenderView) -> float:
    """Return the share of planned requests that were dropped."""
    requests = view.requests
    return requests.dropped / requests.planned if requests.planned else 0.0


def stopped_flag(views: Sequence[ContenderView], look: Look | None) -> tuple[Flag, ...]:
    """Return the flag of a run that was stopped by hand, whose claims are those of its last planned look."""
    if look is None or not was_stopped(views):
        return ()
    rests = f"claims rest on the first {plural(look.block, 'block')}, its last planned look"
    end = rests if look.block else "before its first planned look, so nothing is claimed"
    return (titled("stopped by hand", end),)


def was_stopped(views: Sequence[ContenderView]) -> bool:
    """Return whether a user ended the run before it was over."""
    return any(view.state == "stopped" for view in views)


def reasons_against(
    flags: Sequence[Flag], views: Sequence[ContenderView], machine: Sequence[MachineLoad], look: Look | None
) -> tuple[str, ...]:
    """Return the reasons why nothing may be claimed, the most important first; empty if claims are allowed."""
    return tuple(_reasons({flag.kind for flag in flags}, views, machine, look))


def _reasons(
    kinds: set[FlagKind], views: Sequence[ContenderView], machine: Sequence[MachineLoad], look: Look | None
) -> Iterator[str]:
    if "stopped by hand" in kinds and look is not None and not look.block:
        yield "the run was stopped by hand before its first planned look"
    failed = max(views, key=failed_share, default=None)
    if failed is not None and failed_share(failed) > FEW:
        yield f"{format_percent(failed_share(failed))} of the requests of {failed.id} failed"
    dropped = max(views, key=dropped_share, default=None)
    if dropped is not None and dropped_share(dropped) > FEW:
        yield f"{format_percent(dropped_share(dropped))} of the arrivals of {dropped.id} were dropped"
    if "foreign load" in kinds:
        yield f"other programs used {format_percent(foreign_share(machine))} of this machine"
    yield from (why for kind, why in WHY.items() if kind in kinds)


REDIRECTS = frozenset(("301", "302", "303", "307", "308"))


def redirect_warning(plan: Plan, views: Sequence[ContenderView]) -> tuple[str, ...]:
    """Return one sentence if every answer to some contender was a redirect, with its destination and a remedy."""
    answered = [view for view in views if view.status]
    redirected = [view for view in answered if REDIRECTS.issuperset(view.status)]
    if not redirected:
        return ()
    who = "" if len(redirected) == len(answered) else f" to {listed([view.id for view in redirected])}"
    statuses = sorted({status for view in redirected for status in view.status})
    kept = [answer for view in redirected for answer in view.first_answers.values() if answer.location]
    told = kept[0].told.partition(": ")[0] if kept else listed(statuses)
    change = (
        "change the URL" if plan.policy.redirects else "follow it (policy.redirects = 5) or change the URL"
    )
    return (f"every answer{who} was a redirect ({told}): {change}",)


def lag_1(values: Sequence[float]) -> float:
    """Return the correlation of each value with the next; 0.0 if undefined."""
    if len(values) < 2:
        return 0.0
    mean = statistics.fmean(values)
    spread = sum((value - mean) ** 2 for value in values)
    if not spread:
        return 0.0
    products = ((one - mean) * (other - mean) for one, other in pairwise(values))
    return sum(products) / spread


def robust_spread(values: Sequence[float]) -> float:
    """Return the median absolute deviation, scaled to the standard deviation of normal values."""
    middle = statistics.median(values)
    return 1.4826 * statistics.median(abs(value - middle) for value in values)


def mann_kendall_p(values: Sequence[float]) -> float:
    """Return the two-sided exact p-value of "there is no trend" (Mann 1945, Kendall 1975); more than 60 values are
    condensed.

    Ties count against significance.
    """
    few = condense(values)
    rising = sum(other > one for one, other in combinations(few, 2))
    falling = sum(other < one for one, other in combinations(few, 2))
    pairs = len(few) * (len(few) - 1) // 2
    against = pairs - max(rising, falling)
    return min(1.0, 2 * _orders(len(few))[against] / math.factorial(len(few)))


def page_p(rows: Sequence[Sequence[float]]) -> float:
    """Return the two-sided p-value of "the column does not matter" against a trend over columns (Page 1963).

    It uses the normal approximation. Each row is a block of two or more values, of which only the order matters.
    """
    columns = len(rows[0])
    score = sum(number * place for row in rows for number, place in enumerate(_mean_ranks(row), 1))
    mean = len(rows) * columns * (columns + 1) ** 2 / 4
    variance = len(rows) * columns**2 * (columns + 1) ** 2 * (columns - 1) / 144
    return 2 * NormalDist().cdf(-abs(score - mean) / math.sqrt(variance))


def _mean_ranks(row: Sequence[float]) -> list[float]:
    """Return ranks from 1; equal values share the mean of their ranks."""
    return [
        (sum(other < value for other in row) + sum(other <= value for other in row) + 1) / 2 for value in row
    ]


@lru_cache(maxsize=64)
def _orders(size: int) -> tuple[int, ...]:
    """Return how many of the size! orders have at most 0, 1, 2 … inverted pairs."""
    ways = [1]
    for added in range(1, size):
        sums = [0, *accumulate(ways)]
        ways = [
            sums[min(total + 1, len(ways))] - sums[max(0, total - added)]
            for total in range(len(ways) + added)
        ]
    return tuple(accumulate(ways))
