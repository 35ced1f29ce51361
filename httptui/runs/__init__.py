"""A run on its way: consent, the target as found, the crew of lanes, and the conductor."""
