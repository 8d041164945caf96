"""Measurements, each beside what a user would run instead; `python -m benchmarks` runs them all."""
