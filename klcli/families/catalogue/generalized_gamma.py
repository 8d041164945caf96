"""Powers of a gamma variable, x = σ·g^(1/c) with g ~ Γ(d): one law for ten families on x > 0.

    log p(x) = log|c| - log Γ(d) + (c·d - 1)·log x - c·d·log σ - (x/σ)^c

    E[x^k] = σ^k·Γ(d + k/c)/Γ(d)    E[log x] = log σ + ψ(d)/c    Var[log x] = ψ'(d)/c²

Two of one c are gammas of one variable, whose divergence is a sum of three that are not negative, so it keeps its
digits whatever the parameters: with r = (σp/σq)^c, and μ the error of Stirling's formula,

    KL = [dq·log(dq/(dp·r)) - dq + dp·r] + [dq/dp - 1 - log(dq/dp)]/2 + [μ(dq) - μ(dp) - μ'(dp)·(dq - dp)]

Source: Stacy (1962), Ann. Math. Stat. 33(3), 1187-1192; Bauckhage (2014), arXiv:1401.6853 (its divergence).
"""

from math import inf
from typing import Any, ClassVar

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import excess_of, log_ratio
from klcli.families.ball_arithmetic.functions import (
    Real,
    digamma,
    exp,
    expm1,
    lgamma,
    log,
    log_root_2pi,
    power,
    trigamma,
    value_of,
)
from klcli.families.ball_arithmetic.precision import PURPOSE
from klcli.families.ball_arithmetic.stirling import rate_divergence, shape_divergence, stirling, stirling_slope
from klcli.families.family.family import Family, demand
from klcli.families.family.tail import Growth
from klcli.support.optional_package import need

__all__ = ["GeneralizedGamma", "Stacy", "fixed_power_divergence", "same_power_divergence"]


class Stacy(Family):
    """A family whose member is σ·g^(1/c), g ~ Γ(d)."""

    support = "x > 0"
    needs: ClassVar[tuple[str, ...] | None] = ("mean_log", "power_mean")
    cross_formula = "log Γ(d) - log|c| + c·d·log σ - (c·d - 1)·E[log x] + E[x^c]/σ^c"
    source = "Stacy (1962), Ann. Math. Stat. 33(3), 1187-1192"
    # c where it is the same for all members
    power: ClassVar[int] = 0

    def fixed(self) -> tuple[Real, Real, Real]:
        """Returns d, and σ over √c as a fraction of two; of a family whose c is fixed."""
        raise NotImplementedError

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        """Returns d, c and σ."""
        raise NotImplementedError

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, inf

    def entropy(self) -> Ball:
        d, c, scale = self.stacy()
        # d + log Γ(d) - d·ψ(d) by Stirling's formula, in which what is large cancels on paper
        own = log_root_2pi(d) + 0.5 - log(d) / 2 + stirling(d) - d * stirling_slope(d)
        return own + log(scale / abs(c)) + digamma(d) / c

    def mean_x(self) -> Ball:
        return self.power_mean(self.stacy()[0].constant(1.0))

    def variance(self) -> Ball:
        mean = self.mean_x()
        return self.power_mean(mean.constant(2.0)) - mean * mean

    def mean_log(self) -> Ball:
        d, c, scale = self.stacy()
        return log(scale) + digamma(d) / c

    def variance_log(self) -> Ball:
        d, c, _ = self.stacy()
        return trigamma(d) / (c * c)

    def power_mean(self, k: Ball) -> Ball:
        d, c, scale = self.stacy()
        shifted = d + k / c
        demand(shifted.value > 0, f"E[x^k] of {self.name} is infinite here: its tail falls as a power of x, too slowly")
        from_exponent = lgamma(shifted) - lgamma(d)
        return power(scale, k) * exp(from_exponent)

    def cross_entropy(self, p: Any) -> Ball:
        d, c, scale = self.stacy()
        mean_power = p.power_mean(c) / power(scale, c)
        return lgamma(d) - log(abs(c)) + c * d * log(scale) - (c * d - 1) * p.mean_log() + mean_power

    def log_density(self, x: Ball) -> Ball:
        d, c, scale = self.stacy()
        log_t = c * log_ratio(x, scale)
        t = exp(log_t)
        near = abs(t.value - d.value) < d.value / 2
        exponent = (d * excess_of((t - d) / d)).where(near, d * (log(d) - log_t) - d + t)
        return log(abs(c)) - log(x) - exponent + log(d / (d.pi * 2)) / 2 - stirling(d)

    def quantile(self, u: Any) -> Any:
        d, c, scale = (float(each.value) for each in self.stacy())
        with np.errstate(all="ignore"):
            if d == 1:
                g = -np.log1p(-u) if c > 0 else -np.log(u)
            else:
                special = need("scipy.special", purpose=PURPOSE, extra="families")
                g = special.gammaincinv(d, u) if c > 0 else special.gammainccinv(d, u)
            return scale * g ** (1 / c)

    def growth(self, end: str) -> Growth:
        d, c, scale = (float(each.value) for each in self.stacy())
        if (end == "low") == (c > 0):
            return Growth("logarithmic", c * d - 1 if c > 0 else 1 - c * d)
        with np.errstate(all="ignore"):
            return Growth("power", float(np.power(scale, -c)), abs(c))


def same_power_divergence(p: Stacy, q: Stacy) -> Ball:
    """KL(P‖Q) of two with the same c, in nats."""
    (dp, c, sp), (dq, _, sq) = p.stacy(), q.stacy()
    power_of_ratio = c * log_ratio(sp, sq)
    return _divergence(dp, dq, exp(power_of_ratio), expm1(power_of_ratio))


def fixed_power_divergence(p: Any, q: Any) -> Real:
    """The same of families that all have one c, 1 or 2; of Balls or of plain doubles."""
    (dp, over_p, under_p), (dq, over_q, under_q) = p.fixed(), q.fixed()
    above, below = over_p * under_q, over_q * under_p
    ratio, gap = above / below, (above - below) / below
    if p.power == 2:
        return _divergence(dp, dq, ratio * ratio, gap * (ratio + 1.0))
    return _divergence(dp, dq, ratio, gap)


def _divergence(dp: Real, dq: Real, ratio: Real, growth: Real) -> Real:
    """From the shapes, r, and r - 1."""
    rate = rate_divergence(dp, dq, ratio, growth)
    return rate + shape_divergence(dq, dp, beside=value_of(rate))


class GeneralizedGamma(Stacy):
    """Any d, c and scale: what others are mapped to; it has no name of its own."""

    name = "a power of a gamma variable"
    d: Ball
    c: Ball
    scale: Ball

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        return self.d, self.c, self.scale
