"""The Python interface: `compare`, `compare_rows`, `estimate`, `kl_divergence`, `pairwise`, `family`, and measures."""

import klcli.api.pictures  # noqa: F401, makes `result.plot()` draw
from klcli.api.comparison import compare, family, kl_divergence
from klcli.api.estimation import estimate
from klcli.api.measures import (
    bhattacharyya,
    chi_squared,
    cross_entropy,
    cross_perplexity,
    entropy,
    forward_kl,
    hellinger,
    jeffreys,
    jensen_shannon,
    jensen_shannon_distance,
    l_infinity,
    neyman_chi_squared,
    perplexity,
    renyi,
    reverse_cross_entropy,
    reverse_kl,
    total_variation,
    tsallis,
)
from klcli.api.rows import compare_rows, pairwise
from klcli.api.tables import drift, profile

__all__ = [
    "bhattacharyya",
    "chi_squared",
    "compare",
    "compare_rows",
    "cross_entropy",
    "cross_perplexity",
    "drift",
    "entropy",
    "estimate",
    "family",
    "forward_kl",
    "hellinger",
    "jeffreys",
    "jensen_shannon",
    "jensen_shannon_distance",
    "kl_divergence",
    "l_infinity",
    "neyman_chi_squared",
    "pairwise",
    "perplexity",
    "profile",
    "renyi",
    "reverse_cross_entropy",
    "reverse_kl",
    "total_variation",
    "tsallis",
]
