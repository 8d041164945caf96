"""Delimited text and inline numbers."""
