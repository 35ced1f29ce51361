"""Values of a plan as the texts a form shows, and back."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from httptui.plan.model import Stage

_TIME = re.compile(r"(?P<number>.*?)\s*(?P<unit>ms|s|m|h|)")
_UNITS = {"": 1.0, "s": 1.0, "ms": 0.001, "m": 60.0, "h": 3600.0}


def number_text(value: float | None) -> str:
    """A number as one would type it, exactly; the empty text for None."""
    if value is None:
        return ""
    return repr(value).removesuffix(".0")


def whole_number(text: str) -> int:
    """A whole number as typed; ValueError says what is wrong."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(is_not(text, "a whole number")) from None


def real_number(text: str) -> float:
    """A number as typed, never infinite; ValueError says what is wrong."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(is_not(text, "a number")) from None
    if not math.isfinite(value):
        raise ValueError(is_not(text, "a number"))
    return value


def headers_text(headers: Mapping[str, str]) -> str:
    """Headers one per line, `Name: value`."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def headers_of(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The headers of a text with one `Name: value` per line, and what is wrong with the other lines.

    Blank lines are passed over; no problem repeats a header's value.
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
    """Stages in one line, each as how long it takes and where it leads: `10s:100, 20s:500`."""
    return ", ".join(f"{number_text(stage.seconds)}s:{number_text(stage.to)}" for stage in stages)


def stages_of(text: str) -> tuple[list[dict[str, float]], tuple[str, ...]]:
    """The stages of a text such as `10s:100, 500ms:0`, as plain values, and what is wrong with the others.

    Times are in seconds unless they end in ms, s, m or h; a comma at the end is passed over.
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
        return real_number(match["number"]) * _UNITS[match["unit"]] if match else real_number(text)
    except ValueError:
        raise ValueError(is_not(text, "a time such as 10s, 500ms or 2m")) from None


def is_not(text: str, kind: str) -> str:
    """That a text is not what it should be, or empty; `kind` with its article."""
    return f"“{safe_text(text, 40)}” is not {kind}" if text.strip() else f"is empty; give {kind}"


_BETWEEN = re.compile(r"\n|,(?![^\[\]\n]*\])(?!\s*[=<>!~])")
"""A comma parts two packages, but for those inside brackets, where extras stand, and those before a version."""
_OPERATOR = re.compile(r"\s*(==|!=|<=|>=|<|>|~=|,)\s*")


def lines_of(text: str) -> list[str]:
    """The lines of a text without the spaces around them; blank ones are passed over."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def names_of(text: str) -> list[str]:
    """Words parted by commas, spaces or lines."""
    return re.findall(r"[^\s,]+", text)


def requirements_of(text: str) -> list[str]:
    """Packages parted by commas or lines, each as `httpx[http2]==0.27.2`, without spaces around its versions."""
    parts = (part.strip(" ,") for part in _BETWEEN.split(text))
    return [_OPERATOR.sub(r"\1", part) for part in parts if part]


def requirements_text(requirements: Iterable[str]) -> str:
    """The same in a line."""
    return ", ".join(requirements)
