"""What a comparison of two runs shows, in sentences, the first thing that is read of it.

Only what lies beyond what two runs of the same differ by themselves is told, against the others or the control: a
plain change has in it what the machine did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from httptui.reports.comparisons.comparison import Comparison, ContenderChange, Ratio
from httptui.reports.comparisons.words import (
    HEADINGS,
    HIGHER_IS_BETTER,
    format_change,
    has_control,
    held_against,
)
from httptui.units import listed

SMALLEST = 1e-9
BETTER_AND_WORSE = {"req_per_s": ("faster", "slower"), "cpu": ("cheaper", "costlier")}


def verdict_of(comparison: Comparison) -> list[str]:
    """A sentence for each contender that is shown to have changed, or one that says why none is."""
    if not comparison.contenders:
        return ["No contender is in both runs."]
    if not has_control(comparison):
        return ["No other contender is in both runs, to tell a change from the machine's own."]
    whom = held_against(comparison)
    held = [one for one in comparison.contenders if one.label != comparison.control]
    found = {quantity: _shown(held, quantity, comparison.control) for quantity in BETTER_AND_WORSE}
    sentences = [
        f"{one.label} is {listed(words)} {whom}."
        for one in held
        if (
            words := [
                _words(name, shown[one.after_id]) for name, shown in found.items() if one.after_id in shown
            ]
        )
    ]
    if sentences:
        return sentences
    if all(ratio.low is None for one in held for name in found if (ratio := _against(one, name))):
        return ["The blocks are too few to tell a change from chance."]
    return [f"No change is shown: what differs {whom} may be chance, or what two runs of the same differ by."]


def _shown(held: Sequence[ContenderChange], quantity: str, control: str | None) -> dict[str, Ratio]:
    """The changes of a figure that are shown, by letter, the largest first.

    Where one of N moves, each of the others moves the other way by an (N-1)th of that: what those that are shown
    already put into the others' changes is taken out of them.
    """
    told = [(one, ratio) for one in held if (ratio := _against(one, quantity)) is not None]
    share = 0.0 if control is not None or len(told) < 2 else 1 / (len(told) - 1)
    moved, found = 0.0, dict[str, Ratio]()
    for one, ratio in sorted(told, key=lambda each: _size(each[1], each[0].figures[quantity].ratio)):
        if ratio.shown and _without(ratio, math.exp(-moved * share)).shown:
            found[one.after_id] = ratio
            moved += _logarithm(ratio)
    return found


def _against(contender: ContenderChange, quantity: str) -> Ratio | None:
    change = contender.figures.get(quantity)
    return None if change is None else change.against


def _size(against: Ratio, plain: Ratio | None) -> tuple[float, float]:
    """Orders the largest first, and of two as large the one that moved more, whatever the others did."""
    return -round(abs(_logarithm(against)), 3), 0.0 if plain is None else -abs(_logarithm(plain))


def _logarithm(ratio: Ratio) -> float:
    return math.log(max(ratio.point, SMALLEST))


def _without(ratio: Ratio, share: float) -> Ratio:
    """The ratio without the share of it that others put there."""
    low, high = (None if end is None else end / share for end in (ratio.low, ratio.high))
    return Ratio(point=ratio.point / share, low=low, high=high, margin=ratio.margin)


def _words(quantity: str, ratio: Ratio) -> str:
    better, worse = BETTER_AND_WORSE[quantity]
    is_better = (ratio.point > 1) == (quantity in HIGHER_IS_BETTER)
    return f"{better if is_better else worse} ({HEADINGS[quantity]} {format_change(ratio, star=False)})"
