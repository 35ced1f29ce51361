"""Process limits that would otherwise end a load test early."""

from __future__ import annotations

import sys


def raise_file_limit() -> None:
    """Let this process open as many files as the system allows it to ask for."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
