"""The bare loop of httpx2's sync client."""

from __future__ import annotations

import httpx2

from benchmarks.bare import with_httpx_sync


class Loop(with_httpx_sync.Loop):
    """The threads of httpx-sync, with httpx2."""

    library = httpx2
