"""Conclusions from a run, as pure functions: rankings, flags, limiters and the verdict."""
