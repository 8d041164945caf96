"""All cells of a table in delimited text, as texts: for tables whose columns are samples, one beside the other."""

from collections.abc import Sequence
from typing import NamedTuple

from klcli.errors import Place
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.text.delimited import head_of, plain_table, read_rows
from klcli.sources.text.layout import Form, find_layout

__all__ = ["TableCells", "column_names", "read_cells"]


class TableCells(NamedTuple):
    """The names of columns, the line in which each row begins, and the cells, column by column."""

    names: tuple[str, ...]
    lines: Sequence[int]
    columns: Sequence[Sequence[str]]


def read_cells(source: ByteSource, *, has_header: bool = True, dialect: TextDialect = PLAIN) -> TableCells:
    """Returns the cells of a text as they are written; without a header, columns are named by their numbers.

    Raises:
        Unreadable: the text is not a table, or two columns have the same name.
    """
    layout = find_layout(head_of(source), dialect, wants_numbers=False)
    plain = plain_table(source.data, layout.delimiter) if layout.form is Form.DELIMITED else None
    lines, columns = plain or read_rows(source, dialect._replace(nulls=()), layout, keeps_empty_cells=True)
    if not has_header:
        return TableCells(tuple(str(at + 1) for at in range(len(columns))), lines, columns)
    names = column_names(source, [column[0] for column in columns], lines[0])
    return TableCells(names, lines[1:], [column[1:] for column in columns])


def column_names(source: ByteSource, first: Sequence[str], line: int) -> tuple[str, ...]:
    """Returns the names in a header; a column without a name has its number.

    Raises:
        Unreadable: two columns have the same name.
    """
    names = tuple(name if name.strip() else str(at + 1) for at, name in enumerate(first))
    seen: dict[str, int] = {}
    for at, name in enumerate(names):
        if name in seen:
            raise source.unreadable(
                f"columns {seen[name] + 1} and {at + 1} have the same name, {name!r}",
                place=Place(line=line),
                hint="rename one of them",
            )
        seen[name] = at
    return names
