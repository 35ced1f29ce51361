"""Number formats for people, the same on the screen, in text and in Markdown; an unknown value is "–"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

HARDLY = 0.01
"""Relative excess of a figure's upper bound up to which it is not mentioned."""
UNKNOWN = "–"
NO_UPPER_BOUND = "no upper bound"
NEVER = "∞"
BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


class _Step(NamedTuple):
    """A unit for values that round to less than `below`, with this many decimals."""

    below: float
    decimals: int
    scale: float
    unit: str


_DURATIONS = (
    _Step(10, 1, 1, "µs"),
    _Step(1_000, 0, 1, "µs"),
    _Step(100, 1, 1_000, "ms"),
    _Step(1_000, 0, 1_000, "ms"),
    _Step(10, 2, 1_000_000, "s"),
    _Step(100, 1, 1_000_000, "s"),
    _Step(math.inf, 0, 1_000_000, "s"),
)
_RATES = (_Step(10, 2, 1, ""), _Step(100, 1, 1, ""), _Step(math.inf, 0, 1, ""))


def format_us(microseconds: float | None) -> str:
    """Format a duration given in microseconds: "64 µs", "7.8 ms", "1.54 s"."""
    if microseconds is None:
        return UNKNOWN
    number, unit = _stepped(microseconds, _DURATIONS)
    return f"{number} {unit}"


def format_ms(milliseconds: float | None, low: float | None = None, high: float | None = None) -> str:
    """Format a duration given in milliseconds, with its interval if there is one: "4.1 ms", "18.2 ms [16.0–21.0]"."""
    told = format_us(None if milliseconds is None else milliseconds * 1000)
    if low is None or high is None:
        return told
    ends = [format_us(end * 1000) for end in (low, high)]
    unit = told.rpartition(" ")[2]
    if all(end.endswith(f" {unit}") for end in ends):
        ends = [end.removesuffix(f" {unit}") for end in ends]
    return f"{told} [{'–'.join(ends)}]"


def format_span(least: float, most: float) -> str:
    """Format a time in milliseconds by its bounds: "4.1 ms", "> 1.00 s", "∞"."""
    if least == math.inf:
        return NEVER
    return f"{'> ' if most > least * (1 + HARDLY) else ''}{format_ms(least)}"


def format_rate(per_second: float | None) -> str:
    """Format requests per second: "15 511", "47.3", "0.52"; without a unit."""
    if per_second is None:
        return UNKNOWN
    return "0" if per_second == 0 else _stepped(per_second, _RATES)[0]


def format_count(count: int | None) -> str:
    """Format a whole number with thousands separated: "15 511"."""
    return UNKNOWN if count is None else _grouped(count, 0)


def format_percent(ratio: float | None) -> str:
    """Format a ratio in per cent: "100 %", "23 %", "0.8 %"."""
    return UNKNOWN if ratio is None else f"{_percent(ratio, _percent_decimals(ratio))} %"


def format_ratio(ratio: float, low: float | None = None, high: float | None = None) -> str:
    """Format a ratio in per cent with its interval, if there is one: "23 % [22–24]", "98 % [91–no upper bound]"."""
    if low is None:
        return format_percent(ratio)
    decimals = _percent_decimals(ratio)
    end = NO_UPPER_BOUND if high is None else _percent(high, decimals)
    return f"{format_percent(ratio)} [{_percent(low, decimals)}–{end}]"


def format_times(factor: float, low: float | None = None, high: float | None = None) -> str:
    """Format a factor with its interval, if there is one: "4.3 times [4.1–4.6]", "1.07 times", "2.1 times [0.9–no
    upper bound]".
    """
    decimals = 2 if factor < 2 else 1 if factor < 10 else 0
    if low is None:
        return f"{_grouped(factor, decimals)} times"
    end = NO_UPPER_BOUND if high is None else _grouped(high, decimals)
    return f"{_grouped(factor, decimals)} times [{_grouped(low, decimals)}–{end}]"


def format_bytes(count: int) -> str:
    """Format bytes in the unit that keeps them below 1024: "23.3 MiB"."""
    value, unit = float(count), 0
    while value >= 1024 and unit < len(BYTE_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.1f} {BYTE_UNITS[unit]}" if unit else f"{count} B"


def plural(count: int, noun: str) -> str:
    """Format a count with its noun: "1 block", "20 blocks"."""
    return f"{format_count(count)} {noun}{'' if count == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    """Join items for a sentence: "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _percent_decimals(ratio: float) -> int:
    if ratio == 0 or ratio >= 0.0995:
        return 0
    return 1 if ratio >= 0.0005 else 3


def _percent(ratio: float, decimals: int) -> str:
    return _grouped(ratio * 100, decimals)


def _stepped(value: float, steps: tuple[_Step, ...]) -> tuple[str, str]:
    fitting = (step for step in steps if round(value / step.scale, step.decimals) < step.below)
    step = next(fitting, steps[-1])
    return _grouped(value / step.scale, step.decimals), step.unit


def _grouped(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace(",", " ")
