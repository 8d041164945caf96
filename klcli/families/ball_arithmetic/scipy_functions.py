"""Access to scipy, an optional package, for special functions and quantiles."""

from types import ModuleType

from klcli.support.optional_package import need

__all__ = ["PURPOSE", "special", "stats"]

PURPOSE = "this pair of families"  # completes "… needs the package 'scipy'"


def special() -> ModuleType:
    """Returns scipy.special.

    Raises:
        MissingPackage: scipy is not installed.
    """
    return need("scipy.special", purpose=PURPOSE, extra="families")


def stats() -> ModuleType:
    """Returns scipy.stats.

    Raises:
        MissingPackage: scipy is not installed.
    """
    return need("scipy.stats", purpose=PURPOSE, extra="families")
