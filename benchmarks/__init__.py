"""Benchmarks of the tool itself: its cost and its truthfulness, printed as tables; none is a test."""
