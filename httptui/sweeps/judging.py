"""Analysis of a sweep's points, and its verdict, as pure functions of plan and points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from httptui.plan.model import Plan, concurrency_of, label_of, letter_of
from httptui.plan.sweep import CONCURRENCY, LATENCY
from httptui.results.judge.blocks import log_ratios
from httptui.results.scaling_laws import (
    CurveLevel,
    FoundCrossover,
    PairedLevel,
    UslFit,
    crossover,
    crossover_sentence,
    fit_usl,
    knee,
    saturation,
)
from httptui.safe_text import safe_text
from httptui.sweeps.points import SweepPoint
from httptui.units import format_count, format_rate, listed


class Scaling(Struct, frozen=True, kw_only=True):
    """Scaling of one contender's throughput with concurrency.

    `fit` is the scalability law. `saturation` is the smallest level with 95 % of the highest req/s, `knee` the
    smallest that also has a p99 of at most twice that of the lowest level. Both are None unless req/s are shown to
    level off below the last level. `saturation_low` is the last level shown to have less than 95 %, `saturation_high`
    the first shown to have as much.
    """

    contender: str
    fit: UslFit | None = None
    knee: float | None = None
    saturation: float | None = None
    saturation_low: float | None = None
    saturation_high: float | None = None

    def knee_below(self, highest: float) -> float | None:
        """Return the knee unless it is the highest level, as some old reports have it: nothing shows what follows."""
        return self.knee if self.knee is not None and self.knee < highest else None

    def saturation_below(self, highest: float) -> float | None:
        """Return the level of saturation under the same condition."""
        return self.saturation if self.saturation is not None and self.saturation < highest else None

    def top_below(self, highest: float) -> float | None:
        """Return N* if its whole interval is at most the highest level."""
        if self.fit is None or self.fit.n_star is None or self.fit.n_star > highest:
            return None
        high = self.fit.n_star_high
        return (
            None if self.fit.n_star_low is not None and (high is None or high > highest) else self.fit.n_star
        )


class Crossover(Struct, frozen=True, kw_only=True):
    """The latency from which the choice between two contenders hardly changes throughput.

    `faster` is the one with more req/s at the lowest level; `cpu_ratio` is the ratio of their CPU per request, 1 or
    more.
    """

    faster: str
    slower: str
    found: FoundCrossover
    cpu_ratio: float | None = None
    sentence: str


class SweepAnalysis(Struct, frozen=True, kw_only=True):
    """Analysis of a sweep with one axis.

    `scaling` is of a curve over concurrency and `crossovers` of one over latency, the largest difference first; both
    are empty for other axes.
    """

    scaling: tuple[Scaling, ...] = ()
    crossovers: tuple[Crossover, ...] = ()


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
        answered = {point.contender for point in measured if _rate(point)}
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
            {turn.block: turn.req_per_s for turn in point.slices},
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
        faster, slower = (
            (one, other) if _rate(curves[one][shared[0]]) >= _rate(curves[other][shared[0]]) else (other, one)
        )
        found = crossover(
            [
                PairedLevel(level, _differences(curves[faster][level], curves[slower][level]), costs)
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


def _differences(one: SweepPoint, other: SweepPoint) -> list[float]:
    rates = [{turn.block: turn.req_per_s for turn in point.slices} for point in (one, other)]
    return log_ratios(*rates)


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
    slower = _rate(curves[pair.slower][level])
    return _rate(curves[pair.faster][level]) / slower if slower else float("inf")


def _rate(point: SweepPoint) -> float:
    return 0.0 if point.req_per_s is None else point.req_per_s.value


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
    return f"{enough}, and by the scalability law is fastest with {format_count(round(peak))}{within}"


def _best_clauses(plan: Plan, names: Mapping[str, str], points: Sequence[SweepPoint]) -> Iterator[str]:
    for letter, name in names.items():
        own = [point for point in points if point.contender == letter]
        if own:
            best = max(own, key=_rate)
            where = listed([f"{path} {level:g}" for path, level in zip(plan.sweep, best.levels, strict=True)])
            yield f"{name} is fastest at {where}, with {format_rate(_rate(best))} req/s"


def _index(letter: str) -> int:
    return ord(letter) - ord("A")


def _name(plan: Plan, index: int) -> str:
    return safe_text(label_of(plan.contender[index]), 200)


def _sentence(clauses: Sequence[str]) -> str:
    text = "; ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}."
