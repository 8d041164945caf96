"""A value with how it was computed: the method, a bound on the error, the formula and its source."""

from dataclasses import dataclass, replace
from math import inf

from klcli.core.estimation.record import Estimate
from klcli.errors import Undetermined
from klcli.families.family.formula import NO_FORMULA, Formula
from klcli.families.integration.monte_carlo import LEVEL
from klcli.notes import Reason

__all__ = ["Answer"]

_NEGLIGIBLE = 1e-9  # nats: an error below it matters to nobody, also where the value is 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A value in nats (or without a unit), how it was computed, and a bound on its absolute error.

    Attributes:
        method: "closed form", "sum", "quadrature" or "monte carlo".
        error: a bound on the absolute error; for Monte Carlo the standard error; infinite if no bound is known.
        source: the publication that states the formula, if there is one.
        formula: the formula.
        reason: why the value is infinite, or why its error is; None if neither is.
        interval: the 95 % confidence interval, for Monte Carlo. draws: the number of outcomes drawn.
    """

    value: float
    error: float
    method: str
    source: str = ""
    formula: Formula = NO_FORMULA
    reason: Reason | None = None
    interval: tuple[float, float] | None = None
    draws: int | None = None

    @property
    def is_determined(self) -> bool:
        """True if the error is below the value or negligible, or if there is an interval to judge it by."""
        if self.interval is not None or self.error == inf:
            return self.error < inf
        return self.error < max(abs(self.value), _NEGLIGIBLE)

    def checked(self, measure: str, *, hint: str | None = None) -> "Answer":
        """Returns the answer.

        Raises:
            Undetermined: its error is not below its value.
        """
        if self.is_determined:
            return self
        why = self.reason.text if self.reason else f"{self.value:.6g} with a bound of {self.error:.2g} on the error"
        raise Undetermined(f"no digit can be determined in doubles: {why}", hint=hint).at(measure)

    def estimate(self, unit: float) -> Estimate | None:
        """Returns the value as an estimate in a unit, given that of a nat; None if it is not one."""
        if self.interval is None:
            return None
        low, high = self.interval
        ends = (self.error * unit, low * unit, high * unit)
        return Estimate(self.value * unit, *ends, LEVEL, self.method, self.draws)

    def swapped(self) -> "Answer":
        """Returns the answer with P and Q exchanged in its formula and its reason: KL(Q‖P) is computed as a KL(P‖Q)."""
        return replace(self, formula=self.formula.swapped(), reason=self.reason and self.reason.swapped())
