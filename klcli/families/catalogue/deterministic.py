"""A distribution with all its mass on one number."""

from typing import Any

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.family.discrete import Discrete
from klcli.families.family.domain import REAL, Parameter
from klcli.families.family.family import family

__all__ = ["Deterministic"]


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
