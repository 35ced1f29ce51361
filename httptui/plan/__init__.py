"""What is to be run: plans, their files, every check of them, and the schedule that follows from them."""
