"""Adapters, one per client library."""
