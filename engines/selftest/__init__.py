"""Clients of the self-test and the doctor; no entry point names them, so no list shows them."""
