"""Self-test: whether this machine can be trusted now, and how small a difference between two clients it can show."""
