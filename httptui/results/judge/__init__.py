"""What a run says: rankings, flags, limiters and the verdict, as pure functions."""
