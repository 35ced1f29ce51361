"""What a comparison of two sweeps shows of each contender, as counts of levels and as a sentence.

A level counts where the whole interval of its change lies beyond what two sweeps of the same differ by.  The
intervals of a contender's levels hold together (Bonferroni's inequality), so that in at most one comparison of twenty
any of its levels is counted by chance.
"""

from __future__ import annotations

from collections.abc import Sequence

from httptui.reports.comparisons.comparison import ContenderChange, Ratio
from httptui.reports.comparisons.words import against_words
from httptui.safe_text import safe_text
from httptui.sweeps.comparisons.comparison import Claim, ContenderClaim, LevelChange, Levels
from httptui.units import listed, plural

THROUGHPUT = "req_per_s"
Found = Sequence[tuple[Levels, Ratio | None]]


def claims_of(
    contenders: Sequence[ContenderChange],
    levels: Sequence[LevelChange],
    control: str | None,
    margin: float,
) -> tuple[ContenderClaim, ...]:
    """Of every contender, but for a control that was named; `margin` is by how much one differs by itself."""
    return tuple(
        _claim(at, contender, levels, control, margin)
        for at, contender in enumerate(contenders)
        if contender.label != control
    )


def _claim(
    at: int, contender: ContenderChange, levels: Sequence[LevelChange], control: str | None, margin: float
) -> ContenderClaim:
    changes = [(level.levels, level.contenders[at].figures.get(THROUGHPUT)) for level in levels]
    plain: Found = [(where, None if change is None else change.ratio) for where, change in changes]
    against: Found = [(where, None if change is None else change.against) for where, change in changes]
    own = _counted(plain, margin)
    held = _counted(against) if any(ratio is not None for _, ratio in against) else None
    return ContenderClaim(
        label=contender.label,
        after_id=safe_text(contender.after_id, 4),
        change=own,
        against=held,
        sentence=_sentence(contender.label, (own, plain), (held, against), control),
    )


def _counted(found: Found, margin: float | None = None) -> Claim:
    """The levels beyond the margin, or beyond each ratio's own where none is given."""
    shown = [
        (levels, ratio)
        for levels, ratio in found
        if ratio is not None and (ratio.shown if margin is None else ratio.is_beyond(margin))
    ]
    return Claim(
        faster=tuple(levels for levels, ratio in shown if ratio.point > 1),
        slower=tuple(levels for levels, ratio in shown if ratio.point < 1),
        of=sum(ratio is not None for _, ratio in found),
    )


def _sentence(
    label: str, own: tuple[Claim, Found], held: tuple[Claim | None, Found], control: str | None
) -> str:
    whom, claim = against_words(control), held[0]
    if control is not None and claim is not None:
        return f"{label} is {_words(claim, held[1])} {whom}."
    if not own[0].of:
        return f"{label} was measured by both sweeps at no level."
    told = f"{label} is {_words(*own)}"
    if claim is None:
        return f"{told}; no other contender tells whether that was the machine."
    same = (claim.faster, claim.slower) == (own[0].faster, own[0].slower)
    return f"{told}; {whom}, too." if same else f"{told}; {whom} {_words(claim, held[1])}."


def _words(claim: Claim, found: Found) -> str:
    """The counts: "faster at 5 of 9 levels and slower at none"."""
    if all(ratio is None or ratio.low is None for _, ratio in found):
        return f"not told apart at any of {plural(claim.of, 'level')}, for which the blocks are too few"
    counts = sorted(
        ((len(claim.faster), "faster"), (len(claim.slower), "slower")), key=lambda count: -count[0]
    )
    (most, kind), (least, other) = counts
    if not most:
        return f"shown to be faster or slower at none of {plural(claim.of, 'level')}"
    where = (
        f"all {plural(claim.of, 'level')}"
        if most == claim.of > 1
        else f"{most} of {plural(claim.of, 'level')}"
    )
    return (
        f"{kind} at {where}"
        if most == claim.of
        else listed([f"{kind} at {where}", f"{other} at {least or 'none'}"])
    )
