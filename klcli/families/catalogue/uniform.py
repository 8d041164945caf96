"""The uniform distribution between two ends.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 26.
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log_ratio
from klcli.families.ball_arithmetic.functions import atan, exp, expm1, log, log1p, one_where_zero, power, x_log_x
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import GIL
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.formula import Formula
from klcli.families.family.interval import Interval

__all__ = ["Uniform"]


@family("uniform")
class Uniform(Interval):
    title = "equally likely everywhere between low and high"
    needs = ()
    cross_formula = Formula("log({q.high} - {q.low})")

    @property
    def width(self) -> Ball:
        return self.high - self.low

    def entropy(self) -> Ball:
        return log(self.width)

    def cross_entropy(self, p: Any) -> Ball:
        return log(self.width)

    def mean_x(self) -> Ball:
        return (self.low + self.high) / 2

    def variance(self) -> Ball:
        return self.width * self.width / 12

    def _mean(self, antiderivative: Any) -> Ball:
        return (antiderivative(self.high) - antiderivative(self.low)) / self.width

    def mean_log(self) -> Ball:
        return self._mean(x_log_x) - 1.0

    def variance_log(self) -> Ball:
        low = self.low.constant(0.0).where(self.low.value == 0, self.low)
        square = self._mean(lambda x: x_log_x(x) * _log_or_0(x) - 2 * x_log_x(x) + 2 * x)
        mean = self.mean_log()
        return square - mean * mean + low * 0.0

    def power_mean(self, k: Ball) -> Ball:
        raised = k + 1.0
        require((raised.value > 0) | (self.low.value > 0), "E[x^k] of uniform is infinite at 0 for k <= -1")
        if np.all(raised.value == 0):
            return log_ratio(self.high, self.low) / self.width
        return self._mean(lambda x: _power_or_0(x, raised)) / raised

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        slope = t * self.width
        return exp(-(t * (self.low - m))) * -expm1(-slope) / slope

    def mean_distance(self, m: Ball) -> Ball:
        below, above = m - self.low, self.high - m
        inside = (below.value > 0) & (above.value > 0)
        return ((below * below + above * above) / (2 * self.width)).where(inside, abs(self.mean_x() - m))

    def mean_log1m(self) -> Ball:
        return (x_log_x(1.0 - self.low) - x_log_x(1.0 - self.high)) / self.width - 1.0

    def mean_log_quadratic(self, loc: Ball, scale: Ball) -> Ball:
        low, high = (self.low - loc) / scale, (self.high - loc) / scale
        return (_log_quadratic(high) - _log_quadratic(low)) / (high - low)

    def log_density(self, x: Ball) -> Ball:
        return x * 0.0 - log(self.width)

    def quantile_around(self, u: Any) -> tuple[float, Any]:
        low, high = self.bounds()
        return low, (high - low) * u


def _log_or_0(x: Ball) -> Ball:
    return x.constant(0.0).where(x.value == 0, log(one_where_zero(x)))


def _power_or_0(x: Ball, k: Ball) -> Ball:
    return x.constant(0.0).where(x.value == 0, power(one_where_zero(x), k))


def _log_quadratic(u: Ball) -> Ball:
    """An antiderivative of log(1 + u²)."""
    return u * log1p(u * u) - 2 * u + 2 * atan(u)


@closed_form(Uniform, Uniform, formula="log(({q.high} - {q.low})/({p.high} - {p.low}))", source=GIL, is_stable=True)
def _uniform(p: Any, q: Any) -> Ball:
    return log1p(((p.low - q.low) + (q.high - p.high)) / p.width)
