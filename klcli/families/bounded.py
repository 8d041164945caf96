"""Families on an interval: uniform, loguniform, beta, kumaraswamy, continuous_bernoulli, triangular.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapters 25 and 26;
Jones (2009), Stat. Methodol. 6(1), 70-81 (kumaraswamy); Loaiza-Ganem & Cunningham (2019), NeurIPS 32 (continuous
bernoulli).
"""

from typing import Any, ClassVar

import numpy as np

from klcli.errors import NotADistribution
from klcli.extras import need
from klcli.families.ball import Ball
from klcli.families.domain import OPEN_PROBABILITY, POSITIVE, REAL, Parameter
from klcli.families.family import Family, demand, family
from klcli.families.functions import atan, digamma, exp, expm1, lbeta, log, log1p, log_ratio, power, trigamma
from klcli.families.precision import PURPOSE
from klcli.families.tail import Growth

__all__ = ["Beta", "ContinuousBernoulli", "Kumaraswamy", "LogUniform", "Triangular", "Uniform"]

FLAT = Growth("logarithmic", 0.0)


class Interval(Family):
    """On low < x < high, which are parameters."""

    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("low", REAL, ("a",)), Parameter("high", REAL, ("b",)))
    support = "low < x < high"
    low: Ball
    high: Ball

    def check(self) -> None:
        if not np.all(self.given["low"] < self.given["high"]):
            raise NotADistribution(f"{self}: low is not below high")

    def bounds(self) -> tuple[Any, Any]:
        return self.given["low"], self.given["high"]

    def growth(self, end: str) -> Growth:
        return FLAT


@family("uniform")
class Uniform(Interval):
    title = "equally likely everywhere between low and high"
    needs = ()
    cross_formula = "log(high - low)"

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
        return self._mean(_x_log) - 1.0

    def variance_log(self) -> Ball:
        low = self.low.constant(0.0).where(self.low.value == 0, self.low)
        square = self._mean(lambda x: _x_log(x) * _log_or_0(x) - 2 * _x_log(x) + 2 * x)
        mean = self.mean_log()
        return square - mean * mean + low * 0.0

    def power_mean(self, k: Ball) -> Ball:
        raised = k + 1.0
        demand((raised.value > 0) | (self.low.value > 0), "E[x^k] of uniform is infinite at 0 for k <= -1")
        if np.all(raised.value == 0):
            return log_ratio(self.high, self.low) / self.width
        return self._mean(lambda x: _power_or_0(x, raised)) / raised

    def transform(self, t: Ball, m: Ball) -> Ball:
        slope = t * self.width
        return exp(-(t * (self.low - m))) * -expm1(-slope) / slope

    def mean_distance(self, m: Ball) -> Ball:
        below, above = m - self.low, self.high - m
        inside = (below.value > 0) & (above.value > 0)
        return ((below * below + above * above) / (2 * self.width)).where(inside, abs(self.mean_x() - m))

    def mean_log1m(self) -> Ball:
        return (_x_log(1.0 - self.low) - _x_log(1.0 - self.high)) / self.width - 1.0

    def mean_log_quadratic(self, loc: Ball, scale: Ball) -> Ball:
        low, high = (self.low - loc) / scale, (self.high - loc) / scale
        return (_log_quadratic(high) - _log_quadratic(low)) / (high - low)

    def log_density(self, x: Ball) -> Ball:
        return x * 0.0 - log(self.width)

    def quantile(self, u: Any) -> Any:
        low, high = self.bounds()
        return low * (1 - u) + high * u


def _log_or_0(x: Ball) -> Ball:
    return x.constant(0.0).where(x.value == 0, log(x))


def _x_log(x: Ball) -> Ball:
    """x·log x, 0 at 0."""
    return x.constant(0.0).where(x.value == 0, x * log(x))


def _power_or_0(x: Ball, k: Ball) -> Ball:
    return x.constant(0.0).where(x.value == 0, power(x, k))


def _log_quadratic(u: Ball) -> Ball:
    """An antiderivative of log(1 + u²)."""
    return u * log1p(u * u) - 2 * u + 2 * atan(u)


@family("loguniform", aliases=("reciprocal", "log_uniform"))
class LogUniform(Interval):
    title = "whose logarithm is uniform"
    parameters = (Parameter("low", POSITIVE, ("a",)), Parameter("high", POSITIVE, ("b",)))
    needs = ("mean_log",)
    cross_formula = "E[log x] + log(log(high/low))"

    @property
    def width(self) -> Ball:
        return log_ratio(self.high, self.low)

    def images(self) -> dict[str, Any]:
        return {"log x": self.similar(Uniform, low=log(self.low), high=log(self.high))}

    def entropy(self) -> Ball:
        return self.mean_log() + log(self.width)

    def cross_entropy(self, p: Any) -> Ball:
        return p.mean_log() + log(self.width)

    def mean_log(self) -> Ball:
        return (log(self.low) + log(self.high)) / 2

    def variance_log(self) -> Ball:
        return self.width * self.width / 12

    def power_mean(self, k: Ball) -> Ball:
        return (power(self.high, k) - power(self.low, k)) / (k * self.width)

    def mean_x(self) -> Ball:
        return (self.high - self.low) / self.width

    def variance(self) -> Ball:
        mean = self.mean_x()
        return self.power_mean(mean.constant(2.0)) - mean * mean

    def log_density(self, x: Ball) -> Ball:
        return -log(x) - log(self.width)

    def quantile(self, u: Any) -> Any:
        low, high = self.bounds()
        return np.exp(np.log(low) * (1 - u) + np.log(high) * u)


class Unit(Family):
    """On 0 < x < 1."""

    support = "0 < x < 1"

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, 1.0

    def log_density(self, x: Ball) -> Ball:
        return self._log_density(log(x), log1p(-x))

    def log_density_below_one(self, y: Ball) -> Ball:
        """log p(1 - y)."""
        return self._log_density(log1p(-y), log(y))

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        raise NotImplementedError


@family("beta")
class Beta(Unit):
    title = "a probability, after a successes and b failures"
    parameters = (Parameter("a", POSITIVE, ("alpha",)), Parameter("b", POSITIVE, ("beta",)))
    needs = ("mean_log", "mean_log1m")
    cross_formula = "log B(a, b) - (a - 1)·E[log x] - (b - 1)·E[log(1 - x)]"
    a: Ball
    b: Ball

    def entropy(self) -> Ball:
        total = self.a + self.b
        own = (self.a - 1.0) * digamma(self.a) + (self.b - 1.0) * digamma(self.b)
        return lbeta(self.a, self.b) - own + (total - 2.0) * digamma(total)

    def cross_entropy(self, p: Any) -> Ball:
        return lbeta(self.a, self.b) - (self.a - 1.0) * p.mean_log() - (self.b - 1.0) * p.mean_log1m()

    def mean_x(self) -> Ball:
        return self.a / (self.a + self.b)

    def variance(self) -> Ball:
        total = self.a + self.b
        return self.a * self.b / (total * total * (total + 1.0))

    def mean_log(self) -> Ball:
        return digamma(self.a) - digamma(self.a + self.b)

    def mean_log1m(self) -> Ball:
        return digamma(self.b) - digamma(self.a + self.b)

    def variance_log(self) -> Ball:
        return trigamma(self.a) - trigamma(self.a + self.b)

    def variance_logit(self) -> Ball:
        return trigamma(self.a) + trigamma(self.b)

    def power_mean(self, k: Ball) -> Ball:
        demand((self.a + k).value > 0, "E[x^k] of beta is infinite at 0 for k <= -a")
        return exp(lbeta(self.a + k, self.b) - lbeta(self.a, self.b))

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        return (self.a - 1.0) * log_x + (self.b - 1.0) * log_rest - lbeta(self.a, self.b)

    def quantile(self, u: Any) -> Any:
        special = need("scipy.special", purpose=PURPOSE, extra="families")
        return special.betaincinv(float(self.a.value), float(self.b.value), u)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float((self.a if end == "low" else self.b).value) - 1)


@family("kumaraswamy")
class Kumaraswamy(Unit):
    title = "like beta, with a cumulative distribution that is elementary"
    parameters = (Parameter("a", POSITIVE), Parameter("b", POSITIVE))
    a: Ball
    b: Ball

    def _harmonic(self) -> Ball:
        return digamma(self.b + 1.0) + self.b.euler

    def entropy(self) -> Ball:
        return 1.0 - 1.0 / self.b + (1.0 - 1.0 / self.a) * self._harmonic() - log(self.a * self.b)

    def mean_log(self) -> Ball:
        return -(self._harmonic() / self.a)

    def variance_log(self) -> Ball:
        one = self.b.constant(1.0)
        return (trigamma(one) - trigamma(self.b + 1.0)) / (self.a * self.a)

    def power_mean(self, k: Ball) -> Ball:
        shifted = 1.0 + k / self.a
        demand(shifted.value > 0, "E[x^k] of kumaraswamy is infinite at 0 for k <= -a")
        return self.b * exp(lbeta(shifted, self.b))

    def mean_x(self) -> Ball:
        return self.power_mean(self.a.constant(1.0))

    def variance(self) -> Ball:
        mean = self.mean_x()
        return self.power_mean(mean.constant(2.0)) - mean * mean

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        inner = log(-expm1(self.a * log_x))
        # near 1, where log x is a rounding of 0, 1 - x^a is a·(1 - x)
        near = log_x.value == 0
        inner = (log(self.a) + log_rest).where(near, inner)
        return log(self.a * self.b) + (self.a - 1.0) * log_x + (self.b - 1.0) * inner

    def quantile(self, u: Any) -> Any:
        a, b = float(self.a.value), float(self.b.value)
        return (-np.expm1(np.log1p(-u) / b)) ** (1 / a)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float((self.a if end == "low" else self.b).value) - 1)


@family("continuous_bernoulli")
class ContinuousBernoulli(Family):
    title = "proportional to prob^x (1 - prob)^(1 - x) on (0, 1)"
    parameters = (Parameter("prob", OPEN_PROBABILITY, ("p", "lam")),)
    support = "0 < x < 1"
    needs = ("mean_x",)
    cross_formula = "log((exp(η) - 1)/η) - η·E[x], η = log(prob/(1 - prob))"
    prob: Ball

    @property
    def slope(self) -> Ball:
        return log_ratio(self.prob, 1.0 - self.prob)

    @property
    def divisor(self) -> Ball:
        """The slope, or 1 where it is 0 and what is divided is not used."""
        return self.slope.constant(1.0).where(self._is_uniform(), self.slope)

    def _is_uniform(self) -> Any:
        return self.prob.value == 0.5

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, 1.0

    def _log_normaliser(self) -> Ball:
        """log of the integral of exp(slope·x)."""
        slope = abs(self.divisor)
        upper = slope + log(-expm1(-slope)) - log(slope)
        found = upper.where(self.prob.value > 0.5, upper - slope)
        return self.prob.constant(0.0).where(self._is_uniform(), found)

    def mean_x(self) -> Ball:
        return (self.prob * 0.0 + 0.5).where(self._is_uniform(), -1.0 / expm1(-self.divisor) - 1.0 / self.divisor)

    def variance(self) -> Ball:
        slope = self.divisor
        found = 1.0 / (slope * slope) + 1.0 / (expm1(slope) * expm1(-slope))
        return (self.prob * 0.0 + 1.0 / (self.prob.constant(12.0))).where(self._is_uniform(), found)

    def transform(self, t: Ball, m: Ball) -> Ball:
        tilted = self.slope - t
        one = self.prob.constant(1.0)
        divisor = one.where(tilted.value == 0, tilted)
        integral = one.where(tilted.value == 0, expm1(tilted) / divisor)
        return exp(t * m) * integral / exp(self._log_normaliser())

    def entropy(self) -> Ball:
        return self._log_normaliser() - self.slope * self.mean_x()

    def cross_entropy(self, p: Any) -> Ball:
        return self._log_normaliser() - self.slope * p.mean_x()

    def log_density(self, x: Ball) -> Ball:
        return self.slope * x - self._log_normaliser()

    def quantile(self, u: Any) -> Any:
        slope = float(self.slope.value)
        if abs(slope) < 1e-9:
            return u
        return 1 + np.log(u + (1 - u) * np.exp(-slope)) / slope if slope > 0 else np.log1p(u * np.expm1(slope)) / slope

    def growth(self, end: str) -> Growth:
        return FLAT


@family("triangular", aliases=("triang",))
class Triangular(Interval):
    title = "rising to a mode and falling again, in straight lines"
    parameters = (Parameter("low", REAL, ("a",)), Parameter("mode", REAL, ("c",)), Parameter("high", REAL, ("b",)))
    mode: Ball

    def check(self) -> None:
        low, mode, high = self.given.values()
        if not np.all((low <= mode) & (mode <= high) & (low < high)):
            raise NotADistribution(f"{self}: low, mode and high are not in this order")

    def entropy(self) -> Ball:
        return log((self.high - self.low) / 2) + 0.5

    def mean_x(self) -> Ball:
        return (self.low + self.mode + self.high) / 3

    def variance(self) -> Ball:
        below, above, width = self.mode - self.low, self.high - self.mode, self.high - self.low
        return (below * below + above * above + width * width) / 36

    def log_density(self, x: Ball) -> Ball:
        rising = (x - self.low) / (self.mode - self.low)
        falling = (self.high - x) / (self.high - self.mode)
        height = 2.0 / (self.high - self.low)
        return log(rising.where(x.value < self.mode.value, falling)) + log(height)

    def quantile(self, u: Any) -> Any:
        low, mode, high = self.given.values()
        share = (mode - low) / (high - low)
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        return np.where(u < share, rising, high - np.sqrt((1 - u) * (high - low) * (high - mode)))

    def breakpoints(self) -> tuple[float, ...]:
        return (float(self.mode.value),)

    def growth(self, end: str) -> Growth:
        low, mode, high = self.given.values()
        return FLAT if mode == (low if end == "low" else high) else Growth("logarithmic", 1.0)
