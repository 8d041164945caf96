"""Delimited text, its fast readers, and inline distributions."""
