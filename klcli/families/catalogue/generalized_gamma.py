"""The generalized gamma distribution, x = σ·g^(1/c) with g ~ Γ(d): the common base of ten families on x > 0.

    log p(x) = log|c| - log Γ(d) + (c·d - 1)·log x - c·d·log σ - (x/σ)^c

    E[x^k] = σ^k·Γ(d + k/c)/Γ(d)    E[log x] = log σ + ψ(d)/c    Var[log x] = ψ'(d)/c²

Two members with the same c are powers of gamma variables with one exponent. Their divergence is a sum of three terms,
none negative, so it keeps its digits for all parameters. With r = (σp/σq)^c and μ the error of Stirling's formula:

    KL = [dq·log(dq/(dp·r)) - dq + dp·r] + [dq/dp - 1 - log(dq/dp)]/2 + [μ(dq) - μ(dp) - μ'(dp)·(dq - dp)]

Source: Stacy (1962), Ann. Math. Stat. 33(3), 1187-1192; Bauckhage (2014), arXiv:1401.6853 (its divergence).
"""

from dataclasses import replace
from math import inf
from typing import Any, ClassVar

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log1pmx, log_ratio
from klcli.families.ball_arithmetic.functions import (
    Real,
    digamma,
    exp,
    expm1,
    lgamma,
    log,
    log_root_2pi,
    power,
    sqrt,
    trigamma,
    value_of,
)
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.ball_arithmetic.stirling import rate_divergence, shape_divergence, stirling, stirling_derivative
from klcli.families.closed_forms.closed_form import ClosedForm, closed_form_of_kin
from klcli.families.family.expectations import require
from klcli.families.family.family import Family
from klcli.families.family.formula import Formula
from klcli.families.family.tail import Growth

__all__ = ["GeneralizedGamma", "distance_image"]


def _symbols_of_q(p: Any, q: Any) -> dict[str, float]:
    """The parameters of Q, by their symbols in its cross-entropy."""
    if not isinstance(q, GeneralizedGamma):
        return {}
    d, c, scale = (float(each.value) for each in q.gamma_parameters())
    return {"d": d, "c": c, "σ": scale}


def _symbols_of_both(p: Any, q: Any) -> dict[str, float]:
    """The numbers in the divergence of two members with one power, by their symbols."""
    if not (isinstance(p, GeneralizedGamma) and isinstance(q, GeneralizedGamma)):
        return {}
    (dp, c, sp), (dq, _, sq) = ((float(each.value) for each in member.gamma_parameters()) for member in (p, q))
    return {"dp": dp, "dq": dq, "r": float(np.power(sp / sq, c))}


class GeneralizedGamma(Family):
    """A distribution of σ·g^(1/c), g ~ Γ(d).

    Its own members have any d, c and σ: they are images of other families under functions of x. A subclass is a family
    with parameters of its own; it overrides `gamma_parameters`.
    """

    name = "a power of a gamma variable"
    support = "x > 0"
    needs: ClassVar[tuple[str, ...] | None] = ("mean_log", "power_mean")
    cross_formula = Formula(
        "log Γ({d}) - log|{c}| + {c}·{d}·log {σ} - ({c}·{d} - 1)·{mean_log} + {power_mean:E[x^{c}]}/{σ}^{c}",
        symbols=_symbols_of_q,
    )
    source = "Stacy (1962), Ann. Math. Stat. 33(3), 1187-1192"
    # c, if all members share it; else 0
    fixed_power: ClassVar[int] = 0
    d: Any
    c: Ball
    scale: Ball

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        """Returns d, c and σ."""
        return self.d, self.c, self.scale

    def gamma_fraction(self) -> tuple[Real, Real, Real]:
        """Returns d, and σ/√c as numerator and denominator; a family with a `fixed_power` provides it."""
        raise NotImplementedError

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, inf

    def entropy(self) -> Ball:
        d, c, scale = self.gamma_parameters()
        # d + log Γ(d) - d·ψ(d) by Stirling's formula, in which the large terms cancel symbolically
        own = log_root_2pi(d) + 0.5 - log(d) / 2 + stirling(d) - d * stirling_derivative(d)
        return own + log(scale / abs(c)) + digamma(d) / c

    def mean_x(self) -> Ball:
        return self.power_mean(self.gamma_parameters()[0].constant(1.0))

    def variance(self) -> Ball:
        mean = self.mean_x()
        return self.power_mean(mean.constant(2.0)) - mean * mean

    def mean_log(self) -> Ball:
        d, c, scale = self.gamma_parameters()
        return log(scale) + digamma(d) / c

    def variance_log(self) -> Ball:
        d, c, _ = self.gamma_parameters()
        return trigamma(d) / (c * c)

    def power_mean(self, k: Ball) -> Ball:
        d, c, scale = self.gamma_parameters()
        shifted = d + k / c
        require(
            shifted.value > 0, f"E[x^k] of {self.name} is infinite here: its tail falls as a power of x, too slowly"
        )
        from_exponent = lgamma(shifted) - lgamma(d)
        return power(scale, k) * exp(from_exponent)

    def cross_entropy(self, p: Any) -> Ball:
        d, c, scale = self.gamma_parameters()
        mean_power = p.power_mean(c) / power(scale, c)
        return lgamma(d) - log(abs(c)) + c * d * log(scale) - (c * d - 1) * p.mean_log() + mean_power

    def log_density(self, x: Ball) -> Ball:
        d, c, scale = self.gamma_parameters()
        log_t = c * log_ratio(x, scale)
        t = exp(log_t)
        near = abs(t.value - d.value) < d.value / 2
        exponent = (d * -log1pmx((t - d) / d)).where(near, d * (log(d) - log_t) - d + t)
        return log(abs(c)) - log(x) - exponent + log(d / (d.pi * 2)) / 2 - stirling(d)

    def quantile(self, u: Any) -> Any:
        d, c, scale = (float(each.value) for each in self.gamma_parameters())
        with np.errstate(all="ignore"):
            if d == 1:
                g = -np.log1p(-u) if c > 0 else -np.log(u)
            else:
                g = special().gammaincinv(d, u) if c > 0 else special().gammainccinv(d, u)
            return scale * g ** (1 / c)

    def growth(self, end: str) -> Growth:
        d, c, scale = (float(each.value) for each in self.gamma_parameters())
        if (end == "low") == (c > 0):
            return Growth("logarithmic", c * d - 1 if c > 0 else 1 - c * d)
        with np.errstate(all="ignore"):
            return Growth("power", float(np.power(scale, -c)), abs(c))


def _kl_for_equal_powers(p: GeneralizedGamma, q: GeneralizedGamma) -> Ball:
    (dp, c, sp), (dq, _, sq) = p.gamma_parameters(), q.gamma_parameters()
    power_of_ratio = c * log_ratio(sp, sq)
    return _kl(dp, dq, exp(power_of_ratio), expm1(power_of_ratio))


def _kl_for_fixed_power(p: GeneralizedGamma, q: GeneralizedGamma) -> Real:
    """KL for families that share a fixed c, 1 or 2; parameters are Balls or plain doubles."""
    (dp, over_p, under_p), (dq, over_q, under_q) = p.gamma_fraction(), q.gamma_fraction()
    numerator, denominator = over_p * under_q, over_q * under_p
    ratio, change = numerator / denominator, (numerator - denominator) / denominator
    if p.fixed_power == 2:
        return _kl(dp, dq, ratio * ratio, change * (ratio + 1.0))
    return _kl(dp, dq, ratio, change)


def _kl(dp: Real, dq: Real, ratio: Real, change: Real) -> Real:
    """KL from the shapes, r, and r - 1."""
    rate = rate_divergence(dp, dq, ratio, change)
    return rate + shape_divergence(dq, dp, beside=value_of(rate))


def _have_equal_powers(p: GeneralizedGamma, q: GeneralizedGamma) -> bool:
    return bool(np.all(p.gamma_parameters()[1].value == q.gamma_parameters()[1].value))


_EQUAL_POWERS = ClosedForm(
    Formula(
        "({dp} - {dq})·ψ({dp}) + log(Γ({dq})/Γ({dp})) - {dq}·log {r} + {dp}·({r} - 1)",
        "r = (σ{p}/σ{q})^c; x = σ·g^(1/c), g ~ Γ(d)",
        symbols=_symbols_of_both,
    ),
    "Bauckhage (2014), arXiv:1401.6853; Stacy (1962), Ann. Math. Stat. 33(3), 1187-1192",
    _kl_for_equal_powers,
    applies=_have_equal_powers,
)
_FIXED_POWER = replace(_EQUAL_POWERS, evaluate=_kl_for_fixed_power, in_float64=_kl_for_fixed_power, applies=None)


@closed_form_of_kin(GeneralizedGamma)
def _closed_form(p: type[Family], q: type[Family]) -> ClosedForm | None:
    power_p, power_q = (int(getattr(cls, "fixed_power", 0)) for cls in (p, q))
    if power_p and power_q:
        return _FIXED_POWER if power_p == power_q else None
    return _EQUAL_POWERS


def distance_image(member: Any, d: Ball, c: Ball, square: float = 1.0) -> dict[str, Any]:
    """Returns |x - loc| as an image of a distribution that is symmetric about a single number loc.

    Args:
        d, c: the parameters of the image; its scale is that of the member times square^(1/2).
    """
    if np.ndim(member.loc.value):
        return {}
    scale = member.scale * sqrt(d.constant(square))
    return {f"|x - {float(member.loc.value)!r}|": member.member_of(GeneralizedGamma, d=d, c=c, scale=scale)}
