"""Lists of texts as one types them: one on each line, or side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
