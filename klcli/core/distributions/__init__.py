"""Distributions, their labels and units, and how two of them come onto one set of outcomes."""
