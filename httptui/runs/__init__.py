"""One run: consent, target, lanes, tally, and the conductor that drives them."""
