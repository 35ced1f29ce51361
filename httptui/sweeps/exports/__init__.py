"""The written forms of a sweep's report."""
