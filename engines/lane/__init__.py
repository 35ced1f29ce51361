"""The process that runs one contender: clocks, workers, reuse and recording. Only lanes import it."""
