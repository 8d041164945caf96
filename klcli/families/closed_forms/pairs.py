"""The closed forms that are registered by hand.

They keep more digits than H(P, Q) - H(P) would, or do not follow from expectations.

Written in `excess_of(x) = x - log(1 + x)`, which is never negative, they lose nothing where parameters nearly agree.
"""

from math import nan
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import excess, excess_of_squares, expm1_excess, log_ratio, x_log_ratio
from klcli.families.ball_arithmetic.functions import (
    Real,
    bessel_ratio,
    choose,
    constant,
    euler_of,
    log,
    log1p,
    log_bessel_i0,
    sin,
    value_of,
)
from klcli.families.ball_arithmetic.stirling import shape_divergence
from klcli.families.catalogue.bounded import LogUniform, Uniform
from klcli.families.catalogue.discrete import Bernoulli, Binomial, Geometric, NegativeBinomial, Poisson
from klcli.families.catalogue.gamma_powers import Exponential
from klcli.families.catalogue.gaussian import LogitNormal, LogNormal, Normal
from klcli.families.catalogue.heavy_tailed import Cauchy, HalfCauchy
from klcli.families.catalogue.location import Gumbel, Laplace
from klcli.families.catalogue.positive_and_circular import InverseGaussian, Lindley, Pareto, VonMises
from klcli.families.catalogue.unit_interval import ContinuousBernoulli
from klcli.families.closed_forms.closed_form import closed_form, direct_form
from klcli.families.closed_forms.normal_kl import normal_divergence, tilt_divergence

__all__: list[str] = []

_GENERAL = "Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 22"
_KULLBACK = "Kullback (1959), Information Theory and Statistics, chapter 9"
_GIL = "Gil, Alajaji & Linder (2013), Inf. Sci. 249, 124-131"


def _normal_direct(p: Any, q: Any) -> Any:
    return normal_divergence(p.loc, p.scale, q.loc, q.scale)


_NORMAL = "((p.scale/q.scale)² - 1 - log((p.scale/q.scale)²) + ((p.loc - q.loc)/q.scale)²)/2"


@closed_form(Normal, Normal, formula=_NORMAL, source=_KULLBACK, direct=_normal_direct, is_of_any_size=True)
@closed_form(
    LogNormal, LogNormal, formula=_NORMAL, source=f"{_KULLBACK}; {_GIL}", direct=_normal_direct, is_of_any_size=True
)
@closed_form(LogitNormal, LogitNormal, formula=_NORMAL, source=_KULLBACK, direct=_normal_direct, is_of_any_size=True)
def _normal(p: Any, q: Any) -> Ball:
    z = (p.loc - q.loc) / q.scale
    return (excess_of_squares(p.scale, q.scale) + z * z) / 2


def _continuous_bernoulli_direct(p: Any, q: Any) -> Any:
    other_p, other_q = 1.0 - p.prob, 1.0 - q.prob
    # the difference of log odds, without loss where the two are near, and where they are not
    growth = (q.prob - p.prob) / (p.prob * other_q)
    near = (growth > -0.5) & (growth < 1)
    gap = choose(near, log1p(choose(near, growth, 0.0)), log(q.prob / p.prob * (other_p / other_q)))
    return tilt_divergence(log_ratio(p.prob, other_p), gap)


@closed_form(Exponential, Exponential, formula="q.rate/p.rate - 1 - log(q.rate/p.rate)", source=_GIL, is_direct=True)
def _exponential(p: Any, q: Any) -> Ball:
    return excess(q.rate, p.rate)


@closed_form(
    Laplace, Laplace,
    formula="[p.scale/q.scale - 1 - log(p.scale/q.scale)] + (exp(-d) - 1 + d)·p.scale/q.scale, "
    "d = |p.loc - q.loc|/p.scale",
    source=_GIL, is_direct=True,
)  # fmt: skip
def _laplace(p: Any, q: Any) -> Ball:
    d = abs(p.loc - q.loc) / p.scale
    return excess(p.scale, q.scale) + expm1_excess(d) * p.scale / q.scale


@closed_form(
    Exponential, Laplace,
    formula="[c/r - 1 - log(c/r)] + log(2c), r = p.rate·q.scale, c = E|x - q.loc|·p.rate",
    source=_GIL, is_direct=True,
)  # fmt: skip
def _exponential_to_laplace(p: Any, q: Any) -> Real:
    d = p.rate * q.loc
    # exp(-d) - 1 + d counts where some of P is below the location; c is least at d = log 2, where it is log 2
    c = 1.0 - d + 2 * expm1_excess(choose(value_of(d) > 0, d, d * 0.0))
    return excess(c, p.rate * q.scale) + log(2 * c)


@closed_form(
    Cauchy, Cauchy,
    formula="log(1 + ((p.scale - q.scale)² + (p.loc - q.loc)²)/(4·p.scale·q.scale))",
    source="Chyzak & Nielsen (2019), arXiv:1905.10965", is_direct=True,
)  # fmt: skip
def _cauchy(p: Any, q: Any) -> Ball:
    x, y = p.scale - q.scale, p.loc - q.loc
    return log1p(x / p.scale * (x / (4 * q.scale)) + y / p.scale * (y / (4 * q.scale)))


@closed_form(
    HalfCauchy, HalfCauchy,
    formula="log(1 + (p.scale - q.scale)²/(4·p.scale·q.scale))",
    source="Chyzak & Nielsen (2019), arXiv:1905.10965, as |x| says all of a cauchy about 0", is_direct=True,
)  # fmt: skip
def _halfcauchy(p: Any, q: Any) -> Real:
    x = p.scale - q.scale
    return log1p(x / p.scale * (x / (4 * q.scale)))


@closed_form(
    Pareto, Pareto,
    formula="q.alpha/p.alpha - 1 - log(q.alpha/p.alpha) + q.alpha·log(p.scale/q.scale)",
    source=_GIL, is_direct=True,
)  # fmt: skip
def _pareto(p: Any, q: Any) -> Ball:
    return excess(q.alpha, p.alpha) + q.alpha * log_ratio(p.scale, q.scale)


@closed_form(Uniform, Uniform, formula="log((q.high - q.low)/(p.high - p.low))", source=_GIL, is_direct=True)
def _uniform(p: Any, q: Any) -> Ball:
    return log1p(((p.low - q.low) + (q.high - p.high)) / p.width)


@closed_form(
    LogUniform, LogUniform, formula="log(log(q.high/q.low)/log(p.high/p.low))", source=_GIL, is_direct=True
)  # fmt: skip
def _loguniform(p: Any, q: Any) -> Ball:
    return log1p((log_ratio(p.low, q.low) + log_ratio(q.high, p.high)) / p.width)


@closed_form(
    InverseGaussian, InverseGaussian,
    formula="[q.shape/p.shape - 1 - log(q.shape/p.shape)]/2 + q.shape·(p.mean - q.mean)²/(2·p.mean·q.mean²)",
    source="Tweedie (1957), Ann. Math. Stat. 28(2), 362-377 (E[x], E[1/x])", is_direct=True,
)  # fmt: skip
def _inverse_gaussian(p: Any, q: Any) -> Ball:
    z = (p.mean - q.mean) / q.mean
    return excess(q.shape, p.shape) / 2 + q.shape / p.mean * z * z / 2


@closed_form(
    Lindley, Lindley,
    formula="2·log(p.theta/q.theta) - log((1 + p.theta)/(1 + q.theta)) + "
    "(q.theta - p.theta)·(p.theta + 2)/(p.theta·(p.theta + 1))",
    source="Ghitany, Atieh & Nadarajah (2008), Math. Comput. Simul. 78(4), 493-506", is_direct=True,
)  # fmt: skip
def _lindley(p: Any, q: Any) -> Ball:
    gap = q.theta - p.theta
    return 2 * excess(q.theta, p.theta, gap) - excess(q.theta + 1.0, p.theta + 1.0, gap)


@closed_form(
    VonMises, VonMises,
    formula="A(p.kappa)·(p.kappa - q.kappa·cos(p.loc - q.loc)) - log(I₀(p.kappa)/I₀(q.kappa)), A = I₁/I₀",
    source="Mardia & Jupp (2000), Directional Statistics, 3.5.4",
)  # fmt: skip
def _von_mises(p: Any, q: Any) -> Ball:
    half = sin((p.loc - q.loc) / 2)
    mean = bessel_ratio(p.kappa)
    shift = 2 * q.kappa * half * half
    return mean * ((p.kappa - q.kappa) + shift) - log_bessel_i0(p.kappa) + log_bessel_i0(q.kappa)


@closed_form(
    Gumbel, Gumbel,
    formula="[log Γ(r) + γ·(r - 1)] + [exp(-y) - 1 + y], "
    "r = p.scale/q.scale, y = (p.loc - q.loc)/q.scale - log Γ(1 + r)",
    source=_GENERAL, is_direct=True,
)  # fmt: skip
def _gumbel(p: Any, q: Any) -> Real:
    ratio, gap = p.scale / q.scale, (p.scale - q.scale) / q.scale
    shift = (p.loc - q.loc) / q.scale
    # log Γ(2 + gap) is about gap·(1 - γ)
    straight = shift - gap * (1.0 - euler_of(ratio))
    bent = _log_gamma_excess(ratio + 1.0, constant(2.0, ratio), gap, abs(value_of(straight)))
    y = straight - bent
    surprise = expm1_excess(y)
    found = _log_gamma_excess(ratio, constant(1.0, ratio), gap, value_of(surprise)) + surprise
    if found.__class__ is Ball:
        return found
    # what rounding of y does, which is as large as its parts
    return choose((abs(shift) + abs(gap) + bent) * abs(surprise - y) <= 4 * found, found, nan)


def _log_gamma_excess(x: Real, start: Real, gap: Real, beside: Any) -> Real:
    """log Γ(x) - log Γ(start) - ψ(start)·gap, gap = x - start, which is never negative."""
    straight = x_log_ratio(x, start, -gap)
    return straight + shape_divergence(x, start, gap, beside + value_of(straight))


@direct_form(ContinuousBernoulli, Uniform)
def _to_uniform(p: Any, q: Any) -> Any:
    slope = log_ratio(p.prob, 1.0 - p.prob)
    return tilt_divergence(slope, -slope) + log1p((q.high - 1.0) - q.low)


@closed_form(
    ContinuousBernoulli, ContinuousBernoulli,
    formula="m·(η - θ) - log((exp(η) - 1)/η) + log((exp(θ) - 1)/θ), m = E[x], "
    "η = log(p.prob/(1 - p.prob)), θ = log(q.prob/(1 - q.prob))",
    source="Loaiza-Ganem & Cunningham (2019), NeurIPS 32", direct=_continuous_bernoulli_direct,
)  # fmt: skip
def _continuous_bernoulli(p: Any, q: Any) -> Ball:
    return q.cross_entropy(p) - p.entropy()


@closed_form(
    Poisson, Poisson, formula="p.rate·log(p.rate/q.rate) - p.rate + q.rate", source=_GIL, is_direct=True
)  # fmt: skip
def _poisson(p: Any, q: Any) -> Ball:
    return x_log_ratio(p.rate, q.rate)


_TRIAL = "p.prob·log(p.prob/q.prob) + (1 - p.prob)·log((1 - p.prob)/(1 - q.prob))"


def _bernoulli_to_poisson_direct(p: Any, q: Any) -> Any:
    found = x_log_ratio(p.prob, q.rate) + (p.prob + (1.0 - p.prob) * log1p(-p.prob))
    return choose(p.prob <= found, found, nan)


@closed_form(
    Bernoulli, Poisson, formula="p.prob·log(p.prob/q.rate) + (1 - p.prob)·log(1 - p.prob) + q.rate", source=_KULLBACK,
    direct=_bernoulli_to_poisson_direct,
)  # fmt: skip
def _bernoulli_to_poisson(p: Any, q: Any) -> Ball:
    return q.cross_entropy(p) - p.entropy()


@closed_form(Bernoulli, Bernoulli, formula=_TRIAL, source=_KULLBACK, is_direct=True)
def _bernoulli(p: Any, q: Any) -> Ball:
    gap = q.prob - p.prob
    return x_log_ratio(p.prob, q.prob, gap) + x_log_ratio(1.0 - p.prob, 1.0 - q.prob, -gap)


@closed_form(Geometric, Geometric, formula=f"[{_TRIAL}]/p.prob", source=_KULLBACK, is_direct=True)
def _geometric(p: Any, q: Any) -> Ball:
    return _bernoulli(p, q) / p.prob


def _have_one(name: str) -> Any:
    def have_one(p: Any, q: Any) -> bool:
        same = p.given[name] == q.given[name]
        return same if same.__class__ is bool else bool(np.all(same))

    return have_one


@closed_form(
    Binomial, Binomial,
    formula=f"n·[{_TRIAL}], n = p.n = q.n", source=_KULLBACK, applies=_have_one("n"), is_direct=True,
)  # fmt: skip
def _binomial(p: Any, q: Any) -> Ball:
    return p.n * _bernoulli(p, q)


@closed_form(
    NegativeBinomial, NegativeBinomial,
    formula=f"r/p.prob·[{_TRIAL}], r = p.r = q.r", source=_KULLBACK, applies=_have_one("r"), is_direct=True,
)  # fmt: skip
def _negative_binomial(p: Any, q: Any) -> Ball:
    return p.r * _bernoulli(p, q) / p.prob
