"""Comparison of two families: each measure by the best available method, with a bound on its error."""
