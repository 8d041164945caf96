"""A number as people write it: a decimal, or an exact fraction such as 1/3."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["parse_number", "parse_numbers"]

_FRACTION = re.compile(r"\s*([+-]?[0-9]{1,300})\s*/\s*([0-9]{1,300})\s*")


def parse_number(text: str) -> float | None:
    """Returns the double nearest to what is written, or None where it is no number.

    "nan" and "inf" are numbers here, so that they are refused as masses and not taken for a header.
    """
    if not text.isascii() or "_" in text:  # float() takes 1_000 and ٣
        return None
    try:
        return float(text)
    except ValueError:
        fraction = _FRACTION.fullmatch(text) if "/" in text else None
    if fraction is None or int(fraction[2]) == 0:
        return None
    return int(fraction[1]) / int(fraction[2])


def parse_numbers(texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Returns what parse_number gives for each, and whether it is a number, shape (k,); None where all are."""
    together = "".join(texts)
    if together.isascii() and "_" not in together:
        try:
            return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts)), None
        except ValueError:
            pass  # one of them is a fraction, or none
    numbers = [parse_number(text) for text in texts]
    return np.array([number or 0.0 for number in numbers]), np.array([number is not None for number in numbers])
