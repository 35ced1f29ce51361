"""Loggers of this package, which write nothing until a handler is added, as by `--debug`."""

from __future__ import annotations

import logging

logging.getLogger("httptui").addHandler(logging.NullHandler())


def log_of(module: str) -> logging.Logger:
    """Return the logger of a module."""
    return logging.getLogger(module)
