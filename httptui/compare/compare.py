"""Compares the reports of two runs: which contenders are the same, and by how much each figure of them changed.

Two reports share no block, so nothing is paired: logarithms of block figures are compared by the rank-sum interval
(`httptui.statistics`).  Against a control they are paired first, inside each report: what is compared then is
ln(contender / control) of every block, from which what slowed the whole machine down has gone.  Percentiles and means
of all latencies have intervals of their own (`httptui.statistics`), since those of single blocks are others.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from httptui.compare.comparison import Change, Comparison, ContenderChange, Difference, Ratio, Side
from httptui.figures import BY_NAME, CPU, FIGURES, PERCENTS, REQ_PER_S, RESPONSE, Figure
from httptui.plan.expectations import Named, who_is
from httptui.report.cells import epochs_of, failures_of, name_of
from httptui.report.saved import moment_of
from httptui.results.judge.blocks import Margins, largest_body, log_ratios, margins_of
from httptui.results.report import HistogramData, Recorded, Report, ReportContender, SliceLatency
from httptui.results.snapshot import Labelled
from httptui.safe_text import safe_text
from httptui.statistics import (
    FARTHEST,
    Counted,
    Estimate,
    Pooled,
    condense,
    difference,
    log_ratio,
    pooled_mean,
    pooled_percentile,
    shift,
)
from httptui.units import format_count, listed

One = TypeVar("One", bound=Labelled)


@dataclass(frozen=True, slots=True)
class Matching(Generic[One]):
    """Contenders that both reports have, in the order of the later one, and those that only one has."""

    pairs: tuple[tuple[One, One], ...]
    only_before: tuple[One, ...]
    only_after: tuple[One, ...]

    def place_of(self, name: str) -> int:
        """Return the index of the pair with this later letter, label or engine; ValueError if there is none."""
        letters = [after.id for _, after in self.pairs]
        return letters.index(
            who_is(name, [Named(after.id, after.label, after.engine) for _, after in self.pairs]).id
        )


def match(before: Report, after: Report) -> Matching[ReportContender]:
    """Match the contenders of two runs."""

    def made_of(contender: ReportContender) -> object:
        return contender.engine, contender.reuse, contender.inside

    return matched(before.contenders, after.contenders, made_of)


def matched(before: Sequence[One], after: Sequence[One], made_of: Callable[[One], object]) -> Matching[One]:
    """Match by label, equal labels in their order; then by what they are made of (engine, reuse, the kind of app that
    they are inside of), where just one of each is left.
    """
    earlier, later = list(before), list(after)
    pairs = []
    for contender in after:
        if same := [one for one in earlier if one.label == contender.label]:
            pairs.append((same[0], contender))
            earlier.remove(same[0])
            later.remove(contender)
    for contender in tuple(later):
        like, rivals = (
            [one for one in others if made_of(one) == made_of(contender)] for others in (earlier, later)
        )
        if len(like) == len(rivals) == 1:
            pairs.append((like[0], contender))
            earlier.remove(like[0])
            later.remove(contender)
    pairs.sort(key=lambda pair: [one.id for one in after].index(pair[1].id))
    return Matching(tuple(pairs), tuple(earlier), tuple(later))


SIDES = ("earlier", "later")
SAME_WORK = ("plan.target.", "plan.policy.", "plan.load.", "plan.schedule.")
SAME_MACHINE = ("environment.system.", "environment.cpu.", "environment.memory_bytes")
_UNTOLD = (
    "plan.contender",
    "plan.description",
    "plan.sweep",
    "environment.target.",
    "environment.watching.",
    "environment.cpu.load_average",
    "environment.load_average_after",
)
"""Contenders and levels are compared by themselves, not by place; counts and loads differ from run to run."""

Own = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""A contender's label, and what it is set to before and after."""


def differences_of(before: Recorded, after: Recorded, own: Sequence[Own]) -> tuple[Difference, ...]:
    """Every value that differs, by path: of the plan, of the environment, and of contenders that both have.

    A version that changed for the whole environment is not told again for each contender.
    """
    found = [*_between(*(_leaves_told(report.plan, "plan") for report in (before, after)))]
    found += _between(*(_leaves_told(report.environment, "environment") for report in (before, after)))
    known = {(_name(one.path), one.before, one.after) for one in found}
    for label, *sides in own:
        path = f"contender[{safe_text(label)}]"
        changed = _between(*(dict(_leaves(values, path)) for values in sides))
        found += [one for one in changed if (_name(one.path), one.before, one.after) not in known]
    return tuple(found)


class Course(NamedTuple):
    """Failed requests of one contender before and after, and whether it did not finish."""

    label: str
    failed: tuple[int, int]
    unfinished: tuple[bool, bool]


def warnings_of(
    kind: str,
    sides: Sequence[tuple[Recorded, str]],
    changed: Sequence[Difference],
    courses: Iterable[Course],
) -> Iterator[str]:
    """Yield the warnings that come before the changes; `kind` is "run" or "sweep", a side's text its own warning."""
    for name, (report, warning) in zip(SIDES, sides, strict=True):
        if not report.complete:
            yield f"the {name} {kind} was not complete"
        if warning:
            yield f"the {name} {kind} {warning}"
    paths = [one.path for one in changed]
    if any(path.startswith(SAME_WORK) and path != "plan.schedule.seed" for path in paths):
        yield f"the two {kind}s did different work: see the changes of the plan"
    if any(path.startswith(SAME_MACHINE) for path in paths):
        yield (
            f"the two {kind}s ran on different machines, so only changes relative to a control mean anything"
        )
    where = " everywhere" if kind == "sweep" else ""
    for label, (before, after), unfinished in courses:
        if after > before:
            yield f"{label} failed {format_count(after)} requests, {format_count(before)} before"
        for name, is_unfinished in zip(SIDES, unfinished, strict=True):
            if is_unfinished:
                yield f"{label} did not finish{where} in the {name} {kind}"


def _between(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield Difference(path=path, before=before.get(path), after=after.get(path))


def _leaves_told(values: Mapping[str, Any], name: str) -> dict[str, str]:
    return {path: text for path, text in _leaves(values, name) if not path.startswith(_UNTOLD)}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every value inside tables and lists by its path, as text; None is no value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{safe_text(str(key), 60)}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]")
    elif value is not None:
        yield path, safe_text(str(value))


def _name(path: str) -> str:
    """Return the short name of a value of a contender."""
    return "python" if path == "environment.python.version" else path.rpartition(".")[2]


def compare(before: Report, after: Report, control: str | None = None) -> Comparison:
    """Compare two runs.

    Every contender is also held against a control, whose change cancels what the machine did: all the others that
    both reports have, or the one named by `control` (letter in the later report, label or engine).  ValueError where
    that is none of them.
    """
    found = match(before, after)
    chosen = None if control is None else found.place_of(control)
    own = [(later.label, _settings(earlier), _settings(later)) for earlier, later in found.pairs]
    changed = differences_of(before, after, own)
    figures = [(figures_of(earlier), figures_of(later)) for earlier, later in found.pairs]
    margins = margins_between(_margins(before), _margins(after))
    return Comparison(
        before=side_of(before, before.verdict.sentence),
        after=side_of(after, after.verdict.sentence),
        contenders=changes_by_contender(found, figures, chosen, margins),
        only_before=tuple(safe_text(contender.label) for contender in found.only_before),
        only_after=tuple(safe_text(contender.label) for contender in found.only_after),
        control=None if chosen is None else safe_text(found.pairs[chosen][1].label),
        changed=changed,
        notes=tuple(_notes(before, after, found.pairs, changed)),
    )


def changes_by_contender(
    found: Matching[One],
    figures: Sequence[FigurePair],
    chosen: int | None,
    margins: Margins,
    confidences: Sequence[float] = (),
) -> tuple[ContenderChange, ...]:
    """Compare the figures of each pair, held against the pair at the place `chosen`, or else against all others.

    A control that has no successes in both reports is none, and nobody is his own.  `confidences` are those of each
    one's intervals, 95 % if there are none.
    """
    changes = []
    for at, ((earlier, later), pair) in enumerate(zip(found.pairs, figures, strict=True)):
        control = [
            other
            for place, other in enumerate(figures)
            if place != at and chosen in (None, place) and plain_ratio(REQ_PER_S.name, other)
        ]
        changes.append(
            ContenderChange(
                label=safe_text(later.label),
                engine=later.engine,
                reuse=later.reuse,
                before_id=earlier.id,
                after_id=later.id,
                figures=changes_of(pair, control, margins, *confidences[at : at + 1]),
            )
        )
    return tuple(changes)


def side_of(report: Recorded, verdict: str) -> Side:
    """Describe one of the two reports in texts that are safe to show."""
    return Side(
        name=name_of(report),
        started=safe_text(report.started),
        complete=report.complete,
        verdict=safe_text(verdict, 1_000),
    )


def _settings(contender: ReportContender) -> dict[str, Any]:
    names = (
        "label",
        "loop",
        "http_requested",
        "http_version",
        "pool",
        "concurrency",
        "processes",
        "versions",
    )
    return {name: getattr(contender, name) for name in names}


def _margins(report: Report) -> Margins:
    schedule = report.plan.get("schedule")
    kind = schedule.get("kind") if isinstance(schedule, dict) else None
    return margins_of(str(kind or "concurrent"), max(epochs_of(report), 1), largest_body(report.contenders))


def _notes(
    before: Report,
    after: Report,
    pairs: Sequence[tuple[ReportContender, ReportContender]],
    changed: Sequence[Difference],
) -> Iterator[str]:
    moments = moment_of(before.started), moment_of(after.started)
    if before == after:
        yield "the two reports are one and the same"
    elif moments[0] is not None and moments[1] is not None and moments[0] > moments[1]:
        yield "the earlier run started after the later one"
    sides = [
        (
            report,
            f"is flagged: {listed([safe_text(flag.kind) for flag in report.flags])}" if report.flags else "",
        )
        for report in (before, after)
    ]
    courses = (
        Course(
            safe_text(later.label),
            (failures_of(earlier), failures_of(later)),
            (earlier.state == "dnf", later.state == "dnf"),
        )
        for earlier, later in pairs
    )
    yield from warnings_of("run", sides, changed, courses)


COMPARED = tuple(figure.name for figure in FIGURES if figure.compared)

Blocks = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one contender in one report: of the whole, and of each block that has them.

    `pooled` are those of all latencies together.
    """

    whole: Mapping[str, float | None]
    blocks: Mapping[str, Blocks]
    pooled: Mapping[str, Pooled] = field(default_factory=dict)


FigurePair = tuple[Figures, Figures]
"""A contender's figures before and after."""


def figures_of(contender: ReportContender) -> Figures:
    """Collect the figures of a run's contender that are compared."""
    service = {piece.block: piece.latency for piece in contender.slices if piece.latency is not None}
    response = {piece.block: piece.response for piece in contender.slices if piece.response is not None}
    whole = {quantity: BY_NAME[quantity].comparable(contender) for quantity in COMPARED}
    pooled = {
        **_pooled(contender, contender.histogram, contender.lower_bounds, service, ""),
        **_pooled(
            contender, contender.response_histogram, contender.response_lower_bounds, response, RESPONSE
        ),
    }
    return Figures(
        whole=whole,
        blocks={
            quantity: blocks
            for quantity in COMPARED
            if whole[quantity] is not None and (blocks := _blocks(BY_NAME[quantity], contender))
        },
        pooled={quantity: one for quantity, one in pooled.items() if whole[quantity] is not None},
    )


def changes_of(
    pair: FigurePair, control: Sequence[FigurePair], margins: Margins, confidence: float = 0.95
) -> dict[str, Change]:
    """Every figure that either report has of a contender; `against` the control's, where there is one."""
    changes = {quantity: _change(quantity, pair, control, margins, confidence) for quantity in pair[1].whole}
    return {
        quantity: change
        for quantity, change in changes.items()
        if change.before is not None or change.after is not None
    }


def plain_ratio(quantity: str, pair: FigurePair) -> float | None:
    """The figure after over the same before, or None where it is not known, zero before, below zero, or so
    far apart that no float holds the ratio.
    """
    before, after = (figures.whole[quantity] for figures in pair)
    if before is None or after is None or before <= 0 or after < 0:
        return None
    return _quotient(after, before)


def together(blocks: Sequence[Blocks]) -> dict[int, float]:
    """The geometric mean of several blocks' figures by number, where each of them has one and none is nought."""
    shared = set(blocks[0]).intersection(*blocks)
    return {
        number: statistics.geometric_mean([one[number] for one in blocks])
        for number in shared
        if all(one[number] > 0 for one in blocks)
    }


def margins_between(one: Margins, other: Margins) -> Margins:
    """Return how much one contender differs by itself between two reports: the root mean square of both margins."""
    rate, cpu = (math.sqrt((mine**2 + theirs**2) / 2) for mine, theirs in zip(one, other, strict=True))
    return Margins(rate=rate, cpu=cpu)


def _change(
    quantity: str, pair: FigurePair, control: Sequence[FigurePair], margins: Margins, confidence: float
) -> Change:
    before, after = (figures.whole[quantity] for figures in pair)
    plain = plain_ratio(quantity, pair)
    if plain is None:
        return Change(before=before, after=after)
    own = _both_blocks(quantity, pair)
    estimate = _shift_of_pooled(quantity, pair, []) or _shift(*own, confidence)
    return Change(
        before=before,
        after=after,
        ratio=_ratio(plain, estimate if plain else None),
        against=_against(quantity, plain, pair, control, margins, confidence),
    )


def _against(
    quantity: str,
    plain: float,
    pair: FigurePair,
    control: Sequence[FigurePair],
    margins: Margins,
    confidence: float,
) -> Ratio | None:
    """The ratio of ratios; each of the two is of two processes, so that their margins add up as roots of squares."""
    margin = math.sqrt(2) * (margins.cpu if quantity == CPU.name else margins.rate)
    theirs = [plain_ratio(quantity, pair) for pair in control]
    known = [ratio for ratio in theirs if ratio]
    if not known or len(known) < len(theirs):
        return None
    own, sides = (
        _both_blocks(quantity, pair),
        zip(*(_both_blocks(quantity, one) for one in control), strict=True),
    )
    before, after = (log_ratios(mine, together(others)) for mine, others in zip(own, sides, strict=True))
    estimate = shift(before, after, confidence) if before and after else None
    estimate = _shift_of_pooled(quantity, pair, control) or estimate
    point = _quotient(plain, statistics.geometric_mean(known))
    return None if point is None else _ratio(point, estimate, margin)


def _quotient(one: float, other: float) -> float | None:
    """One over another that is above zero; None where it is beyond what a float holds."""
    ratio = one / other
    return ratio if math.isfinite(ratio) and (ratio > 0 or not one) else None


def _ratio(plain: float, logarithm: Estimate | None, margin: float | None = None) -> Ratio:
    """Return the estimate's ratio if it has an interval that floats can hold, else the plain one without."""
    if logarithm is None or logarithm.low is None or logarithm.high is None:
        return Ratio(point=plain)
    if logarithm.low < -FARTHEST or logarithm.high > FARTHEST:
        return Ratio(point=plain)
    point, low, high = (math.exp(value) for value in (logarithm.point, logarithm.low, logarithm.high))
    return Ratio(point=point, low=low, high=high, margin=margin)


def _shift(before: Blocks, after: Blocks, confidence: float) -> Estimate | None:
    """Estimate the shift of the logarithms; a block without a success counts as the slowest of both reports."""
    seen = [math.log(value) for value in (*before.values(), *after.values()) if value > 0]
    if not seen or not before or not after:
        return None

    def logarithms(blocks: Blocks) -> list[float]:
        return condense([math.log(blocks[n]) if blocks[n] > 0 else min(seen) for n in sorted(blocks)])

    return shift(logarithms(before), logarithms(after), confidence)


def _shift_of_pooled(quantity: str, pair: FigurePair, control: Sequence[FigurePair]) -> Estimate | None:
    """Estimate the rise of the logarithm of a figure of all latencies, or of its ratio to a control's."""
    sides = []
    for at in (0, 1):
        known = [one[at].pooled.get(quantity) for one in (pair, *control)]
        own, *others = known
        if own is None or None in others:
            return None
        sides.append(log_ratio(own, [one for one in others if one is not None]) if others else own.estimate)
    return difference(*sides)


def _pooled(
    contender: ReportContender,
    histogram: HistogramData | None,
    bounds: HistogramData | None,
    blocks: Mapping[int, SliceLatency],
    prefix: str,
) -> dict[str, Pooled]:
    """Those percentiles and the mean of which blocks tell enough for an interval; what had no answer counts with its
    lower bound, and requests that were never sent, which no block knows of, leave none.
    """
    if histogram is None or not blocks or contender.requests.dropped:
        return {}
    counts = sorted((*histogram.counts, *(() if bounds is None else bounds.counts)))
    found = {"mean": pooled_mean({number: (one.count, one.mean_ms) for number, one in blocks.items()})}
    for at, (name, percent) in enumerate(PERCENTS.items()):
        above = {number: Counted(one.count, one.above[at]) for number, one in blocks.items()}
        found[name] = pooled_percentile(counts, percent, above)
    return {f"{prefix}{name}": one for name, one in found.items() if one is not None}


def _both_blocks(quantity: str, pair: FigurePair) -> tuple[Blocks, Blocks]:
    before, after = (figures.blocks.get(quantity, {}) for figures in pair)
    return before, after


def _blocks(figure: Figure, contender: ReportContender) -> dict[int, float]:
    if figure.of_slice is None:
        return {}
    found = ((piece.block, figure.of_slice(piece)) for piece in contender.slices)
    return {block: value for block, value in found if value is not None and math.isfinite(value)}
