"""Runs and sweeps as the app controls them, without any screen: nothing here imports Textual."""
