"""What lanes send, added up, and the frozen snapshots made of it."""
