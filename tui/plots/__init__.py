"""Plots as rows of cells, pure functions of figures."""
