"""A sweep's report as one HTML page of the same kind as a run's."""
