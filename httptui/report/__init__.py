"""Saved reports of runs, and the documents and exports made from them."""
