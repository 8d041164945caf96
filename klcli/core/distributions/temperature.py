"""Division of logits by a temperature, and the refusal of wrong temperatures and of logits that overflow."""

from math import inf
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array, Mask
from klcli.errors import NotADistribution, Place, UsageError

__all__ = ["check_temperature", "divided", "overflows", "refuse_overflow"]


def check_temperature(temperature: Any) -> None:
    """Refuses what is not a finite number above 0.

    Raises:
        UsageError: it is another number, or of another type.
    """
    try:
        is_above = np.ndim(temperature) == 0 and bool(0 < temperature < inf)
    except (TypeError, ValueError):
        is_above = False
    if not is_above:
        found = f"{temperature:g}" if isinstance(temperature, Real) else repr(temperature)
        raise UsageError(f"the temperature is {found}, not a number above 0")


def divided(values: NDArray[Any], temperature: float) -> Array:
    """Returns numbers as doubles in C order, divided by the temperature; infinite where they overflow."""
    doubles = np.ascontiguousarray(values, dtype=np.float64)
    if temperature == 1:
        return doubles
    with np.errstate(over="ignore"):
        return doubles / temperature


def overflows(logits: NDArray[Any], temperature: float) -> Mask:
    """Returns True where a finite logit divided by the temperature is not finite."""
    doubles = divided(logits, 1)
    return np.isfinite(doubles) & np.isinf(divided(doubles, temperature))


def refuse_overflow(where: Place, logits: NDArray[Any], temperature: float) -> None:
    """Refuses a row with a logit that overflows.

    Raises:
        NotADistribution: there is one; the message names the row as `where`, and the column.
    """
    is_beyond = overflows(logits, temperature)
    if is_beyond.any():
        column = int(is_beyond.argmax())
        raise NotADistribution(
            f"column {column + 1}: {float(logits[column]):.6g} divided by the temperature "
            f"{temperature:g} is beyond 1.8e308, the largest number of a double",
            place=where,
            hint="write -inf for mass 0",
        )
