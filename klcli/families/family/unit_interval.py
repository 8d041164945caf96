"""Base of families on 0 < x < 1 whose densities are written in log x and log(1 - x)."""

from typing import Any

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log, log1p
from klcli.families.family.family import Family

__all__ = ["UnitInterval"]


class UnitInterval(Family):
    """A family on 0 < x < 1."""

    support = "0 < x < 1"

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, 1.0

    def log_density(self, x: Ball) -> Ball:
        return self._log_density(log(x), log1p(-x))

    def log_density_of_complement(self, y: Ball) -> Ball:
        """Returns log p(1 - y), accurate where 1 - y is nearly 1."""
        return self._log_density(log1p(-y), log(y))

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        raise NotImplementedError
