"""What a user has granted to a run, as one set of texts: public hosts to load, and requirements to build.

A plain text is a host, whatever it looks like.  A requirement has a mark before it, with which no host name and no
address begins, so that neither is ever taken for the other.
"""

from __future__ import annotations

from collections.abc import Iterable

BUILD = "build:"


def builds_of(requirements: Iterable[str]) -> frozenset[str]:
    """The grants to build requirements: `build:odd==1`."""
    return frozenset(f"{BUILD}{requirement}" for requirement in requirements)


def hosts_in(granted: Iterable[str]) -> frozenset[str]:
    """The hosts among all that was granted."""
    return frozenset(name for name in granted if not name.startswith(BUILD))
