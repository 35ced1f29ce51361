"""Widgets that hold the panels of a run or a sweep, and the pure functions that change how it is looked at."""
