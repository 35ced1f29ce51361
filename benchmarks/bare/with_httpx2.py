"""The bare loop of httpx2's async client."""

from __future__ import annotations

import httpx2

from benchmarks.bare import with_httpx


class Loop(with_httpx.Loop):
    """The loop of httpx, with httpx2."""

    library = httpx2
