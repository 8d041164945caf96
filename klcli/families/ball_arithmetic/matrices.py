"""Functions of positive definite matrices, with bounds on their rounding, and the multivariate gamma function."""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import digamma, lgamma, log
from klcli.families.ball_arithmetic.precision import DOUBLES

__all__ = [
    "cholesky",
    "inverse_factor",
    "log_determinant",
    "multivariate_digamma",
    "multivariate_lgamma",
    "solve_lower",
]


def multivariate_lgamma(x: Ball, k: int) -> Ball:
    """Returns log Γₖ(x), where Γₖ is the multivariate gamma function."""
    total = k * (k - 1) / 4 * log(x.pi)
    for j in range(k):
        total = total + lgamma(x - j / 2)
    return total


def multivariate_digamma(x: Ball, k: int) -> Ball:
    """Returns ψₖ(x), the derivative of log Γₖ."""
    total = digamma(x)
    for j in range(1, k):
        total = total + digamma(x - j / 2)
    return total


def log_determinant(matrix: Ball) -> Ball:
    """Returns log det of a positive definite matrix."""
    factor, bound = cholesky(matrix)
    diagonal = np.diagonal(factor)
    total = 2 * log(Ball(diagonal, abs(diagonal) * 0, matrix.arithmetic)).sum()
    return Ball(total.value, total.error + bound, matrix.arithmetic)


def cholesky(matrix: Ball) -> tuple[Any, Any]:
    """Returns the lower Cholesky factor, and a bound on the relative rounding error of a quadratic form of it.

    Source of the bound, in terms of the condition number: Higham (2002), Accuracy and Stability of Numerical
    Algorithms, 10.1.
    """
    values, unit = matrix.value, matrix.arithmetic.unit
    size = len(values)
    if isinstance(unit, float):
        return np.linalg.cholesky(values), 4 * size * size * unit * float(np.linalg.cond(values))
    sqrt = matrix.arithmetic.function("sqrt")
    factor = np.zeros_like(values) * values[0, 0] * 0
    for row in range(size):
        for column in range(row + 1):
            rest = values[row, column] - (factor[row, :column] * factor[column, :column]).sum()
            factor[row, column] = sqrt(rest) if row == column else rest / factor[column, column]
    condition = np.linalg.cond(values.astype(float))
    return factor, 4 * size * size * unit * (condition if np.isfinite(condition) else 1e20)


def inverse_factor(values: Any) -> tuple[Any, float]:
    """Returns the inverse of the lower Cholesky factor of doubles, and a bound on the error of a quadratic form of it.

    Source of the bound: Higham (2002), 10.1 and 14.2: k + 1 units for the factor and for each use of it, times the
    squares of the Frobenius norms.
    """
    factor = np.linalg.cholesky(values)
    inverse = np.linalg.inv(factor)
    norms = float((factor * factor).sum() * (inverse * inverse).sum())
    return inverse, 3 * (len(values) + 1) * DOUBLES.unit * norms


def solve_lower(factor: Any, right: Any) -> Any:
    """Returns factor⁻¹·right by forward substitution, for a matrix `right`."""
    if factor.dtype != object:
        return np.linalg.solve(factor, right)
    found = right * 0
    for row in range(len(factor)):
        found[row] = (
            (right[row] - factor[row, :row] @ found[:row]) / factor[row, row]
            if row
            else (right[row] / factor[row, row])
        )
    return found
