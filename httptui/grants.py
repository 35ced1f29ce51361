"""Grants of a user to a run, as one set of texts: public hosts to load, and requirements to build.

A plain text is a host, whatever it looks like. A requirement has a prefix with which no host name or address begins,
so that one is never taken for the other.
"""

from __future__ import annotations

from collections.abc import Iterable

BUILD = "build:"


def builds_of(requirements: Iterable[str]) -> frozenset[str]:
    """Return the grants to build requirements: `build:odd==1`."""
    return frozenset(f"{BUILD}{requirement}" for requirement in requirements)


def hosts_in(granted: Iterable[str]) -> frozenset[str]:
    """Return the hosts among the grants."""
    return frozenset(name for name in granted if not name.startswith(BUILD))
