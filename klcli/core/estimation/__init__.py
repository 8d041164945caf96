"""Estimation from samples: the test of P = Q, bias-corrected divergences, intervals."""
