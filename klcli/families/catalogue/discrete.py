"""Families on whole numbers: bernoulli, binomial, geometric, negative_binomial, poisson, categorical, deterministic.

Their density is the probability of a number. Outcomes of the geometric and the negative binomial are
failures before a success, counted from 0; those of the categorical are 0, 1, … in the order of its list.

Source: Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, chapters 3 to 5; Loader (2000), Fast and
accurate computation of binomial probabilities (the densities, by the error of Stirling's formula).
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import x_log_ratio
from klcli.families.ball_arithmetic.functions import choose, log, log1p, x_log
from klcli.families.ball_arithmetic.precision import PURPOSE
from klcli.families.ball_arithmetic.stirling import lbeta, stirling
from klcli.families.family.domain import (
    COUNT,
    POSITIVE,
    PROBABILITIES,
    PROBABILITY,
    PROPER_PROBABILITY,
    RATE,
    REAL,
    Parameter,
)
from klcli.families.family.family import Family, family
from klcli.support.optional_package import need

__all__ = ["Bernoulli", "Binomial", "Categorical", "Deterministic", "Geometric", "NegativeBinomial", "Poisson"]


_MANY_TRIALS = 1e15  # from which scipy finds no quantile, and a binomial of a moderate mean is as good as poisson
_LARGE = 1e9  # a rate from which the normal says where to look, and scipy finds no quantile


def _quantiles(name: str, u: Any, *parameters: float) -> Any:
    """By scipy.stats, in doubles."""
    return getattr(need("scipy.stats", purpose=PURPOSE, extra="families"), name).ppf(u, *parameters)


def _half_log_2pi(x: Ball) -> Ball:
    """log(2πx)/2 + stirling(x), which is log of x! e^x/x^x; 0 where x is 0."""
    return x.constant(0.0).where(x.value == 0, log(x * 2 * x.pi) / 2 + stirling(x))


class Discrete(Family):
    """A family on whole numbers."""

    kind = "discrete"


class Smooth(Discrete):
    """One whose log_density is smooth in the number, and has a value between two."""

    is_smooth = True


@family("poisson")
class Poisson(Smooth):
    title = "the number of events in a time, at a constant rate"
    parameters = (Parameter("rate", RATE, ("mu", "lambda", "mean")),)
    support = "0, 1, 2, …"
    needs = ("mean_x", "mean_log_factorial")
    cross_formula = "q.rate - E[x]·log(q.rate) + E[log x!]"
    rate: Ball

    def cross_entropy(self, p: Any) -> Ball:
        return self.rate - p.mean_x() * log(self.rate) + p.mean_log_factorial()

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, choose(self.given["rate"] == 0, 0.0, inf)

    def log_density(self, x: Ball) -> Ball:
        return -x_log_ratio(x, self.rate) - _half_log_2pi(x)

    def quantile(self, u: Any) -> Any:
        rate = self.given["rate"]
        if rate > _LARGE:
            return np.floor(rate + np.sqrt(rate) * need("scipy.special", purpose=PURPOSE, extra="families").ndtri(u))
        return _quantiles("poisson", u, rate)


@family("binomial", aliases=("binom",))
class Binomial(Smooth):
    title = "the number of successes in n trials"
    parameters = (Parameter("n", COUNT, ("trials",)), Parameter("prob", PROBABILITY, ("p",)))
    support = "0, 1, …, n"
    n: Ball
    prob: Ball

    def bounds(self) -> tuple[Any, Any]:
        n, prob = self.given["n"], self.given["prob"]
        return choose(prob == 1, n, 0.0), choose(prob == 0, 0.0, n)

    def log_density(self, x: Ball) -> Ball:
        rest, other = self.n - x, 1.0 - self.prob
        spread = _half_log_2pi(self.n) - _half_log_2pi(x) - _half_log_2pi(rest)
        return spread - x_log_ratio(x, self.n * self.prob) - x_log_ratio(rest, self.n * other)

    def quantile(self, u: Any) -> Any:
        n, prob = float(self.n.value), float(self.prob.value)
        if n * prob * (1 - prob) > _LARGE:
            special = need("scipy.special", purpose=PURPOSE, extra="families")
            return np.clip(np.floor(n * prob + np.sqrt(n * prob) * np.sqrt(1 - prob) * special.ndtri(u)), 0.0, n)
        if n > _MANY_TRIALS:
            return (
                _quantiles("poisson", u, n * prob) if prob < 0.5 else n - _quantiles("poisson", 1 - u, n * (1 - prob))
            )
        return _quantiles("binom", u, n, prob)


@family("bernoulli")
class Bernoulli(Discrete):
    title = "1 with a probability, else 0"
    parameters = (Parameter("prob", PROBABILITY, ("p",)),)
    support = "0, 1"
    prob: Ball

    def entropy(self) -> Ball:
        return -(x_log(self.prob) + x_log(1.0 - self.prob))

    def mean_x(self) -> Ball:
        return self.prob

    def mean_log_factorial(self) -> Ball:
        return self.prob * 0.0

    def bounds(self) -> tuple[Any, Any]:
        prob = self.given["prob"]
        return choose(prob == 1, 1.0, 0.0), choose(prob == 0, 0.0, 1.0)

    def log_density(self, x: Ball) -> Ball:
        return log(self.prob).where(x.value == 1, log1p(-self.prob))

    def quantile(self, u: Any) -> Any:
        return np.where(u > 1 - float(self.prob.value), 1.0, 0.0)


@family("geometric", aliases=("geom",))
class Geometric(Smooth):
    title = "the number of failures before a success"
    parameters = (Parameter("prob", PROPER_PROBABILITY, ("p",)),)
    support = "0, 1, 2, …"
    prob: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, choose(self.given["prob"] == 1, 0.0, inf)

    def log_density(self, x: Ball) -> Ball:
        return log(self.prob) + x.constant(0.0).where(x.value == 0, x * log1p(-self.prob))

    def quantile(self, u: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.maximum(np.ceil(np.log1p(-u) / np.log1p(-float(self.prob.value))) - 1, 0)


@family("negative_binomial", aliases=("nbinom",))
class NegativeBinomial(Smooth):
    title = "the number of failures before r successes"
    parameters = (Parameter("r", POSITIVE, ("n",)), Parameter("prob", PROPER_PROBABILITY, ("p",)))
    support = "0, 1, 2, …"
    r: Ball
    prob: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, choose(self.given["prob"] == 1, 0.0, inf)

    def log_density(self, x: Ball) -> Ball:
        count = -log(x) - lbeta(x, self.r)  # of the orders of x failures among r successes, but the last
        ways = x.constant(0.0).where(x.value == 0, count)
        return ways + self.r * log(self.prob) + x.constant(0.0).where(x.value == 0, x * log1p(-self.prob))

    def quantile(self, u: Any) -> Any:
        size, prob = float(self.r.value), float(self.prob.value)
        with np.errstate(all="ignore"):
            mean, deviation = size * (1 - prob) / prob, np.sqrt(size * (1 - prob)) / prob
        if not mean > _LARGE:
            return _quantiles("nbinom", u, size, prob)
        special = need("scipy.special", purpose=PURPOSE, extra="families")
        with np.errstate(all="ignore"):
            if size < _LARGE:  # as a gamma variable, over which it is a mixture of poisson
                return special.gammaincinv(size, u) * ((1 - prob) / prob)
            return np.maximum(mean + deviation * special.ndtri(u), 0.0)


@family("categorical")
class Categorical(Discrete):
    title = "0, 1, …, by a list of probabilities"
    parameters = (Parameter("probs", PROBABILITIES, ("p",)),)
    support = "0, 1, …, k - 1"
    probs: Ball

    def bounds(self) -> tuple[Any, Any]:
        where = np.flatnonzero(self.given["probs"])
        return float(where[0]), float(where[-1])

    def log_density(self, x: Ball) -> Ball:
        index = np.clip(np.asarray(x.value).astype(float), 0, len(self.probs.value) - 1).astype(int)
        total = self.probs.sum()
        return log(Ball(self.probs.value[index], self.probs.error[index], x.arithmetic) / total)

    def quantile(self, u: Any) -> Any:
        return np.searchsorted(np.cumsum(self.given["probs"]), u).astype(float)


@family("deterministic", aliases=("delta",))
class Deterministic(Discrete):
    title = "one number, always"
    parameters = (Parameter("x", REAL, ("value",)),)
    support = "x"
    x: Ball

    def bounds(self) -> tuple[Any, Any]:
        return self.given["x"], self.given["x"]

    def log_density(self, x: Ball) -> Ball:
        return x * 0.0

    def quantile(self, u: Any) -> Any:
        return u * 0 + float(self.x.value)
