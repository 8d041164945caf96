"""Runs: one pair, a batch of pairs in processes, rows of two matrices, a matrix."""
