"""The record of an estimate: of a divergence from samples, of a mean over rows, of Monte Carlo."""

from dataclasses import dataclass
from math import isnan

__all__ = ["Estimate"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and what is known of its error; None where it cannot be known.

    Attributes:
        value: the estimate. standard_error: of the value.
        lower, upper: ends of the interval; inf where the data allow any value, None where the samples bound none.
        level: probability that the interval holds the truth; None without interval.
        method: how it was found. count: observations, rows or draws that it rests on.
    """

    value: float
    standard_error: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    method: str = ""
    count: int | None = None

    def to_dict(self) -> dict[str, object]:
        """Returns the estimate as JSON; a value that could not be found is null."""
        return {
            "value": None if isnan(self.value) else self.value, "standard_error": self.standard_error,
            "lower": self.lower, "upper": self.upper, "level": self.level, "method": self.method, "count": self.count,
        }  # fmt: skip
