"""Chi-squared divergences: mean squares of a relative error."""

import numpy as np

from klcli.core.arithmetic.extended_range import product
from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.forms.kernel_form import KernelForm
from klcli.core.measures.measure import Finite, Measure, declare
from klcli.core.measures.power_sums import power_products
from klcli.core.pairs.pair import Pair

__all__ = ["chi_squared", "neyman_chi_squared"]


def _chi_squared_terms(pair: Pair) -> Array:
    """(q - p)²/q, infinite where only p has mass."""
    squares = pair.difference * (pair.difference / pair.q)
    is_equal = pair.difference == 0
    if pair.is_extreme is not None:  # difference/q may overflow, or q underflow, where difference²/q does not
        squares = np.where(pair.is_extreme, _extreme_squares(pair), squares)
        is_equal &= ~pair.is_extreme  # the difference of lost masses underflows where difference²/q does not
    return np.where(pair.in_p & ~pair.in_q, np.inf, np.where(is_equal, 0.0, squares))


def _extreme_squares(pair: Pair) -> Array:
    """difference²/q as p²/q·(1 - q/p)², or q·(1 - p/q)² where q is larger."""
    u = pair.log_ratio
    largest = np.where(u < 0, product((pair.wide_p, 2), (pair.wide_q, -1)), pair.q)
    ratio = np.expm1(-np.abs(u))
    return largest * ratio * ratio


chi_squared = declare(
    Measure(
        name="chi_squared",
        title="chi-squared (Pearson)",
        meaning="The mean square of the relative error p/q - 1 under Q.",
        template="χ²({p}‖{q})",
        formula="Σ (p - q)²/q",
        source="Pearson (1900), Phil. Mag. 50, 157-175",
        aliases=("chi2", "chi_square", "chisq", "pearson_chi_squared"),
        unit=UnitKind.NONE,
        finite_when=Finite.Q_COVERS_P,
        terms=_chi_squared_terms,
        rounded_above=9.0,
        kernel=KernelForm(("chi_squared",)),
        gemm=power_products(2.0),
    )
)

neyman_chi_squared = declare(
    Measure(
        name="neyman_chi_squared",
        title="chi-squared (Neyman)",
        meaning="The mean square of the relative error q/p - 1 under P.",
        template="χ²({q}‖{p})",
        formula="Σ (p - q)²/p",
        source="Neyman (1949), Proc. Berkeley Symp., 239-273",
        unit=UnitKind.NONE,
        finite_when=Finite.P_COVERS_Q,
        terms=lambda pair: _chi_squared_terms(pair.swapped),
        rounded_above=9.0,
        kernel=KernelForm(("neyman_chi_squared",)),
        gemm=power_products(2.0, forward=False),
    )
)
