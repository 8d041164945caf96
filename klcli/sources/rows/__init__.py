"""Rows of distributions from words on the command line: one source, pairs of two, and tables for matrices."""
