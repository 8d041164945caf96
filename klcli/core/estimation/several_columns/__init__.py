"""Samples of several columns: vectors, and a label beside a number."""
