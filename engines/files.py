"""How many files a process may open: as many as its connections take, where the system lets it ask for more."""

from __future__ import annotations

import sys

OTHER_FILES = 64
"""Files of a process that are no connections of a run: its modules, pipes, logs and event loop."""


def make_room_for(connections: int) -> None:
    """Let this process open so many connections, or as many as it may; where it may already, nothing is changed."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if (raised := raised_limit(connections, soft, hard, resource.RLIM_INFINITY)) is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))


def raised_limit(connections: int, soft: int, hard: int, endless: int) -> int | None:
    """The soft limit that a process needs for so many connections, at most the hard one; None where it has it."""
    needed = connections + OTHER_FILES
    wanted = needed if hard == endless else min(needed, hard)
    return None if soft == endless or soft >= wanted else wanted
