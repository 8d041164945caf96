"""Array types shared by the whole house; bfloat16, which numpy lacks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BFLOAT16", "Array", "Index", "Mask", "widened"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Mask = NDArray[np.bool_]
BFLOAT16 = np.dtype([("bfloat16", np.uint16)])  # its bits, under a name that no other array has


def widened(values: NDArray[Any]) -> NDArray[Any]:
    """Returns bfloat16 as the float32 whose upper half it is; other values unchanged."""
    if values.dtype != BFLOAT16:
        return values
    return (values["bfloat16"].astype(np.uint32) << np.uint32(16)).view(np.float32)
