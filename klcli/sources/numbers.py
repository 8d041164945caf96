"""A number as people write it: a decimal, or an exact fraction such as 1/3."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.support.optional_package import installed, need

__all__ = ["orjson_loads", "parse_number", "parse_numbers"]

_REPAID = 5_000  # numbers, for which `float` takes as long as orjson takes to be imported
_AT_ONCE = 100_000  # numbers at most, as orjson holds them as text and as objects besides

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


def parse_numbers(texts: Sequence[str]) -> tuple[Array, Mask | None]:
    """Returns what parse_number gives for each, and whether it is a number, shape (k,); None where all are."""
    together = ",".join(texts)
    if together.isascii() and "_" not in together:
        values = _decimals(texts, together) if len(texts) <= _AT_ONCE else _in_parts(texts)
        if values is not None:
            return values, None
    numbers = [parse_number(text) for text in texts]
    are_numbers = np.array([number is not None for number in numbers])
    return np.array([0.0 if number is None else number for number in numbers]), are_numbers


def orjson_loads() -> Callable[[bytes], Any] | None:
    """Returns what reads JSON by orjson, where that is installed, once its import is repaid."""
    return _decimals.loads


class _Decimals:
    """Reads many decimals: by orjson, where that is installed, once so many have come that its import is repaid."""

    def __init__(self) -> None:
        self._until_repaid = _REPAID
        self.loads: Any = None
        self._array: Any = None

    def __call__(self, texts: Sequence[str], together: str) -> Array | None:
        """The numbers, shape (k,); None where one is no decimal. `together` is all texts, with commas between."""
        if self.loads is not None:
            values = self._by_orjson(texts, together)
            if values is not None:
                return values
        if self._until_repaid > 0:
            self._until_repaid -= len(texts)
            if self._until_repaid <= 0:
                self._array = need("array", purpose="numbers by orjson").array
                self.loads = getattr(installed("orjson"), "loads", None)
        try:
            return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
        except ValueError:
            return None

    def _by_orjson(self, texts: Sequence[str], together: str) -> Array | None:
        """As above; None also for what is a number to `float` and none in JSON, such as .5 and +1."""
        try:
            values = self.loads(f"[{together}]")
            # a text with a comma, a list or a string of several would make their number another
            if len(values) != len(texts) or not values:
                return None
            # a whole number is exact, but has no -0; true and false would be taken for numbers
            if ("-" in together or "u" in together or "s" in together) and set(map(type, values)) != {float}:
                return None
            return np.frombuffer(self._array("d", values))
        except (TypeError, ValueError):
            return None


_decimals = _Decimals()


def _in_parts(texts: Sequence[str]) -> Array | None:
    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        values = _decimals(some, ",".join(some))
        if values is None:
            return None
        parts.append(values)
    return np.concatenate(parts)
