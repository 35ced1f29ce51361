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
    """The ratio of a figure after to the same figure before, with its 95 % interval from the blocks of these two
    runs.

    `margin` is the usual difference between two runs of the same build, 0.05 for 5 %; no interval includes it. It is
    None for a plain change, which includes effects of the machine.
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
    """One figure of one contender before and after; `against` is its ratio relative to the control."""

    before: float | None
    after: float | None
    ratio: Ratio | None = None
    against: Ratio | None = None


class ContenderChange(Struct, frozen=True, kw_only=True):
    """One contender of both reports, with each of its figures by name, in the report's units."""

    label: str
    engine: str
    reuse: str
    before_id: str
    after_id: str
    figures: dict[str, Change]


class Difference(Struct, frozen=True, kw_only=True):
    """A value of the plan, the environment or a contender that differs; None if a run has none."""

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
    """The result of one threshold for one contender; `open` means that the data do not decide it.

    `actual` is the change, -0.05 for 5 % less; `low` and `high` are its bounds between two runs, None if they are
    unknown or were not asked for.
    """

    text: str
    label: str
    outcome: Outcome
    actual: float | None
    low: float | None = None
    high: float | None = None
    sentence: str


class Comparison(Struct, frozen=True, kw_only=True):
    """A comparison of two runs. `control` is the label of the contender that the others are compared with, None if
    each is compared with all the others.
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
    """One level of each axis that both sweeps have, in the order of the axes, with every contender's changes there.

    The intervals of all levels of a contender hold together in 95 % of comparisons.
    """

    levels: Levels
    contenders: tuple[ContenderChange, ...]


class Claim(Struct, frozen=True, kw_only=True):
    """The levels at which req/s rose or fell, out of the `of` levels that both sweeps measured."""

    faster: tuple[Levels, ...]
    slower: tuple[Levels, ...]
    of: int


class ContenderClaim(Struct, frozen=True, kw_only=True):
    """The claims about one contender in words: its own change, and its change relative to the control if there is
    one.
    """

    label: str
    after_id: str
    change: Claim
    against: Claim | None
    sentence: str


class LevelThreshold(ThresholdResult, frozen=True, kw_only=True):
    """The result of one threshold for one contender at one level."""

    levels: Levels


class SweepComparison(Struct, frozen=True, kw_only=True):
    """A comparison of two sweeps. `axes` are the paths of the later sweep's axes.

    The figures of `contenders` are geometric means over all levels that both sweeps measured, with 95 % intervals;
    `levels` has the same contenders in the same order. `control` is the label of the contender that the others are
    compared with, None if each is compared with all the others.
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
