"""Workarounds for the terminal toolkit, Textual: each with its reason, and what would make it unneeded."""
