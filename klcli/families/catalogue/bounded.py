"""Families between two ends that are parameters: uniform, loguniform, triangular.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 26.
"""

from typing import Any, ClassVar

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log_ratio
from klcli.families.ball_arithmetic.functions import atan, exp, expm1, log, log1p, or_1, power, x_log
from klcli.families.family.domain import POSITIVE, REAL, Parameter
from klcli.families.family.family import Family, demand, family
from klcli.families.family.tail import Growth

__all__ = ["FLAT", "LogUniform", "Triangular", "Uniform"]

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
    cross_formula = "log(q.high - q.low)"

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
        return self._mean(x_log) - 1.0

    def variance_log(self) -> Ball:
        low = self.low.constant(0.0).where(self.low.value == 0, self.low)
        square = self._mean(lambda x: x_log(x) * _log_or_0(x) - 2 * x_log(x) + 2 * x)
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
        return (x_log(1.0 - self.low) - x_log(1.0 - self.high)) / self.width - 1.0

    def mean_log_quadratic(self, loc: Ball, scale: Ball) -> Ball:
        low, high = (self.low - loc) / scale, (self.high - loc) / scale
        return (_log_quadratic(high) - _log_quadratic(low)) / (high - low)

    def log_density(self, x: Ball) -> Ball:
        return x * 0.0 - log(self.width)

    def quantile(self, u: Any) -> Any:
        low, high = self.bounds()
        return low * (1 - u) + high * u


def _log_or_0(x: Ball) -> Ball:
    return x.constant(0.0).where(x.value == 0, log(or_1(x)))


def _power_or_0(x: Ball, k: Ball) -> Ball:
    return x.constant(0.0).where(x.value == 0, power(or_1(x), k))


def _log_quadratic(u: Ball) -> Ball:
    """An antiderivative of log(1 + u²)."""
    return u * log1p(u * u) - 2 * u + 2 * atan(u)


@family("loguniform", aliases=("reciprocal", "log_uniform"))
class LogUniform(Interval):
    title = "whose logarithm is uniform"
    parameters = (Parameter("low", POSITIVE, ("a",)), Parameter("high", POSITIVE, ("b",)))
    needs = ("mean_log",)
    cross_formula = "E[log x] + log(log(q.high/q.low))"

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
