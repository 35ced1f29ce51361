"""Two reports side by side: what changed from one run to the next, by how much, and how far to believe it."""
