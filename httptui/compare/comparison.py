"""What comes of comparing two reports: the JSON of schema `httptui.comparison/1` of runs, and of schema
`httptui.sweep-comparison/1` of sweeps.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

SCHEMA: Final = "httptui.comparison/1"
SWEEP_SCHEMA: Final = "httptui.sweep-comparison/1"
Outcome = Literal["met", "missed", "open"]
Levels = tuple[float, ...]
"""A level of each axis, in the order of the axes."""


class Ratio(Struct, frozen=True, kw_only=True):
    """A figure after over the same before, with the 95 % interval that blocks within these two runs give.

    `margin` is by how much two runs of the same differ by themselves, 0.05 for 5 %; it is in no interval.  Of a plain
    change nothing tells, for what the machine did is in it.
    """

    point: float
    low: float | None = None
    high: float | None = None
    margin: float | None = None

    @property
    def shown(self) -> bool:
        """Whether the whole interval lies beyond the margin, to one side."""
        return self.margin is not None and self.is_beyond(self.margin)

    def is_beyond(self, margin: float) -> bool:
        """Whether the whole interval lies beyond a margin, to one side; not where there is none."""
        if self.low is None or self.high is None:
            return False
        return self.low > 1 + margin or self.high < 1 / (1 + margin)


class Change(Struct, frozen=True, kw_only=True):
    """One figure of one contender before and after; `against` is its ratio over that of the control."""

    before: float | None
    after: float | None
    ratio: Ratio | None = None
    against: Ratio | None = None


class ContenderChange(Struct, frozen=True, kw_only=True):
    """One contender that both reports have, and each of its figures by name, in the report's own units."""

    label: str
    engine: str
    reuse: str
    before_id: str
    after_id: str
    figures: dict[str, Change]


class Difference(Struct, frozen=True, kw_only=True):
    """A value of the plan, the environment or a contender that is not the same; None where a run has none."""

    path: str
    before: str | None
    after: str | None


class Side(Struct, frozen=True, kw_only=True):
    """One of the two reports."""

    name: str
    started: str
    complete: bool
    verdict: str


class ThresholdResult(Struct, frozen=True, kw_only=True):
    """Whether one contender's change keeps a threshold; `open`: the data do not decide it.

    `actual` is the change, -0.05 for 5 % less; `low` and `high` are from where to where it may lie between two runs,
    None where that is not known or was not asked for.
    """

    text: str
    label: str
    outcome: Outcome
    actual: float | None
    low: float | None = None
    high: float | None = None
    sentence: str


class Comparison(Struct, frozen=True, kw_only=True):
    """All of it.  `control` is the label of the contender that the others are held against, None where each is held
    against all the others.
    """

    schema: Literal["httptui.comparison/1"] = SCHEMA
    before: Side
    after: Side
    contenders: tuple[ContenderChange, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    control: str | None = None
    changed: tuple[Difference, ...] = ()
    thresholds: tuple[ThresholdResult, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What is compared."""
        return "run"


class LevelChange(Struct, frozen=True, kw_only=True):
    """One level of each axis that both sweeps have, in the order of the axes, and every contender's changes there.

    Intervals are so wide that those of all levels of a contender hold together in 95 % of comparisons.
    """

    levels: Levels
    contenders: tuple[ContenderChange, ...]


class Claim(Struct, frozen=True, kw_only=True):
    """The levels at which req/s are shown to have gone up or down, of `of` that both sweeps measured."""

    faster: tuple[Levels, ...]
    slower: tuple[Levels, ...]
    of: int


class ContenderClaim(Struct, frozen=True, kw_only=True):
    """What is shown of one contender: by its own change, by that against the control where it has one, in words."""

    label: str
    after_id: str
    change: Claim
    against: Claim | None
    sentence: str


class LevelThreshold(ThresholdResult, frozen=True, kw_only=True):
    """Whether one contender's change keeps a threshold at one level."""

    levels: Levels


class SweepComparison(Struct, frozen=True, kw_only=True):
    """All of it.  `axes` are the paths of the later sweep's axes.

    The figures of `contenders` are geometric means over all levels that both sweeps measured, with 95 % intervals;
    `levels` has the same contenders in the same order.  `control` is the label of the contender that the others are
    held against, None where each is held against all the others.
    """

    schema: Literal["httptui.sweep-comparison/1"] = SWEEP_SCHEMA
    claims: tuple[ContenderClaim, ...]
    before: Side
    after: Side
    axes: tuple[str, ...]
    contenders: tuple[ContenderChange, ...]
    levels: tuple[LevelChange, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    levels_only_before: tuple[Levels, ...] = ()
    levels_only_after: tuple[Levels, ...] = ()
    control: str | None = None
    changed: tuple[Difference, ...] = ()
    thresholds: tuple[LevelThreshold, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What is compared."""
        return "sweep"


TwoSides = Comparison | SweepComparison
"""A comparison of any kind: two sides, what changed in each contender, and whom it is held against."""
