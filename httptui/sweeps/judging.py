"""A sweep's points made of turns, their analysis and verdict, as pure functions of plan and reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from operator import attrgetter
from typing import Any

from httptui.figures import CPU, SWEPT
from httptui.plan.model import Load, Plan, concurrency_of, label_of, letter_of
from httptui.plan.sweep import CONCURRENCY, LATENCY, Visit
from httptui.results.judge.blocks import log_ratios
from httptui.results.report import ReportContender
from httptui.results.scaling_laws import (
    CurveLevel,
    PairedLevel,
    crossover,
    crossover_sentence,
    fit_usl,
    knee,
    saturation,
)
from httptui.results.snapshot import Limiter
from httptui.safe_text import safe_text
from httptui.statistics import estimate
from httptui.sweeps.report import (
    Crossover,
    Measured,
    Scaling,
    SweepAnalysis,
    SweepPoint,
    SweepSlice,
)
from httptui.units import format_count, format_rate, listed


def slice_of(contender: ReportContender, visit: Visit, load: Load, *, start: float) -> SweepSlice | None:
    """Return a contender's turn in one visit, or None without one; `start` is in seconds since the sweep began."""
    if contender.state == "dnf" or not contender.slices:
        return None
    turn, requests = contender.slices[0], contender.requests
    seconds = sum(part.seconds for part in contender.slices)
    succeeded = sum(part.succeeded for part in contender.slices)
    answered = succeeded + sum(part.error + part.timeout for part in contender.slices)
    latency = contender.response_ms or contender.latency_ms
    return SweepSlice(
        block=visit.block,
        turn=visit.turn,
        position=turn.position,
        start=start,
        seconds=seconds,
        ok=requests.ok,
        failed=requests.error + requests.timeout + requests.dropped + requests.cancelled,
        warmup_requests=contender.warmup_requests,
        req_per_s=contender.req_per_s if load.kind == "open" else succeeded / seconds if seconds else 0.0,
        cpu_us_per_request=_cpu_us(contender, succeeded),
        p50_ms=None if latency is None else latency.p50,
        p99_ms=None if latency is None else latency.p99,
        connections=contender.connections_opened,
        pool_wait_ms=pool_wait_ms(contender, load, answered / seconds if seconds else 0.0),
    )


def _cpu_us(contender: ReportContender, succeeded: float) -> float | None:
    """Return CPU per request, or None if it is not comparable."""
    if not succeeded or CPU.is_rough(contender):
        return None
    return sum(part.cpu_us for part in contender.slices) / succeeded


def pool_wait_ms(contender: ReportContender, load: Load, per_second: float) -> float | None:
    """Return the mean wait for a connection of a shared pool by Little's law, or None where the law does not apply.

    In a closed load without pauses, all of `concurrency` are in flight, and the pool admits as many as it has
    connections; the others wait, for (concurrency − pool) / throughput each. The pool is taken as the limit only if
    the client opened no more connections than its size.
    """
    pool, opened = contender.pool, contender.connections_opened
    closed = load.kind == "closed" and not load.think
    if not closed or contender.reuse != "shared" or contender.http_version != "1.1" or not per_second:
        return None
    if pool is None or opened is None or opened > pool:
        return None
    return max(contender.concurrency - pool, 0) / per_second * 1000


def point_of(
    levels: tuple[float, ...], contender: str, slices: Sequence[SweepSlice], limiters: Sequence[Limiter]
) -> SweepPoint:
    """Build the point of some turns."""
    opened = [turn.connections for turn in slices]
    known = [count for count in opened if count is not None]
    figures: dict[str, Any] = {name: measured(slices, attrgetter(name)) for name in SWEPT}
    return SweepPoint(
        levels=levels,
        contender=contender,
        **figures,
        ok=sum(turn.ok for turn in slices),
        failed=sum(turn.failed for turn in slices),
        connections=sum(known) if known and len(known) == len(opened) else None,
        limiter=commonest(limiters),
        slices=tuple(slices),
    )


def measured(slices: Sequence[SweepSlice], figure: Callable[[SweepSlice], float | None]) -> Measured | None:
    """Return a figure's Hodges–Lehmann centre over the turns that have it, with its exact 95 % interval."""
    values = [value for turn in slices if (value := figure(turn)) is not None]
    return Measured(*estimate(values)) if values else None


def commonest(limiters: Sequence[Limiter]) -> Limiter | None:
    """Return the last limiter of the most frequent kind."""
    if not limiters:
        return None
    kind = Counter(limiter.kind for limiter in limiters).most_common(1)[0][0]
    return next(limiter for limiter in reversed(limiters) if limiter.kind == kind)


Curve = Mapping[float, SweepPoint]
NOTHING = "No level was visited by every contender."


def analysed(plan: Plan, points: Sequence[SweepPoint]) -> SweepAnalysis:
    """Analyse the points so far; empty unless the only axis is concurrency or latency in a closed load."""
    axes = set(plan.sweep)
    if plan.load.kind != "closed" or len(axes) != 1:
        return SweepAnalysis()
    curves = curves_of(points)
    if axes <= {CONCURRENCY, "load.concurrency"}:
        return SweepAnalysis(scaling=tuple(_scaling(letter, curve) for letter, curve in curves.items()))
    if axes == {LATENCY}:
        found = sorted(_crossovers(plan, curves), key=lambda pair: -_gap(pair, curves))
        return SweepAnalysis(crossovers=tuple(found))
    return SweepAnalysis()


def verdict_of(plan: Plan, points: Sequence[SweepPoint], analysis: SweepAnalysis) -> str:
    """Return the sweep's verdict in a sentence or two."""
    names = {
        letter_of(index): f"{letter_of(index)} {_name(plan, index)}" for index in range(len(plan.contender))
    }
    measured = [point for point in points if point.req_per_s is not None]
    if not measured:
        return NOTHING
    if analysis.crossovers:
        return analysis.crossovers[0].sentence
    if analysis.scaling:
        highest = max(point.levels[0] for point in measured)
        answered = {point.contender for point in measured if point.rate}
        return _sentence(
            [
                _scaling_clause(names[one.contender], one, highest)
                if one.contender in answered
                else f"{names[one.contender]} answered nothing"
                for one in analysis.scaling
            ]
        )
    return _sentence(list(_best_clauses(plan, names, measured)))


def curves_of(points: Sequence[SweepPoint]) -> dict[str, dict[float, SweepPoint]]:
    """Group the measured points of a sweep with one axis by contender, then by level, in order."""
    curves: dict[str, dict[float, SweepPoint]] = {}
    for point in sorted(points, key=lambda point: (point.contender, point.levels)):
        if point.slices:
            curves.setdefault(point.contender, {})[point.levels[0]] = point
    return curves


def _scaling(letter: str, curve: Curve) -> Scaling:
    levels = [
        CurveLevel(
            level,
            point.req_per_s.value,
            None if point.p99_ms is None else point.p99_ms.value,
            point.rates,
        )
        for level, point in curve.items()
        if point.req_per_s is not None
    ]
    rates = [(level, turn.req_per_s) for level, point in curve.items() for turn in point.slices]
    off = saturation(levels)
    return Scaling(
        contender=letter,
        fit=fit_usl(rates),
        knee=knee(levels),
        saturation=None if off is None else off.level,
        saturation_low=None if off is None else off.low,
        saturation_high=None if off is None else off.high,
    )


def _crossovers(plan: Plan, curves: Mapping[str, Curve]) -> Iterator[Crossover]:
    floor = floor_ms(curves)
    for one, other in combinations(curves, 2):
        shared = [
            level
            for level, point in curves[one].items()
            if level in curves[other] and _costs(point, curves[other][level]) is not None
        ]
        if not shared:
            continue
        slower, faster = sorted((other, one), key=lambda letter: curves[letter][shared[0]].rate)
        found = crossover(
            [
                PairedLevel(
                    level, log_ratios(curves[faster][level].rates, curves[slower][level].rates), costs
                )
                for level in shared
                if (costs := _costs(curves[faster][level], curves[slower][level])) is not None
            ],
            concurrency=concurrency_of(plan, plan.contender[_index(slower)]),
            floor_ms=floor,
            delta=plan.schedule.delta,
        )
        times = _cpu_ratio(curves[one][shared[-1]], curves[other][shared[-1]])
        one_name, other_name = (_name(plan, _index(letter)) for letter in (faster, slower))
        yield Crossover(
            faster=faster,
            slower=slower,
            found=found,
            cpu_ratio=times,
            sentence=_sentence([crossover_sentence(found, one_name, other_name, times)]),
        )


def floor_ms(curves: Mapping[str, Curve]) -> float:
    """Return the least time of a request beyond the injected latency: the bare round trip."""
    beyond = [
        point.p50_ms.value - level
        for curve in curves.values()
        for level, point in curve.items()
        if point.p50_ms is not None
    ]
    return max(min(beyond, default=0.0), 0.0)


def _costs(one: SweepPoint, other: SweepPoint) -> tuple[float, float] | None:
    """Return the CPU per request of both, or None if one is unknown."""
    if one.cpu_us_per_request is None or other.cpu_us_per_request is None:
        return None
    return one.cpu_us_per_request.value, other.cpu_us_per_request.value


def _cpu_ratio(one: SweepPoint, other: SweepPoint) -> float | None:
    costs = _costs(one, other)
    return max(costs) / min(costs) if costs and min(costs) > 0 else None


def _gap(pair: Crossover, curves: Mapping[str, Curve]) -> float:
    """Return the ratio of throughputs, faster to slower, at the lowest level that both have."""
    level = next(level for level in curves[pair.faster] if level in curves[pair.slower])
    slower = curves[pair.slower][level].rate
    return curves[pair.faster][level].rate / slower if slower else float("inf")


def _scaling_clause(name: str, scaling: Scaling, highest: float) -> str:
    """Describe the knee or saturation of one contender; a top beyond the highest level is left out as unproven."""
    if scaling.saturation is None:
        enough = f"{name} has no knee up to {highest:g} in flight: its req/s may still rise"
    elif scaling.knee is None:
        enough = f"{name} reaches 95 % of its peak at {scaling.saturation:g} in flight, but its p99 more than doubles"
    else:
        enough = f"{name} has its knee at {scaling.knee:g} in flight"
        low, high = scaling.saturation_low, scaling.saturation_high
        if scaling.knee == scaling.saturation and low is not None and high is not None and low < high:
            enough += f" [{low:g}–{high:g}]"
    peak = scaling.top_below(highest)
    if peak is None or scaling.fit is None:
        return enough
    within = scaling.fit.n_star_within
    return f"{enough}, and by the scalability law it is fastest with {format_count(round(peak))}{within}"


def _best_clauses(plan: Plan, names: Mapping[str, str], points: Sequence[SweepPoint]) -> Iterator[str]:
    for letter, name in names.items():
        own = [point for point in points if point.contender == letter]
        if own:
            best = max(own, key=attrgetter("rate"))
            where = listed([f"{path} {level:g}" for path, level in zip(plan.sweep, best.levels, strict=True)])
            yield f"{name} is fastest at {where}, with {format_rate(best.rate)} req/s"


def _index(letter: str) -> int:
    return ord(letter) - ord("A")


def _name(plan: Plan, index: int) -> str:
    return safe_text(label_of(plan.contender[index]), 200)


def _sentence(clauses: Sequence[str]) -> str:
    text = "; ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}."
