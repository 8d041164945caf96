"""Verdicts on counted columns: the test of P = Q, noise and limits."""
