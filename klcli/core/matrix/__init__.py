"""A measure between all pairs of many distributions, and the nearest neighbours of each."""
