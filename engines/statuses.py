"""Which statuses of an answer are successes: the one place that decides it."""

from __future__ import annotations

FIRST_FINAL_STATUS, FIRST_ERROR_STATUS = 200, 400


BODILESS_STATUSES = frozenset({204, 304})
"""Final answers of these have no body, whatever length they announce."""


def is_interim(status: int) -> bool:
    """Whether a status is no final one (1xx).  A client that hands such an answer over has not waited for the final
    one, which is an error of protocol.
    """
    return status < FIRST_FINAL_STATUS


def is_success(status: int) -> bool:
    """Whether an answer counts as a success."""
    return FIRST_FINAL_STATUS <= status < FIRST_ERROR_STATUS


def is_failure(status: int) -> bool:
    """Whether an answer counts as an error of its status."""
    return status >= FIRST_ERROR_STATUS
