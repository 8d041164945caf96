"""Base classes of families on whole numbers, and functions that several of them share."""

from typing import Any

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log
from klcli.families.ball_arithmetic.scipy_functions import stats
from klcli.families.ball_arithmetic.stirling import stirling
from klcli.families.family.family import Family

__all__ = ["LARGE_MEAN", "Discrete", "SmoothDiscrete", "log_factorial_ratio", "scipy_quantiles"]

LARGE_MEAN = 1e9  # above, scipy finds no quantile, and that of a normal places the panels well enough


class Discrete(Family):
    """A family on whole numbers."""

    kind = "discrete"


class SmoothDiscrete(Discrete):
    """A family on whole numbers whose log_density is a smooth function of all real numbers in the support."""

    is_smooth = True


def scipy_quantiles(name: str, u: Any, *parameters: float) -> Any:
    """Returns quantiles of a distribution of scipy.stats."""
    return getattr(stats(), name).ppf(u, *parameters)


def log_factorial_ratio(x: Ball) -> Ball:
    """Returns log(x!·e^x/x^x) = log(2πx)/2 + stirling(x); 0 where x is 0."""
    return x.constant(0.0).where(x.value == 0, log(x * 2 * x.pi) / 2 + stirling(x))
