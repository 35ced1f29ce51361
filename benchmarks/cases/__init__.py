"""Constructed cases, by what they put to the test; `benchmarks.constructed` runs them."""
