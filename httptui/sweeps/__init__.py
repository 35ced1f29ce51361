"""Sweeps: one plan run at every level of one or two of its fields, and the curves or the grid that come of it."""
