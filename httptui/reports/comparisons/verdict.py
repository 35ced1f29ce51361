"""What a comparison of two runs shows, in sentences, the first thing that is read of it.

A change is told where both show it, to the same side and beyond what two runs of the same differ by themselves: the
contender's own figures, which what the machine did is in, and those against the others, which their changes are in.
"""

from __future__ import annotations

from httptui.reports.comparisons.comparison import Change, Comparison, ContenderChange
from httptui.reports.comparisons.words import (
    HEADINGS,
    HIGHER_IS_BETTER,
    format_change,
    has_control,
    held_against,
)
from httptui.units import listed

BETTER_AND_WORSE = {"req_per_s": ("faster", "slower"), "cpu": ("cheaper", "costlier")}


def verdict_of(comparison: Comparison) -> list[str]:
    """A sentence for each contender that is shown to have changed, or one that says why none is."""
    if not comparison.contenders:
        return ["No contender is in both runs."]
    if not has_control(comparison):
        return ["No other contender is in both runs, to tell a change from the machine's own."]
    whom = held_against(comparison)
    held = [one for one in comparison.contenders if one.label != comparison.control]
    sentences = [
        f"{one.label} is {listed(words)}, and so {whom}." for one in held if (words := _words_of(one))
    ]
    if sentences:
        return sentences
    if all(
        ratio.low is None for one in held for change in _changes(one).values() if (ratio := change.against)
    ):
        return ["The blocks are too few to tell a change from chance."]
    return [
        f"No change is shown by both a contender's own figures and those {whom}, beyond what two runs of the same "
        "differ by."
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
    """Which way a figure went, and how far: "slower (req/s −20 % [−21, −19])"."""
    better, worse = BETTER_AND_WORSE[quantity]
    is_more = change.ratio is not None and change.ratio.point > 1
    word = better if is_more == (quantity in HIGHER_IS_BETTER) else worse
    return f"{word} ({HEADINGS[quantity]} {format_change(change.ratio)})"
