"""The beta distribution, which is a Dirichlet of two components, and its closed forms with other families.

In float64 a closed form with another family is a sum of parts, few of them negative. It is NaN where these cancel most
of the sum; Balls are evaluated then.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 25;
of the error of Stirling's formula: Loader (2000), Fast and accurate computation of binomial probabilities.
"""

from math import nan, pi
from typing import Any

import numpy as np

from klcli.core.arithmetic.double_double import two_product, two_sum
from klcli.families.ball_arithmetic import stirling_error
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import kl_div
from klcli.families.ball_arithmetic.functions import Real, constant, exp, log, log1p, trigamma, where
from klcli.families.ball_arithmetic.identric import log_mean_over_identric
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.ball_arithmetic.stirling import digamma_difference, lbeta
from klcli.families.catalogue.exponential import Exponential
from klcli.families.catalogue.gamma import Gamma
from klcli.families.catalogue.uniform import Uniform
from klcli.families.closed_forms.closed_form import closed_form, float64_form
from klcli.families.closed_forms.dirichlet_kl import dirichlet_kl, dirichlet_kl_of_few
from klcli.families.closed_forms.sources import PENNY
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.formula import Formula
from klcli.families.family.tail import Growth
from klcli.families.family.unit_interval import UnitInterval

__all__ = ["Beta"]


@family("beta")
class Beta(UnitInterval):
    title = "a probability, after a successes and b failures"
    parameters = (Parameter("a", POSITIVE, ("alpha",)), Parameter("b", POSITIVE, ("beta",)))
    needs = ("mean_log", "mean_log1m")
    cross_formula = Formula("log B({q.a}, {q.b}) - ({q.a} - 1)·{mean_log} - ({q.b} - 1)·{mean_log1m}")
    a: Ball
    b: Ball

    def entropy(self) -> Ball:
        return self.cross_entropy(self)

    def cross_entropy(self, p: Any) -> Ball:
        return lbeta(self.a, self.b) - (self.a - 1.0) * p.mean_log() - (self.b - 1.0) * p.mean_log1m()

    def mean_x(self) -> Ball:
        return self.a / (self.a + self.b)

    def variance(self) -> Ball:
        total = self.a + self.b
        return self.a * self.b / (total * total * (total + 1.0))

    def mean_log(self) -> Ball:
        return digamma_difference(self.a, self.b)

    def mean_log1m(self) -> Ball:
        return digamma_difference(self.b, self.a)

    def variance_log(self) -> Ball:
        return trigamma(self.a) - trigamma(self.a + self.b)

    def variance_logit(self) -> Ball:
        return trigamma(self.a) + trigamma(self.b)

    def power_mean(self, k: Ball) -> Ball:
        require((self.a + k).value > 0, "E[x^k] of beta is infinite at 0 for k <= -a")
        return exp(lbeta(self.a + k, self.b) - lbeta(self.a, self.b))

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        return (self.a - 1.0) * log_x + (self.b - 1.0) * log_rest - lbeta(self.a, self.b)

    def quantile(self, u: Any) -> Any:
        return special().betaincinv(float(self.a.value), float(self.b.value), u)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float((self.a if end == "low" else self.b).value) - 1)


@closed_form(
    Beta, Beta,
    formula="log(B({q.a}, {q.b})/B({p.a}, {p.b})) + ({p.a} - {q.a})·(ψ({p.a}) - ψ({p.a} + {p.b})) + "
    "({p.b} - {q.b})·(ψ({p.b}) - ψ({p.a} + {p.b}))",
    source=PENNY, is_stable=True,
)  # fmt: skip
def _beta(p: Any, q: Any) -> Real:
    if p.a.__class__ is Ball and not isinstance(p.a.arithmetic.unit, float):
        return dirichlet_kl(_stacked(p.a, p.b), _stacked(q.a, q.b))
    return dirichlet_kl_of_few((p.a, p.b), (q.a, q.b))


def _stacked(a: Ball, b: Ball) -> Ball:
    values, errors = np.broadcast_arrays(a.value, b.value), np.broadcast_arrays(a.error, b.error)
    return Ball(np.stack(values, axis=-1), np.stack(errors, axis=-1), a.arithmetic)


@float64_form(Beta, Uniform)
def _beta_to_uniform(p: Any, q: Any) -> Any:
    one = constant(1.0, p.a)
    return dirichlet_kl_of_few((p.a, p.b), (one, one)) + log1p((q.high - 1.0) - q.low)


@float64_form(Beta, Exponential)
def _beta_to_exponential(p: Any, q: Any) -> Any:
    one = constant(1.0, p.a)
    to_uniform = dirichlet_kl_of_few((p.a, p.b), (one, one))
    mean, constant_term = q.rate * (p.a / (p.a + p.b)), -log(q.rate)
    found = to_uniform + mean + constant_term
    return where(to_uniform + mean + abs(constant_term) <= 2 * found, found, nan)


@float64_form(Beta, Gamma)
def _beta_to_gamma(p: Any, q: Any) -> Any:
    one, total = constant(1.0, p.a), p.a + p.b
    mean = p.a / total
    # log(mean) - E[log x] is never negative; it follows from ψ(x) = log x - 1/(2x) + μ'(x)
    slope = stirling_error.slope(p.a)
    jensen_term = p.b / (2 * p.a * total) + (stirling_error.slope(total) - slope)
    parts = (
        dirichlet_kl_of_few((p.a, p.b), (one, one)),
        kl_div(q.shape, q.rate * mean),
        (q.shape - 1.0) * jensen_term,
        log(mean * (2 * pi / q.shape) ** 0.5),
        stirling_error.error(q.shape),
    )
    # the two slopes nearly cancel where b is far below a, so count one of them
    return _nan_where_cancelled(sum(parts), 1.0 + sum(map(abs, parts)) + abs((q.shape - 1.0) * slope))


@float64_form(Uniform, Beta)
def _uniform_to_beta(p: Any, q: Any) -> Any:
    found = _nan_where_cancelled(*_kl_from_midpoint(p, q))
    if found.__class__ is float and found == found:
        return found
    return where(found == found, found, _nan_where_cancelled(*_kl_from_uniform(p, q)))


def _kl_from_midpoint(p: Any, q: Any) -> tuple[Any, Any]:
    """KL from the density of Q at the midpoint c of P, and the sum of the magnitudes of its parts.

    -log q(c) is computed like a binomial log probability, with the error of Stirling's formula, and E[log x] as
    log c - `log_mean_over_identric`.
    """
    a, b, width = q.a, q.b, p.high - p.low
    twice = two_sum(p.low, p.high)
    twice_complement = two_sum(constant(2.0, twice.high), -twice.high)
    twice_complement = two_sum(twice_complement.high, twice_complement.low - twice.low)
    middle, complement = twice.high / 2, twice_complement.high / 2
    # b·c - a·(1 - c) in double-double, because a and b multiply its rounding error
    above, below = two_product(b, middle), two_product(a, complement)
    difference = (above.high - below.high) + (above.low - below.low) + (b * twice.low - a * twice_complement.low) / 2
    total = a + b
    error_a, error_b, error_total = (stirling_error.error(each) for each in (a, b, total))
    parts = (
        kl_div(a, total * middle, difference) + kl_div(b, total * complement, -difference),
        (a - 1.0) * log_mean_over_identric(p.low, width),
        (b - 1.0) * log_mean_over_identric(1.0 - p.high, width),
        log(middle * complement / width * (2 * pi * (1.0 / a + 1.0 / b)) ** 0.5),
        error_a + error_b,
        -error_total,
    )
    # the relative error of its argument is the absolute error of the logarithm, hence the 1.0
    return sum(parts), 1.0 + sum(map(abs, parts))


def _kl_from_uniform(p: Any, q: Any) -> tuple[Any, Any]:
    """KL from that of the uniform on (0, 1), for P and Q that nearly equal it, and the magnitudes of its parts."""
    one = constant(1.0, q.a)
    rest_low, rest_high = 1.0 - p.low, 1.0 - p.high
    width = p.high - p.low
    parts = (
        dirichlet_kl_of_few((one, one), (q.a, q.b)),
        -where(width > 0.5, log1p(-(p.low + rest_high)), log(width)),
        (q.a - 1.0) * (_x_log_x(p.low) / width),
        (1.0 - q.a) * (p.high * log(p.high) / width),
        (q.b - 1.0) * (_x_log_x(rest_high) / width),
        (1.0 - q.b) * (rest_low * log1p(-p.low) / width),
    )
    return sum(parts), sum(map(abs, parts))


def _x_log_x(x: Any) -> Any:
    """x·log x, which is 0 at x = 0."""
    return x * log(x + (x == 0))


_MAX_CANCELLATION = 6.0  # ratio of the magnitudes to the sum; up to it, rounding errors stay below 2e-15 of the sum


def _nan_where_cancelled(found: Any, size: Any) -> Any:
    return where(size <= _MAX_CANCELLATION * found, found, nan)
