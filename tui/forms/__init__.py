"""The plan form without a screen: its state, its texts, and the reading of a pasted command."""
