"""One measure between all pairs of many distributions, and the nearest of each."""
