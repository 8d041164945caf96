"""Samples: files, words and Python objects with an observation in each row."""
