"""An axis of a joint table: the values of a column, or the bins between cuts."""

from typing import NamedTuple

from klcli.tables.column import Read
from klcli.tables.cuts import Cut

__all__ = ["Axis"]


class Axis(NamedTuple):
    """A column as read, with the cuts between its bins, or None where each value is a cell."""

    read: Read
    cuts: tuple[Cut, ...] | None
