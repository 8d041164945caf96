"""Numbers in cells: decimals, and fractions such as 1/3, rounded once to the nearest double."""

import re
from collections.abc import Callable, Sequence
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array, Mask
from klcli.support.optional_package import installed

__all__ = ["Decimals", "Numbers", "cell_number", "one_by_one", "orjson_loads", "parse_number", "parse_numbers"]

Numbers = Callable[[Any], tuple[Array, Mask | None]]  # of a column, as in Table

_REPAID = 5_000  # numbers that `float` parses in the time that the import of orjson takes
_AT_ONCE = 100_000  # numbers parsed by orjson in one call, which holds them as text and as objects besides

_FRACTION = re.compile(r"\s*([+-]?[0-9]{1,300})\s*/\s*([0-9]{1,300})\s*")


def parse_number(text: str) -> float | None:
    """Returns the double nearest to a written number; None if the text is not a number.

    "nan" and "inf" are numbers here, so that they are refused as masses rather than read as a header.
    """
    if not text.isascii() or "_" in text:  # float() accepts 1_000 and ٣
        return None
    try:
        return float(text)
    except ValueError:
        fraction = _FRACTION.fullmatch(text) if "/" in text else None
    if fraction is None or int(fraction[2]) == 0:
        return None
    return int(fraction[1]) / int(fraction[2])


def cell_number(cell: object) -> float | None:
    """Returns the number in a cell of a database, which may be a text that spells one; None if it holds none."""
    if isinstance(cell, str):
        return parse_number(cell)  # SQLite keeps a number as text in a column of texts
    return float(cell) if isinstance(cell, SupportsFloat) and not isinstance(cell, bool) else None


def one_by_one(number: Callable[[object], float | None]) -> Numbers:
    """Returns the `numbers` of a Table from a function that maps one cell to its number, or to None."""

    def numbers(column: Sequence[object] | NDArray[Any]) -> tuple[Array, Mask]:
        if isinstance(column, np.ndarray):
            return column.astype(np.float64), np.ones(len(column), dtype=bool)
        found = list(map(number, column))
        are_numbers = np.array([each is not None for each in found])
        return np.array([each if each is not None else 0.0 for each in found]), are_numbers

    return numbers


def parse_numbers(texts: Sequence[str], by: "Decimals | None" = None) -> tuple[Array, Mask | None]:
    """Returns the numbers in texts, shape (k,), and a mask of the texts that are numbers, or None if all are.

    Args:
        by: what parses decimals; None for that of the process.
    """
    by = by or _DECIMALS
    together = ",".join(texts)
    if together.isascii() and "_" not in together:
        values = by.parse(texts, together)
        if values is not None:
            return values, None
    numbers = [parse_number(text) for text in texts]
    are_numbers = np.array([number is not None for number in numbers])
    return np.array([0.0 if number is None else number for number in numbers]), are_numbers


def orjson_loads() -> Callable[[bytes], Any] | None:
    """Returns `orjson.loads`; None where orjson is not installed, or its import has not paid off yet."""
    return _DECIMALS.loads


class Decimals:
    """Parses many decimals: by orjson, if installed, as soon as enough were parsed for its import to pay off.

    Args:
        repaid: how many those are. at_once: how many orjson parses in one call.
    """

    def __init__(self, repaid: int = _REPAID, at_once: int = _AT_ONCE) -> None:
        self._until_repaid, self._at_once = repaid, at_once
        self.loads: Any = None
        self._array: Any = None

    def parse(self, texts: Sequence[str], together: str) -> Array | None:
        """Returns the numbers, shape (k,); None if a text is not a decimal. `together` joins the texts by commas."""
        if len(texts) <= self._at_once:
            return self._parse_at_once(texts, together)
        parts = []
        for start in range(0, len(texts), self._at_once):
            some = texts[start : start + self._at_once]
            values = self._parse_at_once(some, ",".join(some))
            if values is None:
                return None
            parts.append(values)
        return np.concatenate(parts)

    def _parse_at_once(self, texts: Sequence[str], together: str) -> Array | None:
        if self.loads is not None:
            values = self._by_orjson(texts, together)
            if values is not None:
                return values
        if self._until_repaid > 0:
            self._until_repaid -= len(texts)
            if self._until_repaid <= 0:
                from array import array

                self._array = array
                self.loads = getattr(installed("orjson"), "loads", None)
        try:
            return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
        except ValueError:
            return None

    def _by_orjson(self, texts: Sequence[str], together: str) -> Array | None:
        """Returns the numbers; None also for texts that are numbers to `float` but not in JSON, such as .5 and +1."""
        try:
            values = self.loads(f"[{together}]")
            # a text with a comma, or texts that form one list or string, would change the count
            if len(values) != len(texts) or not values:
                return None
            # an integer is exact, but loses -0; true and false would pass as numbers
            if ("-" in together or "u" in together or "s" in together) and set(map(type, values)) != {float}:
                return None
            return np.frombuffer(self._array("d", values))
        except (TypeError, ValueError):
            return None


_DECIMALS = Decimals()
