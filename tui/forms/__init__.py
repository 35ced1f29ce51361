"""What the plan form knows without a screen: its state, its words, and what is read from a pasted command."""
