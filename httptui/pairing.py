"""Two contenders compared over the blocks they share."""

from __future__ import annotations

import math
from dataclasses import dataclass

from httptui.ranking import Blocks, is_better, log_ratios
from httptui.snapshot import ContenderView
from httptui.statistics import FEWEST_FOR_95, Estimate, estimate
from httptui.units import format_percent, format_ratio, format_times

EQUIVALENT = 0.03


@dataclass(frozen=True, slots=True)
class Pair:
    """The leader against one rival.  `factor` is the leader's rate over the rival's; `differences` are its
    logarithms inside the blocks, whose number is `blocks`.
    """

    leader: ContenderView
    rival: ContenderView
    factor: float
    differences: list[float]
    blocks: int

    @property
    def parted(self) -> bool:
        """Whether the leader is better at p < 0.05, see `is_better`."""
        return is_better(self.differences)

    @property
    def equivalent(self) -> bool:
        """Whether two one-sided tests at 0.05 show the two to be within 3 % of each other."""
        _, low, high = self.estimate(0.90)
        limit = math.log1p(EQUIVALENT)
        return low is not None and high is not None and -limit < low and high < limit

    @property
    def visible(self) -> float | None:
        """The smallest relative difference that these blocks could have shown, or None where none could."""
        _, low, high = self.estimate()
        return None if low is None or high is None else math.expm1((high - low) / 2)

    def estimate(self, confidence: float = 0.95) -> Estimate:
        """Of ln(leader / rival), without an interval where there are fewer than six blocks."""
        if len(self.differences) < FEWEST_FOR_95:
            return Estimate(math.log(self.factor), None, None)
        return estimate(self.differences, confidence)

    @property
    def share_of_leader(self) -> float:
        """The rival's rate over the leader's."""
        return math.exp(-self.estimate().point)

    def times(self) -> str:
        """The leader's rate as a multiple of the rival's: "4.3 times [4.1–4.6]"."""
        point, low, high = self.estimate()
        return format_times(math.exp(point), _exp(low), _exp(high))

    def share(self) -> str:
        """The rival's rate in per cent of the leader's: "23 %"."""
        return format_percent(self.share_of_leader)

    def share_with_interval(self) -> str:
        """The same with its interval: "23 % [22–24]"."""
        point, low, high = self.estimate()
        return format_ratio(
            math.exp(-point),
            None if high is None else math.exp(-high),
            None if low is None else math.exp(-low),
        )


def pair_of(leader: ContenderView, rival: ContenderView, blocks: Blocks) -> Pair:
    """Compare two contenders that both had a success; `blocks` as for `httptui.ranking.rank`."""
    one, other = blocks.get(leader.id, {}), blocks.get(rival.id, {})
    return Pair(
        leader=leader,
        rival=rival,
        factor=leader.req_per_s / rival.req_per_s,
        differences=log_ratios(one, other),
        blocks=len(one.keys() & other.keys()),
    )


def _exp(value: float | None) -> float | None:
    return None if value is None else math.exp(value)
