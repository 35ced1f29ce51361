"""The one process that runs one contender: clocks, workers, reuse and recording; never imported outside a lane."""
