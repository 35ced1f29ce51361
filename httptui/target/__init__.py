"""The embedded target: a server that answers as fast as it can, as slowly as it is told, or wrongly."""
