"""Samples of numbers: bins, nearest neighbours, and distances that see their order."""
