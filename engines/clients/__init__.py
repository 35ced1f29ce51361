"""One adapter for each client library."""
