"""Python's search for garbage in cycles, made rare.

Reason: Textual makes so many widgets, messages and strips that the search, over all modules and widgets, would hold
up pictures, and the first of them.  Unneeded once a picture makes few objects, or Python searches beside the app.
"""

from __future__ import annotations

import gc

STARTING = 300_000
"""So many more things made than gone, and the young ones are searched, while the app starts, which makes a third."""
YOUNG = 20_000
"""The same once it is there; a picture makes a few thousand."""


def start_without_search() -> None:
    """Search for nothing among modules on their way in: nearly all of it stays."""
    gc.set_threshold(STARTING)


def search_seldom() -> None:
    """Leave what is there already out of every search from now on; nearly all of it stays as long as the app."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
