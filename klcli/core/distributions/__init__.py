"""Distributions, their labels and units, and the alignment of two of them over one set of outcomes."""
