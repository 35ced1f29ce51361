"""What the embedded target has counted in all visits together."""

from __future__ import annotations

from typing import Any


def added(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    """Two targets' counts, as a report's environment has them, added up; either may be missing."""
    if one is None or other is None:
        return one or other
    contenders = [
        {name: mine[name] + theirs[name] for name in mine}
        for mine, theirs in zip(one["contenders"], other["contenders"], strict=True)
    ]
    sums = {name: one[name] + other[name] for name in one if name not in ("embedded", "contenders")}
    return {"embedded": True, **sums, "contenders": contenders}
