"""Values of a plan as people type them, and back."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from httptui.plan.model import Stage

TRUE, FALSE = "true", "false"
MOST_DIGITS = 11
"""More digits make a number that no field allows."""
AXIS = "a field and its levels, such as concurrency = 1, 2, 4"

_TIME = re.compile(r"(?P<number>.*?)\s*(?P<unit>ms|s|m|h|)")
SECONDS_IN = {"": 1.0, "s": 1.0, "ms": 0.001, "m": 60.0, "h": 3600.0}
"""Unit of a time, as one types it → seconds."""


def number_text(value: float | None) -> str:
    """Write a number as one would type it, exactly; "" for None."""
    if value is None:
        return ""
    return repr(value).removesuffix(".0")


def truth_text(value: bool) -> str:
    """Write a boolean as in TOML."""
    return TRUE if value else FALSE


def truth_of(text: str) -> bool:
    """Read a boolean; ValueError says what is wrong."""
    if text in (TRUE, FALSE):
        return text == TRUE
    raise ValueError(is_not(text, "true or false"))


def number_or_word(text: str) -> int | str:
    """Read a whole number if the text is digits; otherwise return the stripped text."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= MOST_DIGITS else word


def whole_number(text: str) -> int:
    """Read a whole number; ValueError says what is wrong."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(is_not(text, "a whole number")) from None


def real_number(text: str) -> float:
    """Read a finite number; ValueError says what is wrong."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(is_not(text, "a number")) from None
    if not math.isfinite(value):
        raise ValueError(is_not(text, "a number"))
    return value


def headers_text(headers: Mapping[str, str]) -> str:
    """Write headers, one `Name: value` per line."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def headers_of(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read headers, one `Name: value` per line; return them and the problems of other lines.

    Blank lines are ignored; no problem repeats a header's value.
    """
    headers: dict[str, str] = {}
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        name, colon, value = (part.strip(" \t\r") for part in line.partition(":"))
        if not colon and not name:
            continue
        if not colon or not name:
            problems.append(f"line {number} is not a header; write it as Name: value")
        elif name in headers:
            problems.append(f"line {number} gives {safe_text(name, 60)} a second time; keep one of them")
        else:
            headers[name] = value
    return headers, tuple(problems)


def stages_text(stages: Sequence[Stage]) -> str:
    """Write stages in one line, each as duration and level: `10s:100, 20s:500`."""
    return ", ".join(f"{number_text(stage.seconds)}s:{number_text(stage.to)}" for stage in stages)


def stages_of(text: str) -> tuple[list[dict[str, float]], tuple[str, ...]]:
    """Read stages such as `10s:100, 500ms:0`; return plain values and the problems of the other parts.

    Times are in seconds unless they end in ms, s, m or h; a trailing comma is ignored.
    """
    stages: list[dict[str, float]] = []
    problems: list[str] = []
    parts = text.strip().removesuffix(",").split(",") if text.strip() else []
    for number, part in enumerate(parts, 1):
        time, colon, level = (piece.strip() for piece in part.partition(":"))
        try:
            if not colon:
                raise ValueError(f"{is_not(part.strip(), 'a stage')}, such as 10s:100")
            stages.append({"seconds": _seconds(time), "to": real_number(level)})
        except ValueError as problem:
            problems.append(f"stage {number}: {problem}")
    if not parts:
        problems.append("is empty; give stages such as 10s:100, 20s:500")
    return stages, tuple(problems)


def _seconds(text: str) -> float:
    match = _TIME.fullmatch(text)
    try:
        return real_number(match["number"]) * SECONDS_IN[match["unit"]] if match else real_number(text)
    except ValueError:
        raise ValueError(is_not(text, "a time such as 10s, 500ms or 2m")) from None


def is_not(text: str, kind: str) -> str:
    """Say that a text is not what it should be, or empty; `kind` comes with its article."""
    return f"“{safe_text(text, 40)}” is not {kind}" if text.strip() else f"is empty; give {kind}"


_BETWEEN = re.compile(r"\n|,(?![^\[\]\n]*\])(?!\s*[=<>!~])")
"""A comma between two packages: not one inside brackets, where extras are, and not one before a version."""
_OPERATOR = re.compile(r"\s*(==|!=|<=|>=|<|>|~=|,)\s*")


def lines_of(text: str) -> list[str]:
    """Return the stripped lines of a text without blank ones."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def names_of(text: str) -> list[str]:
    """Return the words of a text, separated by commas, spaces or line breaks."""
    return re.findall(r"[^\s,]+", text)


def requirements_of(text: str) -> list[str]:
    """Return the packages of a text, separated by commas or line breaks, without spaces around versions."""
    parts = (part.strip(" ,") for part in _BETWEEN.split(text))
    return [_OPERATOR.sub(r"\1", part) for part in parts if part]


def requirements_text(requirements: Iterable[str]) -> str:
    """Write packages in one line."""
    return ", ".join(requirements)


def axis_of(text: str) -> tuple[str, list[float]]:
    """Read a field's path and its levels; ValueError says what is wrong.  A trailing comma is ignored."""
    path, equals, levels = (part.strip() for part in text.rpartition("="))
    if not equals or not re.fullmatch(r"[^\s=:]+", path):
        raise ValueError(is_not(text.strip(), AXIS))
    try:
        return path, [_level(level.strip()) for level in levels.removesuffix(",").split(",")]
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def sweep_text(sweep: Mapping[str, Sequence[float]]) -> str:
    """Write a plan's sweep in one line."""
    axes = (f"{path} = {', '.join(map(number_text, levels))}" for path, levels in sweep.items())
    return "; ".join(axes)


def _level(text: str) -> float:
    """Read a number, finite or not: the validation of plans reports a level that is not allowed."""
    try:
        return float(text)
    except ValueError:
        raise ValueError(is_not(text, "a number")) from None


def sweep_of(text: str) -> tuple[dict[str, list[float]], tuple[str, ...]]:
    """Read a sweep, its axes separated by line breaks or semicolons; return it and the problems of other parts."""
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
