"""Looks at what one engine does with one request after another, where a lane would only count."""
