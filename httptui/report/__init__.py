"""What a run leaves behind: the report, and the formats made from it."""
