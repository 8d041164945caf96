"""From measures and pairs to values: the cheapest form whose error bound is small enough."""
