"""Constructed cases by subject, run by `benchmarks.constructed`."""
