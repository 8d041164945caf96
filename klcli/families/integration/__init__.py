"""Quadrature, sums and Monte Carlo for pairs without a closed form."""
