"""Runs: one pair, a batch of pairs in processes, rows against rows, two tables."""
