"""Closed forms of KL(P‖Q), by pairs of families."""
