"""Tests of a difference against chance: P = Q, unseen labels, many tests at once."""
