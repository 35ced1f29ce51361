"""What comes of comparing the reports of two sweeps: the JSON of schema `httptui.sweep-comparison/1`."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from httptui.reports.comparisons.comparison import ContenderChange, Difference, Side, ThresholdResult

SCHEMA: Final = "httptui.sweep-comparison/1"
Levels = tuple[float, ...]


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

    schema: Literal["httptui.sweep-comparison/1"] = SCHEMA
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
