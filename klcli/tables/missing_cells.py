"""Texts that stand for a missing value, and the cells of typed columns that they spell."""

from collections.abc import Sequence
from decimal import Decimal
from math import inf
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Mask
from klcli.tables.cell_text import number_of, spelled_number, time_of
from klcli.tables.column import Storage

__all__ = ["NONE_MISSING", "MissingCells"]

_TRUTHS = {"true": True, "false": False}


class MissingCells(NamedTuple):
    """Texts that stand for a missing value.

    Attributes:
        texts: To the letter; a number, however it is spelled, a time or a truth value that one spells is missing, too.
        words: Texts in lower case, which are missing in any case.
    """

    texts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[Decimal, ...]:
        """The finite numbers that texts spell."""
        found = ((text, number_of(text)) for text in self.texts)
        return tuple(Decimal(text.strip()) for text, value in found if value is not None and abs(value) < inf)

    @property
    def spelled(self) -> tuple[float, ...]:
        """The numbers that are missing in texts, however they are spelled there."""
        return tuple(value for value in map(spelled_number, self.texts) if value is not None)

    @property
    def integers(self) -> tuple[int, ...]:
        """The integers of 64 bits that texts spell."""
        return tuple(int(each) for each in self.numbers if each == each.to_integral_value() and abs(each) < 2**63)

    @property
    def doubles(self) -> tuple[float, ...]:
        """The numbers that texts spell as doubles, and as a float of 32 bits holds them."""
        return tuple(dict.fromkeys(value for each in self.numbers for value in (float(each), float(np.float32(each)))))

    @property
    def instants(self) -> tuple[int, ...]:
        """The times that texts spell, in microseconds since 1970."""
        return tuple(value for value in map(time_of, self.texts) if value is not None)

    @property
    def truths(self) -> tuple[bool, ...]:
        """The truth values that texts spell."""
        return tuple(_TRUTHS[text.lower()] for text in self.texts if text.lower() in _TRUTHS)

    def mask(self, storage: Storage, values: Any) -> Mask:
        """Returns the mask of the cells of a column that are missing, shape (n,); of nulls it says anything."""
        constants: Sequence[Any] = ()
        match storage:
            case Storage.TEXT:
                texts, words, spelled = frozenset(self.texts), frozenset(self.words), frozenset(self.spelled)
                found = (
                    each in texts or str(each).lower() in words or (spelled and spelled_number(str(each)) in spelled)
                    for each in values
                )
                return np.fromiter(found, dtype=bool, count=len(values))
            case Storage.DECIMAL:
                numbers = frozenset(self.numbers)
                return np.array([each in numbers for each in values], dtype=bool)
            case Storage.INTEGER:
                constants = self.integers
            case Storage.FLOAT:
                constants = self.doubles
            case Storage.BOOLEAN:
                constants = self.truths
            case Storage.INSTANT:
                constants = self.instants
        return np.isin(values, constants) if constants else np.zeros(len(values), dtype=bool)


NONE_MISSING = MissingCells()
