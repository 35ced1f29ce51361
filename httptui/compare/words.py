"""Words of comparisons, whatever the format: headings, changes in per cent, verdict, levels, and the method.

A change is told where both show it, to the same side and beyond what two runs of the same differ by themselves: the
contender's own figures, which what the machine did is in, and those against the others, which their changes are in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from httptui.compare.comparison import (
    Change,
    Comparison,
    ContenderChange,
    Difference,
    Levels,
    Ratio,
    SweepComparison,
    ThresholdResult,
    TwoSides,
)
from httptui.figures import BY_NAME, CPU, FIGURES, REQ_PER_S
from httptui.sweeps.tables import level_text
from httptui.units import UNKNOWN, listed, plural

TOLD = tuple(figure.name for figure in FIGURES if figure.told)
"""The figures of a table; the JSON has all of them."""
HEADINGS = {figure.name: figure.titled(is_open=False) for figure in FIGURES if figure.compared}
HIGHER_IS_BETTER = tuple(figure.name for figure in FIGURES if figure.compared and figure.better == "high")
SHOWN = "*"

METHOD = (
    "[Intervals] are 95 % confidence intervals of the median change from the earlier blocks to the later ones "
    "(Hodges–Lehmann, exact rank-sum), which may differ from the quotient of the totals. They describe these two "
    "runs; variation from run to run is not included."
)
POOLED = (
    "For percentiles and means they are intervals of the quotient of the totals, from how blocks differ "
    "(Woodruff, Student's t)."
)
MARGIN = f"{SHOWN} larger than the usual difference between two {{kind}}s of the same build."
ADVICE = {
    "run": "To decide it, compare longer interleaved runs with several epochs, and name a contender that did not "
    "change as --control.",
    "sweep": "To decide it, compare sweeps with more blocks, and name a contender that did not change as "
    "--control.",
}
AGAINST = (
    "Relative to other contenders of the same {kind}s, effects of the machine cancel out; changes in those "
    "others do not."
)


def told_figures(contender: ContenderChange) -> list[tuple[str, str, str, str, str]]:
    """Rows of a contender's table: figure, before, after, its change, and that against the control."""
    return [
        (HEADINGS[quantity], *change_cells(quantity, contender.figures[quantity]))
        for quantity in TOLD
        if quantity in contender.figures
    ]


def method_of(comparison: TwoSides) -> list[str]:
    """Explain how the changes were found, the star, and the comparison with others, as far as there are any."""
    contenders = list(comparison.contenders)
    if isinstance(comparison, SweepComparison):
        contenders += [one for level in comparison.levels for one in level.contenders]
        method = SWEEP_METHOD
    else:
        method = f"{METHOD} {POOLED}" if any(map(_has_pooled, contenders)) else METHOD
    ratios = [
        ratio
        for contender in contenders
        for change in contender.figures.values()
        for ratio in (change.ratio, change.against)
        if ratio is not None
    ]
    kind = comparison.kind
    return [
        *([method] if any(ratio.low is not None for ratio in ratios) else []),
        *([MARGIN.format(kind=kind)] if any(ratio.shown for ratio in ratios) else []),
        *([AGAINST.format(kind=kind)] if has_control(comparison) else []),
    ]


def _has_pooled(contender: ContenderChange) -> bool:
    """Return whether any percentile or mean of a contender has an interval."""
    return any(
        change.ratio is not None and change.ratio.low is not None
        for quantity, change in contender.figures.items()
        if BY_NAME[quantity].times is not None
    )


def has_control(comparison: TwoSides) -> bool:
    """Return whether anything is compared with a control."""
    return any(
        change.against is not None
        for contender in comparison.contenders
        for change in contender.figures.values()
    )


def format_change(ratio: Ratio | None) -> str:
    """A ratio as what was added or lost: "−8.5 % [−9.9, −7.0] *"."""
    if ratio is None:
        return UNKNOWN
    decimals = 0 if abs(ratio.point - 1) >= 0.0995 else 1
    told = f"{_percent(ratio.point, decimals)} %"
    if ratio.low is not None and ratio.high is not None:
        told += f" [{_percent(ratio.low, decimals)}, {_percent(ratio.high, decimals)}]"
    return f"{told} {SHOWN}" if ratio.shown else told


def format_range(low: float, high: float) -> str:
    """From one change to another, -0.05 for 5 % less: "−27 to −14 %"."""
    decimals = 0 if max(abs(low), abs(high)) >= 0.0995 else 1
    return f"{_percent(1 + low, decimals)} to {_percent(1 + high, decimals)} %"


def against_words(control: str | None) -> str:
    """Name in a sentence what a contender is held against: the control of that label, or the others."""
    return f"relative to {control or 'the others'}"


def against_heading(control: str | None) -> str:
    """Name the same in the heading of a column, which is narrow."""
    return f"vs {control or 'the others'}"


def missing_of(comparison: TwoSides) -> list[str]:
    """List the contenders and levels that only one of the reports has."""
    kind = comparison.kind
    only = (("earlier", comparison.only_before), ("later", comparison.only_after))
    lines = [f"only in the {side} {kind}: {label}" for side, labels in only for label in labels]
    if isinstance(comparison, SweepComparison):
        told = (("earlier", comparison.levels_only_before), ("later", comparison.levels_only_after))
        lines += [
            f"only in the {side} sweep: {_listed(comparison, levels)}" for side, levels in told if levels
        ]
    return lines


def difference_cells(difference: Difference) -> tuple[str, str, str]:
    """Path, before and after of what changed around the contenders."""
    return difference.path, difference.before or UNKNOWN, difference.after or UNKNOWN


def undecided_line(results: Sequence[ThresholdResult], kind: str) -> list[str]:
    """Explain thresholds that are not decided, and how to decide them; empty if there are none."""
    count = sum(result.outcome == "open" for result in results)
    if not count:
        return []
    return [
        f"{count} of {plural(len(results), 'result')} {'is' if count == 1 else 'are'} NOT DECIDED: these {kind}s "
        "neither show nor rule out a change beyond the limit. This fails only with --strict. " + ADVICE[kind]
    ]


def change_cells(quantity: str, change: Change) -> tuple[str, str, str, str]:
    """A figure before and after, its change, and that against the control."""
    words = BY_NAME[quantity].unit.words
    return (
        UNKNOWN if change.before is None else words(change.before),
        UNKNOWN if change.after is None else words(change.after),
        format_change(change.ratio),
        format_change(change.against),
    )


def _percent(ratio: float, decimals: int) -> str:
    """A change with its sign, thousands apart, a true minus, and no sign before nought."""
    text = f"{(ratio - 1) * 100:+,.{decimals}f}".replace(",", " ").replace("-", "−")
    return text[1:] if not text.strip("+−0.") else text


BETTER_AND_WORSE = {REQ_PER_S.name: ("faster", "slower"), CPU.name: ("cheaper", "costlier")}


def verdict_of(comparison: Comparison) -> list[str]:
    """A sentence for each contender that is shown to have changed, or one that says why none is."""
    if not comparison.contenders:
        return ["No contender is in both runs."]
    if not has_control(comparison):
        return ["No other contender is in both runs, so a change of the machine cannot be ruled out."]
    whom = against_words(comparison.control)
    held = [one for one in comparison.contenders if one.label != comparison.control]
    sentences = [f"{one.label} is {listed(words)}, also {whom}." for one in held if (words := _words_of(one))]
    if sentences:
        return sentences
    if all(
        ratio.low is None for one in held for change in _changes(one).values() if (ratio := change.against)
    ):
        return ["Too little data to call a change."]
    return [
        f"No change: no contender's own figures and those {whom} both differ by more than two runs of the same build "
        "usually do."
    ]


def _changes(contender: ContenderChange) -> dict[str, Change]:
    """Those of the figures that blocks tell of."""
    return {name: contender.figures[name] for name in BETTER_AND_WORSE if name in contender.figures}


def _words_of(contender: ContenderChange) -> list[str]:
    return [_words(name, change) for name, change in _changes(contender).items() if _is_shown(change)]


def _is_shown(change: Change) -> bool:
    own, against = change.ratio, change.against
    if own is None or against is None or against.margin is None or not against.shown:
        return False
    return own.is_beyond(against.margin) and (own.point > 1) == (against.point > 1)


def _words(quantity: str, change: Change) -> str:
    """Describe a change by direction and size: "slower (req/s −20 % [−21, −19])"."""
    better, worse = BETTER_AND_WORSE[quantity]
    is_more = change.ratio is not None and change.ratio.point > 1
    word = better if is_more == (quantity in HIGHER_IS_BETTER) else worse
    return f"{word} ({HEADINGS[quantity]} {format_change(change.ratio)})"


ALL = "all"
MOST_LEVELS = 12
UNCHANGED: Final = Change(before=None, after=None)
SWEEP_METHOD = (
    "[Intervals] are of the median change from the earlier blocks to the later (Hodges–Lehmann, exact rank-sum): "
    "those of a contender's levels hold together in 95 of 100 comparisons (Bonferroni), that of the geometric mean "
    "over all levels by itself. Variation from sweep to sweep is not included."
)


def changes_at(comparison: SweepComparison, at: int, quantity: str) -> list[tuple[str, Change]]:
    """Every level in words with the change of the contender at a place."""
    return [
        (level_words(level.levels), level.contenders[at].figures.get(quantity, UNCHANGED))
        for level in comparison.levels
    ]


def level_words(levels: Levels) -> str:
    """The level of each axis in a cell: "64", "4 · 16"."""
    return " · ".join(map(level_text, levels))


def axes_text(comparison: SweepComparison) -> str:
    """Return the heading of the levels: the axes' paths."""
    return " · ".join(comparison.axes)


def where_text(comparison: SweepComparison, levels: Levels) -> str:
    """A level in a sentence: "concurrency 64", "pool 4, concurrency 16"."""
    return ", ".join(
        f"{path} {level_text(level)}" for path, level in zip(comparison.axes, levels, strict=True)
    )


def _listed(comparison: SweepComparison, levels: Sequence[Levels]) -> str:
    more = f" and {plural(len(levels) - MOST_LEVELS, 'level')} more" if len(levels) > MOST_LEVELS else ""
    return f"{axes_text(comparison)} at {', '.join(map(level_words, levels[:MOST_LEVELS]))}{more}"
