"""The loggers of this package, which say nothing until somebody adds a handler, as `--debug` does."""

from __future__ import annotations

import logging

logging.getLogger("httptui").addHandler(logging.NullHandler())


def log_of(module: str) -> logging.Logger:
    """The logger of a module, by its name."""
    return logging.getLogger(module)
