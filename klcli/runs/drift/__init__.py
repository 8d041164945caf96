"""Drift between two tables: counts of both, a test and limits for each column."""
