"""Classes of HTTP statuses: the only place that decides which answers are successes."""

from __future__ import annotations

FIRST_FINAL_STATUS, FIRST_ERROR_STATUS = 200, 400


BODILESS_STATUSES = frozenset({204, 304})
"""Final statuses whose answers have no body, whatever length they announce."""


def is_interim(status: int) -> bool:
    """Return whether a status is interim (1xx).

    A client that returns such an answer has not waited for the final one, which is a protocol error.
    """
    return status < FIRST_FINAL_STATUS


def is_success(status: int) -> bool:
    """Return whether an answer counts as a success."""
    return FIRST_FINAL_STATUS <= status < FIRST_ERROR_STATUS


def is_failure(status: int) -> bool:
    """Return whether an answer counts as an error of its status."""
    return status >= FIRST_ERROR_STATUS
