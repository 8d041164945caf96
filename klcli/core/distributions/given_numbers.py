"""Real numbers in whatever Python holds them, as an array, or refused with the name of their source."""

from typing import Any

from numpy.typing import ArrayLike, NDArray

from klcli.core.arithmetic.real_numbers import ComplexNumbersError, real_array
from klcli.errors import NotADistribution
from klcli.support.foreign_arrays import refuse_masked

__all__ = ["given_numbers"]


def given_numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    """Returns real numbers of any type as an array; see `real_array`.

    Args:
        name: of the source, for errors; may be empty.

    Raises:
        NotADistribution: not all are real numbers, rows differ in length, or a value is masked.
    """
    refuse_masked(values, name)
    try:
        return real_array(values)
    except (TypeError, ValueError) as error:
        raise NotADistribution(
            f"not all are numbers: {error}",
            place=name or "the values",
            hint="pass .real if the imaginary parts are 0" if isinstance(error, ComplexNumbersError) else None,
        ) from None
