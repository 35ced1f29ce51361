"""Whole runs of the project's conductor, and the contents of their reports, for the benchmarks of truthfulness."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import psutil

from httptui import Plan, Report, run
from httptui.results.report import ReportContender
from httptui.results.snapshot import CpuRank, Rank


async def report_of(plan: Plan, *, failures: bool = False) -> Report:
    """Run a plan to its end; RuntimeError if a contender did not finish, or for `failures` that are not expected."""
    async with run(plan) as items:
        async for item in items:
            if isinstance(item, Report):
                check(item, failures=failures)
                return item
    raise RuntimeError("a run ended without a report")


def check(report: Report, *, failures: bool = False) -> None:
    """Raise RuntimeError for the report of an incomplete run, or of one with unexpected failures."""
    for contender in report.contenders:
        failed = contender.requests.error + contender.requests.timeout
        if not report.complete or contender.state != "finished" or (failed and not failures):
            raise RuntimeError(
                f"{contender.label} is {contender.state}, {failed} failed: {contender.cause}, {contender.errors}"
            )


def children_running(module: str) -> list[psutil.Process]:
    """Return the children of this process that run a module."""
    return [child for child in psutil.Process().children() if module in child.cmdline()]


def parted(places: Sequence[Rank | CpuRank]) -> bool:
    """Return whether any place is distinguished from another."""
    return any((place.rank_low, place.rank_high) != (1, len(places)) for place in places)


def width(places: Sequence[Rank | CpuRank]) -> float:
    """Return the width of the 95 % interval of the second place's ratio, of two places; infinite without one."""
    low, high = places[1].ratio_low, places[1].ratio_high
    return math.inf if low is None or high is None else high - low


def ratio_over(places: Sequence[Rank | CpuRank], one: str, other: str) -> tuple[float, float, float] | None:
    """Return the ratio of one contender to another with its interval, if one of the two is the first place."""
    found = {place.id: place for place in places}
    base = places[0].id if places else ""
    turned = base == one
    place = found.get(other if turned else one)
    if place is None or other not in found or base not in (one, other):
        return None
    value, low, high = place.ratio, place.ratio_low, place.ratio_high
    if low is None or high is None:
        return None
    return (1 / value, 1 / high, 1 / low) if turned else (value, low, high)


def cost(contender: ReportContender) -> float:
    """Return CPU microseconds per request; RuntimeError if unknown."""
    if not contender.cpu_us_per_request:
        raise RuntimeError(f"the CPU time of {contender.label} is not known")
    return contender.cpu_us_per_request


def share_interval(found: int, tries: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's (1927) interval of the probability behind `found` of `tries`, 0 … 1."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, scale = found / tries, 1 + z * z / tries
    centre = (share + z * z / (2 * tries)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    return max(0.0, centre - half), min(1.0, centre + half)


def share_text(found: int, tries: int) -> str:
    """Format a share as "2 of 40 (1–17 %)", with the 95 % interval of the probability behind it."""
    low, high = share_interval(found, tries)
    return f"{found} of {tries} ({low:.0%}–{high:.0%})".replace("%–", "–").replace("%)", " %)")
