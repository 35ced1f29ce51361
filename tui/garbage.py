"""Python's search for garbage in cycles, made rare: over all modules and widgets it would hold up pictures."""

from __future__ import annotations

import gc

YOUNG = 20_000
"""So many more things made than gone, and the young ones are searched; a picture makes a few thousand."""


def search_seldom() -> None:
    """Leave what is there already out of every search from now on; nearly all of it stays as long as the app."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
