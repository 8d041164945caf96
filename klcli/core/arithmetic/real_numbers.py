"""Arrays of real numbers of any type, bfloat16 included, which numpy lacks."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BFLOAT16", "ComplexNumbersError", "real_array", "widened"]

BFLOAT16 = np.dtype([("bfloat16", np.uint16)])  # its bits, under a name that no other array has


class ComplexNumbersError(ValueError):
    """The numbers are complex."""


def widened(values: NDArray[Any]) -> NDArray[Any]:
    """Returns bfloat16 as the float32 whose upper half it is; other values unchanged."""
    if values.dtype != BFLOAT16:
        return values
    return (values["bfloat16"].astype(np.uint32) << np.uint32(16)).view(np.float32)


def real_array(values: ArrayLike) -> NDArray[Any]:
    """Returns real numbers of any type as an array; texts and objects as doubles, what is missing as NaN.

    Both bfloat16 of ml_dtypes and BFLOAT16 are returned as BFLOAT16. Of a column of lists each is a row.

    Raises:
        ValueError: not all are real numbers, or rows differ in length; the message says which.
    """
    with warnings.catch_warnings(action="ignore"):  # before numpy 1.24, rows of unequal length are a warning
        try:
            array = np.asarray(values)
        except ValueError:
            array = _stacked(values)
    if array.dtype == object and array.ndim == 1 and array.size and _is_row(array[0]):
        array = _stacked(array)
    if array.dtype.kind in "OSU":
        return _doubles(array)
    if array.dtype.name == "bfloat16":  # of ml_dtypes
        return array.view(np.uint16).view(BFLOAT16)
    if array.dtype.kind == "V" and array.dtype.names is None:  # another of its types
        return _doubles(array)
    if array.dtype.kind == "c":
        raise ComplexNumbersError(f"the type is {array.dtype}")
    if array.dtype.kind not in "biuf" and array.dtype != BFLOAT16:
        raise ValueError(f"the type is {array.dtype}")
    return array


def _is_row(value: object) -> bool:
    return isinstance(value, (list, tuple, np.ndarray))


def _stacked(rows: Any) -> NDArray[Any]:
    """Returns rows of equal length, each a sequence, as one array."""
    first = 0
    for number, row in enumerate(rows, 1):
        if not _is_row(row):
            raise ValueError(f"row {number} is {str(row)[:40]}, not a list of numbers")
        first = first or len(row)
        if len(row) != first:
            raise ValueError(f"row {number} has the length {len(row)}, and row 1 has {first}")
    return np.asarray([list(row) for row in rows])


def _doubles(array: NDArray[Any]) -> NDArray[Any]:
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        pass
    found = np.empty(array.size)
    for at, value in enumerate(array.ravel().tolist()):
        found[at] = _double(value, _place(at, array.shape))
    return found.reshape(array.shape)


def _double(value: object, place: str) -> float:
    if value is None or type(value).__name__ == "NAType":  # of pandas
        return np.nan
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"{place}{str(value)[:40]!r} where a number belongs") from None


def _place(at: int, shape: tuple[int, ...]) -> str:
    row, column = divmod(at, shape[-1] if shape else 1)
    return f"row {row + 1}: column {column + 1}: " if len(shape) > 1 else f"value {at + 1}: " * bool(shape)
