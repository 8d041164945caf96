"""The parts of a divergence that two covariance matrices determine."""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log1pmx
from klcli.families.ball_arithmetic.functions import log
from klcli.families.ball_arithmetic.matrices import cholesky, inverse_factor, solve_lower

__all__ = ["covariance_parts"]


def covariance_parts(p: Ball, q: Ball, offset: Any = None) -> tuple[Ball, Ball, Ball]:
    """Returns tr(Q⁻¹P) - k - log det(Q⁻¹P), log det(Q⁻¹P), and offsetᵀ·Q⁻¹·offset; k is the number of rows.

    The first is never negative, and accurate also where P is nearly Q.
    """
    arithmetic = p.arithmetic
    if isinstance(arithmetic.unit, float):
        inverse, bound = inverse_factor(q.value)
        found = np.linalg.eigvalsh(inverse @ (p.value - q.value) @ inverse.T)
        error = bound * np.abs(found).max() + np.zeros(len(found))
        eigenvalues = Ball(found, error, arithmetic)
        logs = Ball(np.log1p(found), error / (1 + found), arithmetic)
        z = 0.0 if offset is None else inverse @ offset
        distance = np.sum(z * z)
        return -log1pmx(eigenvalues).sum(), logs.sum(), Ball(distance, bound * distance, arithmetic)
    factor, bound = cholesky(q)
    other, bound_p = cholesky(p)
    middle = solve_lower(factor, other)
    trace = (middle * middle).sum()
    diagonal = np.diagonal(other) / np.diagonal(factor)
    logs = 2 * log(Ball(diagonal, abs(diagonal) * 0, arithmetic)).sum()
    spread = (bound + bound_p) * (trace + len(diagonal))
    logs = Ball(logs.value, logs.error + spread, arithmetic)
    z = solve_lower(factor, offset.reshape(-1, 1)) if offset is not None else factor[:1] * 0
    distance = (z * z).sum()
    return (
        Ball(trace, spread, arithmetic) - float(len(diagonal)) - logs,
        logs,
        Ball(distance, bound * distance, arithmetic),
    )
