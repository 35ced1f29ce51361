"""What stands between the app and its toolkit: each with its reason, and what would make it unneeded."""
