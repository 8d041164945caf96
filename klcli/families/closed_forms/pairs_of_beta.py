"""The closed forms of beta, which is a dirichlet of two, with others and with itself, and of a uniform with it.

In doubles each is a sum of parts of which few are negative; where these are most of the rest, it says so.

Source of the entropies: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 25;
of the error of Stirling's formula: Loader (2000), Fast and accurate computation of binomial probabilities.
"""

from math import nan, pi
from typing import Any

import numpy as np

from klcli.core.arithmetic.double_double import two_product, two_sum
from klcli.families.ball_arithmetic import stirling_error
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log_ratio, x_log_ratio
from klcli.families.ball_arithmetic.functions import Real, choose, constant, expm1, log, log1p
from klcli.families.ball_arithmetic.identric import mean_gap
from klcli.families.catalogue.bounded import Uniform
from klcli.families.catalogue.gamma_powers import Exponential, Gamma
from klcli.families.catalogue.unit_interval import Beta, ContinuousBernoulli
from klcli.families.closed_forms.closed_form import closed_form, direct_form
from klcli.families.closed_forms.pairs_of_vectors import PENNY, dirichlet_divergence, few_parameters

__all__: list[str] = []


@closed_form(
    Beta, Beta,
    formula="log(B(q.a, q.b)/B(p.a, p.b)) + (p.a - q.a)·(ψ(p.a) - ψ(p.a + p.b)) + (p.b - q.b)·(ψ(p.b) - ψ(p.a + p.b))",
    source=PENNY, is_direct=True,
)  # fmt: skip
def _beta(p: Any, q: Any) -> Real:
    if p.a.__class__ is Ball and not isinstance(p.a.arithmetic.unit, float):
        return dirichlet_divergence(_stacked(p.a, p.b), _stacked(q.a, q.b))
    return few_parameters((p.a, p.b), (q.a, q.b))


@direct_form(Beta, Uniform)
def _beta_to_uniform(p: Any, q: Any) -> Any:
    one = constant(1.0, p.a)
    return few_parameters((p.a, p.b), (one, one)) + log1p((q.high - 1.0) - q.low)


@direct_form(Beta, Exponential)
def _beta_to_exponential(p: Any, q: Any) -> Any:
    one = constant(1.0, p.a)
    apart, mean, surprise = few_parameters((p.a, p.b), (one, one)), q.rate * (p.a / (p.a + p.b)), -log(q.rate)
    found = apart + mean + surprise
    return choose(apart + mean + abs(surprise) <= 2 * found, found, nan)


@direct_form(Beta, ContinuousBernoulli)
def _beta_to_continuous_bernoulli(p: Any, q: Any) -> Any:
    one = constant(1.0, p.a)
    apart = few_parameters((p.a, p.b), (one, one))
    # about the middle of (0, 1): log of sinh(s/2)/(s/2), less s·(E[x] - 1/2)
    slope = log_ratio(q.prob, 1.0 - q.prob)
    size = abs(slope) + (slope == 0)
    normaliser = choose(slope == 0, 0.0, log(-expm1(-size) / size) + size / 2)
    shift = slope * ((p.a - p.b) / (p.a + p.b)) / 2
    found = apart + normaliser - shift
    return choose(apart + 1.0 + size + abs(shift) <= 4 * found, found, nan)


def _stacked(a: Ball, b: Ball) -> Ball:
    values, errors = np.broadcast_arrays(a.value, b.value), np.broadcast_arrays(a.error, b.error)
    return Ball(np.stack(values, axis=-1), np.stack(errors, axis=-1), a.arithmetic)


@direct_form(Beta, Gamma)
def _beta_to_gamma(p: Any, q: Any) -> Any:
    one, total = constant(1.0, p.a), p.a + p.b
    mean = p.a / total
    # log(mean) - E[log x], which is never negative, from ψ(x) = log x - 1/(2x) + μ'(x)
    slope = stirling_error.slope(p.a)
    bent = p.b / (2 * p.a * total) + (stirling_error.slope(total) - slope)
    parts = (
        few_parameters((p.a, p.b), (one, one)),
        x_log_ratio(q.shape, q.rate * mean),
        (q.shape - 1.0) * bent,
        log(mean * (2 * pi / q.shape) ** 0.5),
        stirling_error.error(q.shape),
    )
    # where b is far below a, the two slopes are nearly one
    return _settled(sum(parts), 1.0 + sum(map(abs, parts)) + abs((q.shape - 1.0) * slope))


_LOSS = 6.0  # how much larger the parts may be than their sum: what they round by was seen to stay below 2e-15 of it


def _settled(found: Any, size: Any) -> Any:
    return choose(size <= _LOSS * found, found, nan)


@direct_form(Uniform, Beta)
def _uniform_to_beta(p: Any, q: Any) -> Any:
    found = _settled(*_about_the_middle(p, q))
    if found.__class__ is float and found == found:
        return found
    return choose(found == found, found, _settled(*_about_the_whole(p, q)))


def _about_the_middle(p: Any, q: Any) -> tuple[Any, Any]:
    """The divergence from the density of Q at the middle of P, and the size of its parts.

    -log q(c) is as that of a binomial, by the error of Stirling's formula; and E[log x] is log c less `mean_gap`.
    """
    a, b, width = q.a, q.b, p.high - p.low
    twice = two_sum(p.low, p.high)
    rest = two_sum(constant(2.0, twice.high), -twice.high)
    rest = two_sum(rest.high, rest.low - twice.low)
    middle, other = twice.high / 2, rest.high / 2
    # b·c - a·(1 - c) without its rounding, which would count as often as a and b do
    above, below = two_product(b, middle), two_product(a, other)
    gap = (above.high - below.high) + (above.low - below.low) + (b * twice.low - a * rest.low) / 2
    total = a + b
    own, others, whole = (stirling_error.error(each) for each in (a, b, total))
    parts = (
        x_log_ratio(a, total * middle, gap) + x_log_ratio(b, total * other, -gap),
        (a - 1.0) * mean_gap(p.low, width),
        (b - 1.0) * mean_gap(1.0 - p.high, width),
        log(middle * other / width * (2 * pi * (1.0 / a + 1.0 / b)) ** 0.5),
        own + others,
        -whole,
    )
    # the logarithm is wrong by what its argument is wrong by, relative to 1
    return sum(parts), 1.0 + sum(map(abs, parts))


def _about_the_whole(p: Any, q: Any) -> tuple[Any, Any]:
    """The same from that of the uniform on (0, 1): for one that nearly is, and a Q that nearly is."""
    one = constant(1.0, q.a)
    rest_low, rest_high = 1.0 - p.low, 1.0 - p.high
    width = p.high - p.low
    parts = (
        few_parameters((one, one), (q.a, q.b)),
        -choose(width > 0.5, log1p(-(p.low + rest_high)), log(width)),
        (q.a - 1.0) * (_x_log(p.low) / width),
        (1.0 - q.a) * (p.high * log(p.high) / width),
        (q.b - 1.0) * (_x_log(rest_high) / width),
        (1.0 - q.b) * (rest_low * log1p(-p.low) / width),
    )
    return sum(parts), sum(map(abs, parts))


def _x_log(x: Any) -> Any:
    """x·log x, 0 at 0."""
    return x * log(x + (x == 0))
