"""How wide what is printed may be."""

from __future__ import annotations

import os
from typing import IO, Any

USUAL, NARROWEST = 80, 40


def columns_of(stream: IO[Any]) -> int:
    """The columns of the terminal that a stream writes to, 40 or more; 80 where it is none, or does not know."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return USUAL
    return max(columns, NARROWEST) if columns else USUAL
