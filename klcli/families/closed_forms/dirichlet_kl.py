"""KL of Dirichlet distributions; beta is the case of two components."""

from collections.abc import Sequence
from math import nan

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import Real, digamma, lgamma, value_of, where
from klcli.families.ball_arithmetic.stirling import rate_divergence, shape_divergence

__all__ = ["dirichlet_kl", "dirichlet_kl_of_few"]


def dirichlet_kl(p: Real, q: Real) -> Real:
    """Returns KL in nats of Dirichlet distributions; the parameters p and q lie along the last axis."""
    p_total, q_total = p.sum(-1), q.sum(-1)
    if p.__class__ is Ball and not isinstance(p.arithmetic.unit, float):
        means = digamma(p) - _with_last_axis(digamma(p_total), p)
        constants = lgamma(p_total) - lgamma(q_total) - (lgamma(p) - lgamma(q)).sum()
        return constants + ((p - q) * means).sum()
    change = (q - p).sum(-1)
    ratio, growth = (_with_last_axis(each / p_total, p) for each in (q_total, change))
    rates = rate_divergence(p, q, ratio, growth).sum(-1)
    return _combined(rates, shape_divergence(q, p).sum(-1), shape_divergence(q_total, p_total, change))


def dirichlet_kl_of_few(p: Sequence[Real], q: Sequence[Real]) -> Real:
    """Returns KL in nats of Dirichlet distributions with few parameters, given as sequences."""
    p_total, q_total = sum(p[1:], p[0]), sum(q[1:], q[0])
    changes = [b - a for a, b in zip(p, q, strict=True)]
    change = sum(changes[1:], changes[0])
    growth, ratio = change / p_total, q_total / p_total
    rates = []
    for i, (a, b) in enumerate(zip(p, q, strict=True)):
        # aᵢ·r - bᵢ from the other components, so that rounding of a large one does not cancel
        differences = [a * changes[j] - changes[i] * p[j] for j in range(len(p)) if j != i]
        rates.append(rate_divergence(a, b, ratio, growth, sum(differences[1:], differences[0]) / p_total))
    rate = sum(rates[1:], rates[0])
    beside = value_of(rate)
    shapes = [shape_divergence(b, a, beside=beside) for a, b in zip(p, q, strict=True)]
    return _combined(rate, sum(shapes[1:], shapes[0]), shape_divergence(q_total, p_total, change, beside))


def _combined(rates: Real, parts: Real, total: Real) -> Real:
    """The divergence of independent gammas with one rate each, less the divergence of their sum.

    Σ q·log(q/(p·r)) - q + p·r, with r = Σq/Σp, has no negative term, and the shapes of the components contribute more
    than that of their sum. For plain doubles the result is NaN where the subtraction cancels most of it.
    """
    found = rates + (parts - total)
    return found if found.__class__ is Ball else where(total <= 2 * found, found, nan)


def _with_last_axis(x: Real, like: Real) -> Real:
    """x with a last axis that broadcasts over the components of `like`."""
    if np.ndim(value_of(x)) == 0:
        return x
    if x.__class__ is not Ball:
        return x[..., np.newaxis]
    return Ball(x.value[..., np.newaxis], x.error[..., np.newaxis], like.arithmetic)
