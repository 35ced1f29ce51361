"""Observation of an engine request by request, for the doctor; a lane would only count."""
