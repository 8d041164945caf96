"""The first row of a table in text: the names of its columns, or data."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.label_texts import PackedText
from klcli.errors import Place
from klcli.notes import listing
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.header import (
    NO_HEADER,
    TITLES,
    cure_of_first,
    is_asked,
    may_be_header,
    named_part,
    observed_cells,
)
from klcli.sources.columns.numbers import parse_numbers
from klcli.sources.columns.told_by_cells import are_blank
from klcli.sources.columns.written_numbers import parse_column, parse_written
from klcli.sources.formats.query import Query
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.text.plain_table import PlainTable

__all__ = ["Header", "numbers_of", "split_header"]


class Header(NamedTuple):
    """The first row of a text, read as names of columns or as data.

    Attributes:
        names: of the columns; their numbers if there is no header.
        line: of a header that was recognised without being asked for; else None.
        hint: the cure for an error in a first row that was read as data.
        heading: how the first row was read, in a few words.
    """

    names: Sequence[str]
    line: int | None
    hint: str | None
    heading: str


def split_header(source: ByteSource, query: Query, plain: PlainTable) -> tuple[Header, PlainTable]:
    """Returns the header of a table, and the rows below it.

    Raises:
        Unreadable: two columns have the same name, or there are no rows below the header.
    """
    lines, columns = plain
    first = tuple([column[0] for column in columns])
    named = named_part(first)
    is_title = len(named) == 1 < len(columns) and not (is_asked(first, query) or all(map(are_blank, columns[1:])))
    if is_title or not _is_header(named, columns, query):
        numbers = [str(number + 1) for number in range(len(columns))]
        return Header(numbers, None, None if query.header is False else _cure_of_first(plain), NO_HEADER), plain
    if len({name for name in first if name.strip()}) < sum(bool(name.strip()) for name in first):
        raise source.unreadable("two columns have the same name", place=Place(line=lines[0]))
    if len(lines) == 1:
        raise source.unreadable("there is a header, but no values below it")
    line = None if is_asked(first, query) else lines[0]
    below = PlainTable(lines[1:], [column[1:] for column in columns])
    return Header(first, line, None, f"header: {listing(first)}"), below


_FEW = 32  # cells, which are parsed faster one by one


def numbers_of(column: Sequence[str], dialect: TextDialect = PLAIN) -> tuple[Array, Mask | None]:
    """Returns the numbers in a column, shape (k,), and which cells are numbers, or None if all are."""
    return parse_column(column, dialect, _plain_numbers)


def _plain_numbers(column: Sequence[str]) -> tuple[Array, Mask | None]:
    if type(column) is PackedText and len(column) > _FEW:
        from klcli.sources.text.decimals import parse_decimals

        return parse_decimals(column)
    return parse_numbers(column)


def _cure_of_first(plain: PlainTable) -> str:
    lines, columns = plain.lines[:TITLES], plain.columns
    return cure_of_first(lines, [[column[row] for column in columns] for row in range(len(lines))])


def _is_header(first: tuple[str, ...], columns: Sequence[Sequence[str]], query: Query) -> bool:
    if not may_be_header(first, query):
        return False
    observed = None if is_asked(first, query) else observed_cells(first, query)
    return observed is None or all(_are_numbers(columns[at][1:], query.dialect) for at in observed)


def _are_numbers(column: Sequence[str], dialect: TextDialect) -> bool:
    """Returns True if there are numbers, and all other cells are missing."""
    first = next(filter(None, column), "")  # which answers for most columns
    if parse_written(first, dialect) is None:
        return False
    _, are_numbers = numbers_of(column, dialect)
    return are_numbers is None or not any(column[row] for row in np.flatnonzero(~are_numbers).tolist())
