"""Texts that stand for a missing value, and the cells of any type that they spell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import inf, isinf
from numbers import Integral, Real
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Mask
from klcli.tables.cell_text import number_of, spelled_number, time_of
from klcli.tables.column import Storage

__all__ = ["NONE_MISSING", "MissingCells"]

_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True)
class MissingCells:
    """Texts that stand for a missing value.

    Attributes:
        texts: To the letter; a number, however it is spelled, a time or a truth value that one spells is missing, too.
        words: Texts in lower case, which are missing in any case, and with blanks around them.
    """

    texts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts or self.words)

    @cached_property
    def numbers(self) -> tuple[Decimal, ...]:
        """The finite numbers that texts spell."""
        found = ((text, number_of(text)) for text in self.texts)
        return tuple(Decimal(text.strip()) for text, value in found if value is not None and abs(value) < inf)

    @cached_property
    def spelled(self) -> tuple[float, ...]:
        """The numbers that are missing in texts, however they are spelled there."""
        return tuple(value for value in map(spelled_number, self.texts) if value is not None)

    @cached_property
    def integers(self) -> tuple[int, ...]:
        """The integers of 64 bits that texts spell."""
        return tuple(int(each) for each in self.numbers if each == each.to_integral_value() and abs(each) < 2**63)

    @cached_property
    def doubles(self) -> tuple[float, ...]:
        """The numbers that texts spell as doubles, and as a float of 32 bits holds them; infinity only if spelled."""
        found = [value for value in map(number_of, self.texts) if value is not None]
        with np.errstate(over="ignore"):
            singles = [float(each) for each in np.array(found, dtype=np.float32)]
        return tuple(dict.fromkeys([*found, *(each for each in singles if not isinf(each))]))

    @cached_property
    def instants(self) -> tuple[int, ...]:
        """The times that texts spell, in microseconds since 1970."""
        return tuple(value for value in map(time_of, self.texts) if value is not None)

    @cached_property
    def truths(self) -> tuple[bool, ...]:
        """The truth values that texts spell."""
        return tuple(_TRUTHS[text.lower()] for text in self.texts if text.lower() in _TRUTHS)

    def holds(self, cell: object) -> bool:
        """Returns True if a cell of any type is missing; None is the empty text."""
        if cell is None or isinstance(cell, str):
            text = cell or ""
            is_named = text in self.texts or (bool(self.words) and text.strip(" ").lower() in self.words)
            return is_named or (bool(self.spelled) and spelled_number(text) in self.spelled)
        if isinstance(cell, (bool, np.bool_)):
            return cell in self.truths
        if isinstance(cell, Integral):
            return int(cell) in self.numbers
        if isinstance(cell, Decimal):
            return cell in self.numbers
        if isinstance(cell, Real):
            return cell in self.doubles
        return str(cell) in self.texts or time_of(str(cell)) in self.instants

    def absent(self, columns: Iterable[tuple[Storage, Any]]) -> tuple[str, ...]:
        """Returns the texts that stand for no cell of columns, each given by its storage and its values."""
        left = [text for text in self.texts if text]
        for storage, values in columns:
            if not left:
                break
            cells = list(set(values.tolist())) if storage in (Storage.TEXT, Storage.DECIMAL) else values
            left = [text for text in left if not MissingCells((text,)).mask(storage, cells).any()]
        return tuple(left)

    def mask(self, storage: Storage, values: Any) -> Mask:
        """Returns the mask of the cells of a column that are missing, shape (n,); of nulls it says anything."""
        constants: Sequence[Any] = ()
        match storage:
            case Storage.TEXT | Storage.DECIMAL:
                return np.fromiter(map(self.holds, values), dtype=bool, count=len(values))
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
