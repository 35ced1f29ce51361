"""All that runs inside a lane: one short file per client library, and the lane that drives it.

Needs the standard library, one client library and, where asked for, uvloop; nothing else of this project.
"""
