"""The truncated normal distribution; its moments follow from the normal density and mass at the two ends.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, 13.10.1.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import exp, expm1, log, log_ndtr, log_root_2pi, sqrt
from klcli.families.ball_arithmetic.scipy_functions import special, stats
from klcli.families.ball_arithmetic.split_number import offset
from klcli.families.catalogue.normal import Normal
from klcli.families.family.domain import NUMBER, POSITIVE, REAL, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.formula import Formula
from klcli.families.family.tail import Growth

__all__ = ["TruncatedNormal"]


@family("truncated_normal", aliases=("truncnorm",))
class TruncatedNormal(Family):
    title = "a normal, given that it is between low and high"
    parameters = (
        Parameter("loc", REAL, ("mu",)),
        Parameter("scale", POSITIVE, ("sigma", "sd")),
        Parameter("low", NUMBER, ("a",)),
        Parameter("high", NUMBER, ("b",)),
    )
    support = "low < x < high"
    needs = ("mean_x", "variance")
    cross_formula = Formula(
        "log({q.scale}·√(2π)) + log Z + ({variance} + ({mean_x} - {q.loc})²)/(2·{q.scale}²)",
        "Z the normal's mass between low and high",
    )
    loc: Ball
    scale: Ball
    low: Ball
    high: Ball

    def entropy(self) -> Ball:
        return self.cross_entropy(self)

    def cross_entropy(self, p: Any) -> Ball:
        offset = (p.mean_x() - self.loc) / self.scale
        square = p.variance() / self.scale / self.scale + offset * offset
        return log(self.scale) + log_root_2pi(self.scale) + self._log_z()[0] + square / 2

    def mean_x(self) -> Ball:
        shift, _ = self._hazards()
        return self.loc + self.scale * shift

    def variance(self) -> Ball:
        shift, weighted = self._hazards()
        return self.scale * self.scale * (1.0 + weighted - shift * shift)

    def _log_z(self) -> tuple[Ball, Ball, Ball]:
        """The log mass of the normal between the ends, and the two ends in standard deviations."""
        a, b = (self.low - self.loc) / self.scale, (self.high - self.loc) / self.scale
        # in the tail that contains both ends
        near, far = (-a, -b) if np.all(a.value > 0) else (b, a)
        upper = _log_mass_below(near)
        if np.ndim(far.value) == 0 and abs(far.value) == inf:
            return upper, a, b
        return upper + log(-expm1(_log_mass_below(far) - upper)), a, b

    def _hazards(self) -> tuple[Ball, Ball]:
        """(φ(a) - φ(b))/Z and (a·φ(a) - b·φ(b))/Z, where φ is the density of the standard normal."""
        log_z, a, b = self._log_z()
        shift = weighted = self.loc * 0.0
        for end, sign in ((a, 1.0), (b, -1.0)):
            if np.ndim(end.value) or abs(end.value) < inf:
                height = exp(-(end * end) / 2 - log_z) / sqrt(end.pi * 2) * sign
                shift, weighted = shift + height, weighted + end * height
        return shift, weighted

    def check(self) -> None:
        low, high = self.given["low"], self.given["high"]
        if not np.all((low < high) & (low < inf) & (high > -inf)):
            raise NotADistribution(f"{self}: low is not below high")
        if self.batch == () and not np.isfinite(self._log_mass()):
            raise NotADistribution(f"{self}: the mass of the normal between low and high is too small for a double")

    def bounds(self) -> tuple[Any, Any]:
        return self.given["low"], self.given["high"]

    def _log_mass(self) -> float:
        """The log mass of the normal between the ends, computed in the tail that contains both."""
        loc, scale = self.given["loc"], self.given["scale"]
        a, b = (self.given["low"] - loc) / scale, (self.given["high"] - loc) / scale
        if a > 0:
            a, b = -b, -a
        upper, lower = float(special().log_ndtr(b)), float(special().log_ndtr(a))
        if a > -1 and b < 1:
            root = np.sqrt(2)
            return float(np.log((special().erf(b / root) - special().erf(a / root)) / 2))
        return upper + float(np.log(-np.expm1(lower - upper)))

    def log_density(self, x: Ball) -> Ball:
        z = offset(x, self.loc) / self.scale
        mass = self._log_mass()
        width = (self.given["high"] - self.given["low"]) / self.given["scale"]
        # the mass between two near ends is a difference of tails, which loses digits
        wide = 1e-15 * (1 + abs(mass)) * (1 + 1 / min(width, 1.0))
        normaliser = Ball(x.value * 0 + mass, x.error * 0 + wide, x.arithmetic)
        return -(z * z) / 2 - log(self.scale) - log_root_2pi(x) - normaliser

    def quantile_around(self, u: Any) -> tuple[float, Any]:
        loc, scale, low, high = (float(value) for value in self.given.values())
        return loc, stats().truncnorm.ppf(u, (low - loc) / scale, (high - loc) / scale, 0.0, scale)

    def growth(self, end: str) -> Growth:
        edge = self.given["low" if end == "low" else "high"]
        return Normal.growth(self, end) if np.isinf(edge) else Growth("logarithmic", 0.0)  # type: ignore[arg-type]


def _log_mass_below(z: Ball) -> Ball:
    return z.constant(0.0) if np.ndim(z.value) == 0 and z.value == inf else log_ndtr(z)
