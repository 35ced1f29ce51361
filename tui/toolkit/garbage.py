"""Rarer collections of Python's cyclic garbage.

Reason: Textual makes so many widgets, messages and strips that collections, over all modules and widgets, would delay
frames, and most of all the first.  Unneeded once a frame makes few objects, or Python collects concurrently.
"""

from __future__ import annotations

import gc

STARTING = 300_000
"""The threshold of the youngest generation while the app starts, which makes a third as many objects."""
YOUNG = 20_000
"""The same once the app is shown; a frame makes a few thousand."""


def collect_rarely_at_start() -> None:
    """Do not collect while modules are imported: nearly everything stays."""
    gc.set_threshold(STARTING)


def collect_rarely() -> None:
    """Exclude all present objects from collections from now on; nearly all live as long as the app."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
