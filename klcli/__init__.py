"""How different are two distributions? Exact, explained divergences.

    >>> import klcli
    >>> klcli.kl_divergence([0.5, 0.5], [0.99, 0.01])
    1.6144631...

The names below are imported on first use, so `import klcli` is fast.
"""

from typing import TYPE_CHECKING

from klcli.support.version import __version__ as __version__

if TYPE_CHECKING:
    from klcli.api import (
        bhattacharyya,
        chi_squared,
        compare,
        compare_rows,
        cross_entropy,
        cross_perplexity,
        drift,
        entropy,
        estimate,
        family,
        forward_kl,
        hellinger,
        jeffreys,
        jensen_shannon,
        jensen_shannon_distance,
        kl_divergence,
        l_infinity,
        neyman_chi_squared,
        pairwise,
        perplexity,
        plot_matrix,
        profile,
        read,
        renyi,
        reverse_cross_entropy,
        reverse_kl,
        total_variation,
        tsallis,
    )
    from klcli.core.comparison import Comparison
    from klcli.core.distributions.distribution import Distribution
    from klcli.core.estimation.estimate import Estimation
    from klcli.core.rows.comparison import RowComparison
    from klcli.errors import InputError, KlError, UsageError

__all__ = [
    "Comparison",
    "Distribution",
    "Estimation",
    "InputError",
    "KlError",
    "RowComparison",
    "UsageError",
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
    "plot_matrix",
    "profile",
    "read",
    "renyi",
    "reverse_cross_entropy",
    "reverse_kl",
    "total_variation",
    "tsallis",
]

if not TYPE_CHECKING:  # a type checker would take any name for one that is there

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module 'klcli' has no attribute {name!r}")
        if name in ("InputError", "KlError", "UsageError"):
            from klcli import errors as home
        elif name == "Comparison":
            from klcli.core import comparison as home
        elif name == "Estimation":
            from klcli.core.estimation import estimate as home
        elif name == "RowComparison":
            from klcli.core.rows import comparison as home
        elif name == "Distribution":
            from klcli.core.distributions import distribution as home
        else:
            from klcli import api as home
        value = globals()[name] = getattr(home, name)
        return value

    def __dir__():
        return __all__
