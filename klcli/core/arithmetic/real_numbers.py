"""Arrays of real numbers of any type, bfloat16 included, which numpy lacks."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BFLOAT16", "real_array", "widened"]

BFLOAT16 = np.dtype([("bfloat16", np.uint16)])  # its bits, under a name that no other array has


def widened(values: NDArray[Any]) -> NDArray[Any]:
    """Returns bfloat16 as the float32 whose upper half it is; other values unchanged."""
    if values.dtype != BFLOAT16:
        return values
    return (values["bfloat16"].astype(np.uint32) << np.uint32(16)).view(np.float32)


def real_array(values: ArrayLike) -> NDArray[Any]:
    """Returns real numbers of any type, BFLOAT16 included, as an array; texts and objects as doubles.

    Raises:
        TypeError, ValueError: not all are real numbers.
    """
    with warnings.catch_warnings(action="ignore"):  # before numpy 1.24, rows of unequal length are a warning
        array = np.asarray(values)
    if array.dtype.kind in "OSU":
        array = array.astype(np.float64)
    if array.dtype.kind not in "biuf" and array.dtype != BFLOAT16:
        raise TypeError(f"numbers of the type {array.dtype}")
    return array
