"""Columns of a raw table: how an engine stores them, and how their cells are read as values."""

from enum import Enum
from typing import NamedTuple

__all__ = ["Column", "Kind", "Read", "Reading", "Storage"]


class Storage(Enum):
    """Types of columns that engines tell apart; every engine's own types map to one of them."""

    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TEXT = "text"
    INSTANT = "time"  # microseconds since 1970, UTC
    UNSUPPORTED = "unsupported"


class Kind(Enum):
    """Uses of a column, decided once, on the reference."""

    NUMERIC = "numeric"
    CATEGORY = "category"
    BOOLEAN = "boolean"
    TIME = "time"
    TEXT = "text"
    ID = "id"
    EMPTY = "empty"


class Reading(Enum):
    """Ways to read a cell as a value.

    NUMBER: A number, or an instant as microseconds; of a text, the number it spells, else nothing.
    TIME: An instant as microseconds; of a text, the ISO 8601 time it spells, else nothing.
    LABEL: The cell itself: a text to the letter, a number, true or false.
    """

    NUMBER = "number"
    TIME = "time"
    LABEL = "label"


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        position: From 0. declared: Type in the words of the engine. scale: Decimal places of a DECIMAL.
        is_typed: False in a text file, where every cell is text and numbers in text are usual.
        width: Bytes of a FLOAT: 8, or fewer.
    """

    position: int
    name: str
    storage: Storage
    declared: str = ""
    scale: int = 0
    is_typed: bool = True
    width: int = 8


class Read(NamedTuple):
    """A column, and how its cells are read."""

    column: Column
    reading: Reading

    @property
    def storage(self) -> Storage:
        """The type of the values: of the column, but a text read as a number is a float, as a time an instant."""
        if self.column.storage is not Storage.TEXT or self.reading is Reading.LABEL:
            return self.column.storage
        return Storage.FLOAT if self.reading is Reading.NUMBER else Storage.INSTANT
