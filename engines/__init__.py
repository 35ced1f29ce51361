"""Client adapters and the child processes that use them: lane, app and probe.

A lane runs on the standard library, one client library and, where the plan asks for them, uvloop and tenacity. It
imports nothing else of this project, because it starts in a contender's own environment.
"""
