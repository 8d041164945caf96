"""Numbers as text, as repr writes them (the shortest text that gives the number back), many at a time.

orjson (extra `fast`) takes a tenth of the time and writes the same digits, but exponents as 1e-7 instead of 1e-07, so
numbers with an exponent are left to repr.
"""

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.support.optional_package import imported

__all__ = ["joined_numbers", "number_texts"]

_LEAST, _END = 1e-4, 1e16  # range in which repr writes no exponent


def joined_numbers(values: Array, between: str, infinity: str = "Infinity") -> str:
    """Returns the texts of `number_texts` with a text between them, which takes a fourth of the time."""
    orjson = imported("orjson")
    if orjson is None or not values.size or _differ(values).any():
        return between.join(number_texts(values, infinity))
    text: str = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].decode()
    return text.replace("null", infinity).replace(",", between)


def number_texts(values: Array, infinity: str = "Infinity") -> list[str]:
    """Returns each number as text.

    Args:
        values: Shape (n,), none negative, none NaN. infinity: Text for infinity.
    """
    numbers = values.tolist()
    orjson = imported("orjson")  # importing it costs as much as 10,000 calls of repr
    if orjson is None or not numbers:
        texts = list(map(repr, numbers))
    else:
        texts = orjson.dumps(numbers)[1:-1].decode().split(",")
        for index in np.flatnonzero(_differ(values)).tolist():
            texts[index] = repr(numbers[index])
    for index in np.flatnonzero(values == np.inf).tolist():
        texts[index] = infinity
    return texts


def _differ(values: Array) -> Mask:
    """Returns a mask of the finite numbers that repr writes with an exponent."""
    return (values < _LEAST) & (values != 0) | (values >= _END) & (values < np.inf)
