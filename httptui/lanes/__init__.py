"""A lane as its parent sees it: a process, what it is told, and what it sends."""
