"""What a run comes to: figures, statistics, judgement and the report."""
