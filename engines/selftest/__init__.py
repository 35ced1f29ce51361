"""Clients of the self-test; no entry point names them, so that they are listed nowhere."""
