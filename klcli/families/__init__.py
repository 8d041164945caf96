"""Parametric families: closed forms of divergences, and quadrature, sums and Monte Carlo for all other pairs."""
