"""The triangular distribution.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 26.
"""

from typing import Any

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log
from klcli.families.ball_arithmetic.split_number import offset
from klcli.families.family.domain import REAL, Parameter
from klcli.families.family.family import family
from klcli.families.family.interval import FLAT, Interval
from klcli.families.family.tail import Growth

__all__ = ["Triangular"]


@family("triangular", aliases=("triang",))
class Triangular(Interval):
    title = "a density that rises linearly to a mode and falls linearly"
    parameters = (Parameter("low", REAL, ("a",)), Parameter("mode", REAL, ("c",)), Parameter("high", REAL, ("b",)))
    mode: Ball

    def check(self) -> None:
        low, mode, high = self.given.values()
        if not np.all((low <= mode) & (mode <= high) & (low < high)):
            raise NotADistribution(f"{self}: the order low <= mode <= high, with low < high, does not hold")

    def entropy(self) -> Ball:
        return log((self.high - self.low) / 2) + 0.5

    def mean_x(self) -> Ball:
        return (self.low + self.mode + self.high) / 3

    def variance(self) -> Ball:
        below, above, width = self.mode - self.low, self.high - self.mode, self.high - self.low
        return (below * below + above * above + width * width) / 36

    def log_density(self, x: Ball) -> Ball:
        rising = offset(x, self.low) / (self.mode - self.low)
        falling = -offset(x, self.high) / (self.high - self.mode)
        height = 2.0 / (self.high - self.low)
        return log(rising.where(offset(x, self.mode).value < 0, falling)) + log(height)

    def quantile_around(self, u: Any) -> tuple[float, Any]:
        low, mode, high = self.given.values()
        share = (mode - low) / (high - low)
        rising = np.sqrt(u * (high - low) * (mode - low))
        return low, np.where(u < share, rising, high - low - np.sqrt((1 - u) * (high - low) * (high - mode)))

    def breakpoints(self) -> tuple[float, ...]:
        return (float(self.mode.value),)

    def growth(self, end: str) -> Growth:
        low, mode, high = self.given.values()
        return FLAT if mode == (low if end == "low" else high) else Growth("logarithmic", 1.0)
