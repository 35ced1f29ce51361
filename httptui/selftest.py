"""Self-test: whether this machine can be trusted now, and how small a difference between two clients it can show.

It runs one client against itself, without and with a known fault: plans, judgement and sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any, Final, Literal

from msgspec import Struct, structs

from httptui.errors import NothingFinishedError
from httptui.plan.model import Contender, Load, Plan, Schedule
from httptui.plan.schedule import FEWEST_BLOCKS, SHORTEST_SLICE_SECONDS
from httptui.results.report import Report
from httptui.results.snapshot import CpuRank, Rank
from httptui.statistics import MOST_DIFFERENCES
from httptui.units import listed


class Comparison(Struct, frozen=True, kw_only=True):
    """Ratio of the second contender's figure to the first's, with a 95 % interval if there is one.

    `better` is the one shown to be better, or None.
    """

    ratio: float
    low: float | None
    high: float | None
    better: Literal["first", "second"] | None

    @property
    def reach(self) -> float | None:
        """Greatest distance of the interval from equality; None without an interval."""
        if self.low is None or self.high is None:
            return None
        return max(abs(1 - self.low), abs(self.high - 1))


class Compared(Struct, frozen=True, kw_only=True):
    """Comparison of both figures."""

    req_per_s: Comparison
    cpu_per_request: Comparison

    @property
    def parted(self) -> bool:
        """True if either figure shows one of the two to be better."""
        return self.req_per_s.better is not None or self.cpu_per_request.better is not None


def compared(report: Report) -> Compared:
    """Compare the two contenders of a report; NothingFinishedError if one of them has no figures."""
    for contender in report.contenders:
        if contender.state == "dnf" or not contender.requests.ok:
            why = contender.cause or next(iter(contender.first_messages.values()), "no request succeeded")
            raise NothingFinishedError(f"selftest: {contender.label} did not finish: {why}")
    first = report.contenders[0].id
    if len(report.cpu_ranking) < len(report.contenders):
        raise NothingFinishedError("selftest: this system does not report the CPU time of a client")
    return Compared(
        req_per_s=_comparison(report.ranking, first),
        cpu_per_request=_comparison(report.cpu_ranking, first),
    )


def _comparison(places: Sequence[Rank] | Sequence[CpuRank], first: str) -> Comparison:
    leader, other = places
    parted = leader.rank_high == 1
    if leader.id == first:
        low, high = other.ratio_low, other.ratio_high
        return Comparison(ratio=other.ratio, low=low, high=high, better="first" if parted else None)
    return Comparison(
        ratio=1 / other.ratio,
        low=None if other.ratio_high is None else 1 / other.ratio_high,
        high=1 / other.ratio_low if other.ratio_low else None,
        better="second" if parted else None,
    )


CLIENT = "aiohttp"
SHARE = 0.05
IN_FLIGHT = 16
EPOCHS = 3
SECONDS_FOR_EPOCHS = 50.0
START_SECONDS = 2.7
GAP_SECONDS = 0.05


def same_plan(seconds: float, seed: int) -> Plan:
    """Build the plan of one client twice; the run takes about half of `seconds`, those of the whole self-test.

    Many short turns make intervals narrow, and restarted processes make them honest.
    """
    epochs = EPOCHS if seconds >= SECONDS_FOR_EPOCHS else 1
    each = (seconds / 2 - epochs * START_SECONDS) / 2
    blocks = int(each / (SHORTEST_SLICE_SECONDS + GAP_SECONDS))
    blocks = min(max(blocks, FEWEST_BLOCKS), MOST_DIFFERENCES)
    turn = max(each / blocks - GAP_SECONDS, SHORTEST_SLICE_SECONDS)
    return Plan(
        name="selftest",
        load=Load(concurrency=IN_FLIGHT, seconds=blocks * turn),
        schedule=Schedule(kind="interleaved", blocks=blocks, epochs=epochs, seed=seed, warmup="500ms"),
        contender=(Contender(engine=CLIENT, label=CLIENT), Contender(engine=CLIENT, label=f"{CLIENT} again")),
    )


def effect_plan(seconds: float, seed: int) -> Plan:
    """Build the plan of the client and the same one with `SHARE` more CPU time per request, in the same wrapper."""
    contenders = (
        Contender(engine=engine_of("Sound"), label=CLIENT),
        Contender(engine=engine_of("Spinning"), label=f"{CLIENT} + {SHARE * 100:g} % CPU"),
    )
    return structs.replace(same_plan(seconds, seed), contender=contenders)


def engine_of(class_name: str) -> str:
    """Return a client of the self-test as a file: without a name, no list shows it."""
    return f"{resources.files('httptui.engines').joinpath('clients', 'spinning.py')}:{class_name}"


Figure = tuple[str, Comparison]


def same_sentence(runs: Sequence[Compared]) -> str:
    """Describe the runs of one client against itself."""
    told = "; then ".join(_of_equals(run) for run in runs)
    chance = "; one false difference in twenty runs is chance" if runs[0].parted else ""
    return f"One client against itself: {told}{chance}."


def effect_sentence(run: Compared, share: float) -> str:
    """Describe the run against the client with the fault."""
    extra = f"The client with {share * 100:g} % more CPU per request"
    cpu, rate = ("CPU per request", run.cpu_per_request), ("req/s", run.req_per_s)
    reversed_by = [name for name, figure in (cpu, rate) if figure.better == "second"]
    found_by = [name for name, figure in (cpu, rate) if figure.better == "first"]
    missed_by = [name for name, figure in (cpu, rate) if figure.better is None]
    words = [
        f"called the better one by {listed(reversed_by)}, which is false" if reversed_by else "",
        f"found by {listed(found_by)}" if found_by else "",
        f"not found by {listed(missed_by)}" if missed_by else "",
    ]
    return f"{extra}: {', '.join(word for word in words if word)} ({_figures(run)})."


def last_sentence(
    *, trusted: bool, reasons: Sequence[str], precision_rate: float | None, precision_cpu: float | None
) -> str:
    """Describe whether the machine can be trusted and how precisely, or why not."""
    if not trusted:
        return f"This machine cannot be trusted today: {listed(reasons)}."
    return (
        f"This machine can be trusted today, to ± {_percent(precision_rate)} in req/s "
        f"and ± {_percent(precision_cpu)} in CPU per request."
    )


def _of_equals(run: Compared) -> str:
    false = [name for name, figure in _named(run) if figure.better is not None]
    what = (
        f"a difference by {listed(false)}, where there is none" if false else "no difference, as it should be"
    )
    return f"{what} ({_figures(run)})"


def _named(run: Compared) -> tuple[Figure, Figure]:
    return ("req/s", run.req_per_s), ("CPU per request", run.cpu_per_request)


def _figures(run: Compared) -> str:
    return ", ".join(f"{name} {_interval(figure)}" for name, figure in _named(run))


def _interval(figure: Comparison) -> str:
    point = _percent(figure.ratio)
    if figure.low is None or figure.high is None:
        return point
    return f"{point} [{figure.low * 100:.1f}–{figure.high * 100:.1f}]"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f} %"


SCHEMA: Final = "httptui.selftest/1"


class SelfTest(Struct, frozen=True, kw_only=True):
    """Result of a self-test.

    `same` are the runs of one client against itself, `effect` the run against the client with `share` more CPU time
    per request. A precision is the greatest distance from equality in any interval of `same`: 0.03 is 3 %, None is
    unknown.
    """

    schema: Literal["httptui.selftest/1"] = SCHEMA
    trusted: bool
    sentences: tuple[str, ...]
    precision_req_per_s: float | None
    precision_cpu_per_request: float | None
    share: float
    same: tuple[Compared, ...]
    effect: Compared
    environment: dict[str, Any]


def judge(same: Sequence[Report], effect: Report) -> SelfTest:
    """Judge by one or more runs of one client against itself, and one against the client with the fault.

    A difference between equals counts only if every such run shows one, because a single one occurs by chance in one
    run of twenty. Missing the fault in req/s is acceptable, since they are several times noisier. Raises
    NothingFinishedError if a run has no figures.
    """
    twins, faulty = tuple(map(compared, same)), compared(effect)
    rate = _widest([twin.req_per_s for twin in twins])
    cpu = _widest([twin.cpu_per_request for twin in twins])
    reasons = tuple(_reasons(twins, faulty, known=None not in (rate, cpu)))
    last = last_sentence(trusted=not reasons, reasons=reasons, precision_rate=rate, precision_cpu=cpu)
    return SelfTest(
        trusted=not reasons,
        sentences=(same_sentence(twins), effect_sentence(faulty, SHARE), last),
        precision_req_per_s=rate,
        precision_cpu_per_request=cpu,
        share=SHARE,
        same=twins,
        effect=faulty,
        environment=effect.environment,
    )


def _widest(figures: Sequence[Comparison]) -> float | None:
    reaches = [figure.reach for figure in figures]
    known = [reach for reach in reaches if reach is not None]
    return max(known) if len(known) == len(reaches) else None


def _reasons(twins: Sequence[Compared], faulty: Compared, *, known: bool) -> Iterator[str]:
    if all(twin.parted for twin in twins):
        yield "it finds a difference between equals"
    if not known:
        yield "the time was too short for an interval"
    if "second" in (faulty.req_per_s.better, faulty.cpu_per_request.better):
        yield "it calls the worse of two the better"
    elif faulty.cpu_per_request.better is None:
        yield f"it is too unsteady to show {SHARE * 100:g} % more CPU per request"
