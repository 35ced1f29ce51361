"""Conformance run: it checks that an engine does what the tool assumes of every engine."""
