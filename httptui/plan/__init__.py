"""Plans: their model, files, checks, secrets, and the schedule that follows from them."""
