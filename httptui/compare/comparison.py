"""What comes of comparing two reports: the JSON of schema `httptui.comparison/1`."""

from __future__ import annotations

from typing import Final, Literal, Protocol

from msgspec import Struct

SCHEMA: Final = "httptui.comparison/1"
Outcome = Literal["met", "missed", "open"]


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


class TwoSides(Protocol):
    """What comparisons of all kinds of report have: both sides, whom each contender is held against, the rest."""

    @property
    def kind(self) -> str:
        """What is compared: "run" or "sweep"."""

    @property
    def before(self) -> Side: ...

    @property
    def after(self) -> Side: ...

    @property
    def contenders(self) -> tuple[ContenderChange, ...]: ...

    @property
    def only_before(self) -> tuple[str, ...]: ...

    @property
    def only_after(self) -> tuple[str, ...]: ...

    @property
    def control(self) -> str | None: ...

    @property
    def changed(self) -> tuple[Difference, ...]: ...

    @property
    def notes(self) -> tuple[str, ...]: ...


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
