"""Columns of numbers: bins, values outside the range of the reference, and measures of their order."""
