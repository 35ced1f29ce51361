"""Two contenders of one run held against each other, by requests per second and by CPU per request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from httptui.errors import NothingFinishedError
from httptui.reports.report import Report
from httptui.snapshot import CpuRank, Rank


class Comparison(Struct, frozen=True, kw_only=True):
    """The second contender's figure over the first's, with its 95 % interval where there is one.

    `better` is who is shown to be better; None where neither is.
    """

    ratio: float
    low: float | None
    high: float | None
    better: Literal["first", "second"] | None

    @property
    def reach(self) -> float | None:
        """How far from equal the interval goes; None where there is none."""
        if self.low is None or self.high is None:
            return None
        return max(abs(1 - self.low), abs(self.high - 1))


class Compared(Struct, frozen=True, kw_only=True):
    """Both figures."""

    req_per_s: Comparison
    cpu_per_request: Comparison

    @property
    def parted(self) -> bool:
        """Whether either figure shows one of the two to be better."""
        return self.req_per_s.better is not None or self.cpu_per_request.better is not None


def compared(report: Report) -> Compared:
    """The two contenders of a report; NothingFinishedError where one of them has no figures."""
    for contender in report.contenders:
        if contender.state == "dnf" or not contender.requests.ok:
            why = contender.cause or next(iter(contender.first_messages.values()), "no request succeeded")
            raise NothingFinishedError(f"selftest: {contender.label} did not finish: {why}")
    first = report.contenders[0].id
    if len(report.cpu_ranking) < len(report.contenders):
        raise NothingFinishedError("selftest: this system does not tell the CPU time of a client")
    return Compared(
        req_per_s=_comparison(report.ranking, first),
        cpu_per_request=_comparison(report.cpu_ranking, first),
    )


def _comparison(places: Sequence[Rank] | Sequence[CpuRank], first: str) -> Comparison:
    leader, other = places
    parted = leader.rank_high == 1
    if leader.id == first:
        low, high = other.ratio_low, other.ratio_high
        return Comparison(ratio=other.ratio, low=low, high=high, better="first" if parted else None)
    return Comparison(
        ratio=1 / other.ratio,
        low=None if other.ratio_high is None else 1 / other.ratio_high,
        high=1 / other.ratio_low if other.ratio_low else None,
        better="second" if parted else None,
    )
