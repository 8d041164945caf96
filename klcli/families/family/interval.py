"""Base of families on an interval whose ends are parameters."""

from typing import Any, ClassVar

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.family.domain import REAL, Parameter
from klcli.families.family.family import Family
from klcli.families.family.tail import Growth

__all__ = ["FLAT", "Interval"]

FLAT = Growth("logarithmic", 0.0)


class Interval(Family):
    """A family on low < x < high, with the ends as parameters."""

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
