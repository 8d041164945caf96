"""Parametric families: their closed forms, and quadrature, sums and Monte Carlo for every other pair."""
