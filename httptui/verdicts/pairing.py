"""The leader compared with one rival over the blocks they share, in numbers and words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from httptui.snapshot import ContenderView
from httptui.statistics import FEWEST_FOR_95, Estimate, detectable, equivalent, estimate, furthest, ratio_of
from httptui.units import format_percent, format_ratio, format_times
from httptui.verdicts.blocks import Blocks, log_ratios


@dataclass(frozen=True, slots=True)
class Pair:
    """The leader against one rival.  `factor` is the leader's rate over the rival's; `differences` are its
    logarithms inside the blocks, whose number is `blocks`; `parted` says whether the leader is shown to be better.
    """

    leader: ContenderView
    rival: ContenderView
    factor: float
    differences: list[float]
    blocks: int
    parted: bool = False

    def equivalent(self, delta: float, alpha: float, margin: float = 0.0) -> bool:
        """Whether the two are shown to be within `delta` of each other, whatever a `margin` hides."""
        enough = len(self.differences) >= FEWEST_FOR_95
        return enough and equivalent(self.differences, delta, alpha, margin)

    def least_delta(self, alpha: float, margin: float) -> float | None:
        """The smallest delta within which the two could be called equal, 0.05 for 5 %; None with too few blocks."""
        furthest_off = furthest(self.differences, alpha, margin)
        return None if furthest_off is None else math.expm1(furthest_off)

    def detectable(self, alpha: float) -> float | None:
        """The smallest relative difference that these blocks would show four times in five, or None."""
        return detectable(self.differences, alpha)

    def estimate(self) -> Estimate:
        """Of ln(leader / rival), without an interval where there are fewer than six blocks."""
        if len(self.differences) < FEWEST_FOR_95:
            return Estimate(math.log(self.factor), None, None)
        return estimate(self.differences)

    @property
    def share_of_leader(self) -> float:
        """The rival's rate over the leader's."""
        return ratio_of(-self.estimate().point) or 1 / self.factor

    def times(self) -> str:
        """The leader's rate as a multiple of the rival's: "4.3 times [4.1–4.6]"."""
        _, low, high = self.estimate()
        return format_times(1 / self.share_of_leader, ratio_of(low), ratio_of(high))

    def share(self) -> str:
        """The rival's rate in per cent of the leader's: "23 %"."""
        return format_percent(self.share_of_leader)

    def share_with_interval(self) -> str:
        """The same with its interval: "23 % [22–24]"."""
        _, low, high = self.estimate()
        ends = (None if end is None else ratio_of(-end) for end in (high, low))
        return format_ratio(self.share_of_leader, *ends)


def pair_of(leader: ContenderView, rival: ContenderView, blocks: Blocks, *, parted: bool = False) -> Pair:
    """Compare two contenders that both had a success; `blocks` as for `httptui.verdicts.ranking.rank`."""
    one, other = blocks.get(leader.id, {}), blocks.get(rival.id, {})
    return Pair(
        leader=leader,
        rival=rival,
        factor=leader.req_per_s / rival.req_per_s,
        differences=log_ratios(one, other),
        blocks=len(one.keys() & other.keys()),
        parted=parted,
    )
