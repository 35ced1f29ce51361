"""Horizontal and vertical bars in eighths of a cell."""

from __future__ import annotations

import math

LEFT_EIGHTHS = " ▏▎▍▌▋▊▉█"
LOWER_EIGHTHS = " ▁▂▃▄▅▆▇█"


def bar(part: float, width: int) -> str:
    """A bar of `part` (0 … 1) of `width` cells, at least an eighth where it is not zero, filled with blanks."""
    if width <= 0:
        return ""
    share = min(max(part, 0.0), 1.0) if math.isfinite(part) else 0.0
    eighths = round(share * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (LEFT_EIGHTHS[rest] if rest else "")).ljust(width)


def columns(parts: list[float], height: int) -> list[str]:
    """Vertical bars side by side, `height` rows from the top down; any part above zero shows."""
    most = height * 8
    eighths = [max(round(min(p, 1.0) * most), 1) if p > 0 else 0 for p in parts]
    # The cells of a column from the top down, as a window on them slides by eighths.
    window = " " * (most - 8) + LOWER_EIGHTHS + "█" * (most - 8)
    return ["".join([window[e + 8 * row] for e in eighths]) for row in range(height)]
