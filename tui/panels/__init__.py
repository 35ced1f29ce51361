"""Panels: each takes a snapshot and draws it."""
