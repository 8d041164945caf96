"""A number as people write it: a decimal, or an exact fraction such as 1/3."""

import re

__all__ = ["parse_number"]

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
        fraction = _FRACTION.fullmatch(text)
    if fraction is None or int(fraction[2]) == 0:
        return None
    return int(fraction[1]) / int(fraction[2])
