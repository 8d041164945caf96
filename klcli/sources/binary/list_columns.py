"""Columns of lists in Parquet and Arrow, each list the distribution of its row, as datasets of logits have them."""

from typing import Any

from klcli.core.arithmetic.types import Array
from klcli.errors import Place, Unreadable
from klcli.sources.formats.query import RowQuery
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = ["are_lists_of_numbers", "chosen_list", "rows_of_lists"]


def chosen_list(arrow: Any, schema: Any, among: list[int], query: RowQuery, source: str) -> int | None:
    """Returns the position of the column of lists that holds the distributions; None if no column has lists.

    Lists of floats take precedence over lists of integers, which mostly are tokens.

    Raises:
        Unreadable: the query names another column, or several hold lists and it names none.
    """
    lists = [at for at in among if are_lists_of_numbers(arrow, schema.field(at).type)]
    floats = [at for at in lists if arrow.types.is_floating(schema.field(at).type.value_type)]
    names = {schema.names[at]: at for at in (lists if query.array is not None else floats or lists)}
    if not names:
        query.refuse_array(source)
        return None
    return names[query.choose(list(names), source, "list column")]


def are_lists_of_numbers(arrow: Any, kind: Any) -> bool:
    """Returns True for a type whose values are lists of numbers."""
    types = arrow.types
    if not any(is_kind(kind) for is_kind in (types.is_list, types.is_large_list, types.is_fixed_size_list)):
        return False
    return bool(types.is_floating(kind.value_type) or types.is_integer(kind.value_type))


def rows_of_lists(arrow: Any, source: str, column: Any, name: str, length: int, first: int) -> Array:
    """Returns the lists of a pyarrow column as rows, shape (n, length).

    Args:
        first: the index of the first row, for messages.

    Raises:
        Unreadable: a list is missing, has another length, or holds a null.
    """

    def place(row: int) -> Place:
        return Place(source).then(Place.nth("row", first + row)).then(repr(shorten(name)))

    if column.null_count:
        row = column.is_null().to_pylist().index(True)
        raise Unreadable("there is no list", place=place(row), hint="remove rows without one")
    if not arrow.types.is_fixed_size_list(column.type):
        lengths = column.value_lengths().to_numpy(zero_copy_only=False)
        if (lengths != length).any():
            row = int((lengths != length).argmax())
            raise Unreadable(
                f"{lengths[row]:,} numbers, and lists of other lengths in other rows",
                place=place(row),
                hint=Sentence("cut or pad them to one length, or write JSON lines and pass ", Option("--column", name)),
            )
    values = column.flatten()
    if values.null_count:
        at = values.is_null().to_pylist().index(True)
        raise Unreadable("there is no number", place=place(at // length).then(Place.nth("value", at % length)))
    numbers: Array = values.to_numpy(zero_copy_only=False)
    return numbers.reshape(len(column), length)
