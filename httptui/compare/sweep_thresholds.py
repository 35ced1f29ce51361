"""Limits for what changed from one sweep to the next, held at every level: `req_per_s > -5%`, `httpx.p99 < +10%`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict

from httptui.compare.comparison import LevelThreshold, SweepComparison
from httptui.compare.sweep_words import where_text
from httptui.compare.sweeps import COMPARED
from httptui.compare.thresholds import CHANGES, check_held, parse_threshold, results_of
from httptui.plan.expectations import Clause
from httptui.units import format_count


def parse_sweep_threshold(text: str) -> Clause:
    """A threshold of what sweeps measure; ValueError says what is wrong and what is allowed."""
    return parse_threshold(text, changes={quantity: CHANGES[quantity] for quantity in COMPARED})


def judged_sweep(
    comparison: SweepComparison, thresholds: Sequence[Clause], *, point: bool = False
) -> tuple[LevelThreshold, ...]:
    """Every threshold for every contender that it is about at every level, as those of runs are judged.  ValueError
    where it names a contender that not both sweeps have, or is held to none.

    The intervals are those of a level, which hold together for all levels of a contender.
    """
    results = tuple(
        LevelThreshold(**asdict(result), levels=level.levels)
        for clause in thresholds
        for level in comparison.levels
        for result in results_of(
            level.contenders,
            comparison.control,
            [clause],
            point,
            f"at {where_text(comparison, level.levels)}",
        )
    )
    check_held(comparison, thresholds, results)
    return results


def met_lines(comparison: SweepComparison) -> list[str]:
    """Count how often each threshold is met: "req_per_s > -5%: 14 of 21, each contender at each level"."""
    outcomes: dict[str, list[bool]] = {}
    for result in comparison.thresholds:
        outcomes.setdefault(result.text, []).append(result.outcome == "met")
    return [
        f"{text}: {format_count(sum(met))} of {format_count(len(met))}, each contender at each level"
        for text, met in outcomes.items()
        if any(met)
    ]
