"""The embedded target: a server that answers as fast as it can, with a set delay, or with a fault."""
