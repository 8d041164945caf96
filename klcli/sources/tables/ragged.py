"""Refusal of columns that are no table."""

from collections.abc import Sequence

from klcli.engines.arrays.array_table import ArrayColumn
from klcli.errors import Unreadable

__all__ = ["refuse_ragged"]


def refuse_ragged(name: str, columns: Sequence[ArrayColumn]) -> None:
    """Refuses no columns, columns of one name, and columns of different lengths.

    Raises:
        Unreadable: there are such.
    """
    if not columns:
        raise Unreadable("there are no columns", place=name)
    names = [each.column.name for each in columns]
    for each in names:
        if names.count(each) > 1:
            raise Unreadable(f"two columns have the same name, {each!r}", place=name, hint="rename one of them")
    if len({each.rows for each in columns}) > 1:
        raise Unreadable("the columns have different numbers of rows", place=name)
