"""The one check that no result is NaN: where one is, klcli has a bug, which must be seen before a limit is judged."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

__all__ = ["refuse_nan"]

Found = TypeVar("Found", bound=Mapping[str, Any])


def refuse_nan(values: Found) -> Found:
    """Returns the values, which are numbers or arrays, by what they are of.

    Raises:
        ArithmeticError: one is NaN.
    """
    for name, value in values.items():
        # a number is NaN where it differs from itself, which numpy takes twenty times as long to find
        if value != value if isinstance(value, float) else np.isnan(value).any():
            raise ArithmeticError(f"{name} is NaN")
    return values
