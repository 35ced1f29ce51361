"""The fastest honest loop of each client without httptui: one shared client, the whole body read, one counter."""
