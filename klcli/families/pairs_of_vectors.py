"""The closed forms of vectors and matrices, of categories, and of beta, which is a dirichlet of two.

Each is evaluated in doubles from parts that are not negative where it can be, and in digits as the textbook has it.
"""

from typing import Any

import numpy as np

from klcli.core.measure import select
from klcli.families.ball import Ball
from klcli.families.closed_form import closed_form
from klcli.families.discrete import Categorical
from klcli.families.functions import digamma, excess, excess_of, lgamma, log, x_log_ratio
from klcli.families.multivariate import (
    Dirichlet,
    Multinomial,
    MvNormal,
    Wishart,
    cholesky,
    log_gamma,
    mean_digamma,
    solve_lower,
)
from klcli.families.stirling import shape_divergence
from klcli.families.unit_interval import Beta

__all__: list[str] = []

_PENNY = "Penny (2001), KL-divergences of Normal, Gamma, Dirichlet and Wishart densities"
_KULLBACK = "Kullback (1959), Information Theory and Statistics, chapter 9"
_CATEGORIES = "Σ pᵢ·log(pᵢ/qᵢ)"


def _of_masses(p: Ball, q: Ball) -> Ball:
    """Σ p·log(p/q) over the last axis, both normalised."""
    arithmetic = p.arithmetic
    if isinstance(arithmetic.unit, float):
        value = np.asarray(select("forward_kl")(p.value, q.value))[()]
        return Ball(value, 18 * arithmetic.unit * value, arithmetic)
    p, q = p / p.sum(), q / q.sum()
    both = p.value > 0
    logs = log(Ball(p.value[both], p.error[both], arithmetic) / Ball(q.value[both], q.error[both], arithmetic))
    return (Ball(p.value[both], p.error[both], arithmetic) * logs).sum()


def _padded(p: Ball, q: Ball) -> tuple[Ball, Ball]:
    """Both with as many categories, those that are not listed having none of the mass."""
    count = max(len(p.value), len(q.value))

    def pad(x: Ball) -> Ball:
        more = np.zeros(count - len(x.value)).astype(x.value.dtype)
        return Ball(np.concatenate([x.value, more]), np.concatenate([x.error, more]), x.arithmetic)

    return pad(p), pad(q)


@closed_form(Categorical, Categorical, formula=_CATEGORIES, source=_KULLBACK)
def _categorical(p: Any, q: Any) -> Ball:
    return _of_masses(*_padded(p.probs, q.probs))


@closed_form(Multinomial, Multinomial, formula=f"n·{_CATEGORIES}", source=_KULLBACK)
def _multinomial(p: Any, q: Any) -> Ball:
    return p.n * _of_masses(p.probs, q.probs)


def dirichlet_divergence(p: Ball, q: Ball) -> Ball:
    """KL of Dirichlets with parameters p and q, along the last axis."""
    p_total, q_total = p.sum(), q.sum()
    if isinstance(p.arithmetic.unit, float):
        # as that of two gammas: log Γ is x·log x - x, -log(x)/2 and the error of Stirling's formula
        parts = (excess(q, p) / 2 + shape_divergence(q, p)).sum()
        whole = excess(q_total, p_total) / 2 + shape_divergence(q_total, p_total)
        # Σ q·log(q/(p·r)) - q + p·r for r = Σq/Σp, each term of which is not negative
        moved = p * _along((q - p).sum() / p_total, p)
        rates = x_log_ratio(q, p * _along(q_total / p_total, p), moved - (q - p)).sum()
        return rates + (parts - whole)
    means = digamma(p) - _along(digamma(p_total), p)
    constants = lgamma(p_total) - lgamma(q_total) - (lgamma(p) - lgamma(q)).sum()
    return constants + ((p - q) * means).sum()


def _along(x: Ball, like: Ball) -> Ball:
    """The same for each component."""
    if np.ndim(x.value) == 0:
        return x
    return Ball(x.value[..., np.newaxis], x.error[..., np.newaxis], like.arithmetic)


_DIRICHLET = (
    "log Γ(Σ p.alpha) - Σ log Γ(p.alpha) - log Γ(Σ q.alpha) + Σ log Γ(q.alpha) + "
    "Σ (p.alpha - q.alpha)·(ψ(p.alpha) - ψ(Σ p.alpha))"
)


@closed_form(Dirichlet, Dirichlet, formula=_DIRICHLET, source=_PENNY)
def _dirichlet(p: Any, q: Any) -> Ball:
    return dirichlet_divergence(p.alpha, q.alpha)


@closed_form(
    Beta, Beta,
    formula="log(B(q.a, q.b)/B(p.a, p.b)) + (p.a - q.a)·(ψ(p.a) - ψ(p.a + p.b)) + (p.b - q.b)·(ψ(p.b) - ψ(p.a + p.b))",
    source=_PENNY,
)  # fmt: skip
def _beta(p: Any, q: Any) -> Ball:
    return dirichlet_divergence(_stacked(p.a, p.b), _stacked(q.a, q.b))


def _stacked(a: Ball, b: Ball) -> Ball:
    values, errors = np.broadcast_arrays(a.value, b.value), np.broadcast_arrays(a.error, b.error)
    return Ball(np.stack(values, axis=-1), np.stack(errors, axis=-1), a.arithmetic)


def _ratio(p: Ball, q: Ball) -> tuple[Ball, Ball]:
    """tr(Q⁻¹P) - k - log det(Q⁻¹P), which is never negative, and log det(Q⁻¹P)."""
    factor, bound = cholesky(q)
    arithmetic = p.arithmetic
    if isinstance(arithmetic.unit, float):
        half = solve_lower(factor, p.value - q.value)
        relative = solve_lower(factor, half.T)
        found = np.linalg.eigvalsh((relative + relative.T) / 2)
        error = bound * np.abs(found).max() + np.zeros(len(found))
        eigenvalues = Ball(found, error, arithmetic)
        logs = Ball(np.log1p(found), error / (1 + found), arithmetic)
        return excess_of(eigenvalues).sum(), logs.sum()
    other, bound_p = cholesky(p)
    middle = solve_lower(factor, other)
    trace = (middle * middle).sum()
    diagonal = np.diagonal(other) / np.diagonal(factor)
    logs = 2 * log(Ball(diagonal, abs(diagonal) * 0, arithmetic)).sum()
    spread = (bound + bound_p) * (trace + len(diagonal))
    logs = Ball(logs.value, logs.error + spread, arithmetic)
    return Ball(trace, spread, arithmetic) - float(len(diagonal)) - logs, logs


@closed_form(
    MvNormal, MvNormal,
    formula="[tr(q.cov⁻¹·p.cov) - k - log det(q.cov⁻¹·p.cov) + (p.mean - q.mean)ᵀ·q.cov⁻¹·(p.mean - q.mean)]/2",
    source=_KULLBACK,
)  # fmt: skip
def _mvnormal(p: Any, q: Any) -> Ball:
    spread, _ = _ratio(p.cov, q.cov)
    factor, bound = cholesky(q.cov)
    offset = p.mean.value - q.mean.value
    z = solve_lower(factor, offset.reshape(-1, 1))
    distance = (z * z).sum()
    return (spread + Ball(distance, bound * distance, p.arithmetic)) / 2


@closed_form(
    Wishart, Wishart,
    formula="[q.df·log(det q.scale/det p.scale) + p.df·(tr(q.scale⁻¹·p.scale) - k)]/2 + "
    "log Γₖ(q.df/2) - log Γₖ(p.df/2) + (p.df - q.df)/2·ψₖ(p.df/2)",
    source=_PENNY,
)  # fmt: skip
def _wishart(p: Any, q: Any) -> Ball:
    spread, log_det = _ratio(p.scale, q.scale)
    k, half_p, half_q = p.dimension, p.df / 2, q.df / 2
    shapes = log_gamma(half_q, k) - log_gamma(half_p, k) + (half_p - half_q) * mean_digamma(half_p, k)
    return half_p * spread + (half_p - half_q) * log_det + shapes
