"""Base of families on all x with a location and a scale."""

from typing import Any, ClassVar

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.split_number import offset
from klcli.families.family.domain import POSITIVE, REAL, Parameter
from klcli.families.family.family import Family

__all__ = ["LOC", "SCALE", "LocationScale"]

LOC = Parameter("loc", REAL, ("mu",))


SCALE = Parameter("scale", POSITIVE, ("b", "beta", "s", "sigma"))


class LocationScale(Family):
    parameters: ClassVar[tuple[Parameter, ...]] = (LOC, SCALE)
    support = "all x"
    loc: Ball
    scale: Ball

    def z(self, x: Ball) -> Ball:
        return offset(x, self.loc) / self.scale

    def quantile_around(self, u: Any) -> tuple[float, Any]:
        with np.errstate(all="ignore"):
            return float(self.loc.value), float(self.scale.value) * self.standard_quantile(u)

    def standard_quantile(self, u: Any) -> Any:
        raise NotImplementedError
