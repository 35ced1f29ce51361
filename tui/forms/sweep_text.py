"""A sweep as one types it: `concurrency = 1, 2, 4; pool = 2, 10`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from httptui.tui.forms.texts import is_not, number_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AXIS = "a field and its levels, such as concurrency = 1, 2, 4"


def axis_of(text: str) -> tuple[str, list[float]]:
    """A field's path and its levels; ValueError says what is wrong.  A comma at the end is passed over."""
    path, equals, levels = (part.strip() for part in text.rpartition("="))
    if not equals or not re.fullmatch(r"[^\s=:]+", path):
        raise ValueError(is_not(text.strip(), AXIS))
    try:
        return path, [_level(level.strip()) for level in levels.removesuffix(",").split(",")]
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def sweep_text(sweep: Mapping[str, Sequence[float]]) -> str:
    """A plan's sweep in one line."""
    axes = (f"{path} = {', '.join(map(number_text, levels))}" for path, levels in sweep.items())
    return "; ".join(axes)


def _level(text: str) -> float:
    """A number as typed, finite or not: the check of plans names a level that cannot be."""
    try:
        return float(text)
    except ValueError:
        raise ValueError(is_not(text, "a number")) from None


def sweep_of(text: str) -> tuple[dict[str, list[float]], tuple[str, ...]]:
    """The sweep of a text, and what is wrong with those of its parts that cannot be read.

    Parts are on lines of their own or parted by semicolons; a blank one is passed over.
    """
    sweep: dict[str, list[float]] = {}
    problems: list[str] = []
    for part in filter(str.strip, re.split(r"[;\n]", text)):
        try:
            path, levels = axis_of(part)
        except ValueError as problem:
            problems.append(str(problem))
            continue
        if path in sweep:
            problems.append(f"“{path[:40]}” is given twice")
        sweep[path] = levels
    return sweep, tuple(problems)
