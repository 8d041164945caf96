"""Tables of delimited text: counted by duckdb where they are large and regular, else read cell by cell."""

import csv
import os
from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from typing import NamedTuple

import numpy as np

from klcli.engines.arrays.array_table import ArrayColumn, ArrayTable
from klcli.engines.countable import Countable
from klcli.errors import Unreadable
from klcli.notes import Note, decimal_marks, header_assumed, listing, total_is_row
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.header import cure_of_title, is_name
from klcli.sources.columns.number_forms import suspect_of_column
from klcli.sources.columns.numbers import parse_number
from klcli.sources.columns.totals import total_row
from klcli.sources.columns.written_numbers import plain_numbers
from klcli.sources.tables.condition import rows_where
from klcli.sources.tables.options import TableOptions
from klcli.sources.text.layout import Form, find_layout
from klcli.sources.text.stated_delimiter import as_stated, states_delimiter
from klcli.sources.text.table_cells import column_names, read_cells
from klcli.support.optional_package import installed
from klcli.tables.column import Column, Storage
from klcli.tables.missing_cells import MissingCells

__all__ = ["FEW_LINES", "LARGE", "text_files"]

LARGE = 1_000_000  # bytes of delimited text from which duckdb repays its import, 0.1 s
FEW_LINES = 3_000  # up to which numpy is faster and takes less memory: duckdb plans 1 ms for each column
_WIDE = 50_000_000  # bytes of these from which cells as texts take a gigabyte
_HEAD = 100_000  # bytes that decide the delimiter
_BLOCK = 1 << 20  # bytes of which the lines are counted at once
_EXAMINED = 20  # cells of a column that show how its numbers are written


def text_files(word: str, sources: Sequence[ByteSource], options: TableOptions) -> Countable:
    """Returns the rows of one text or of several, one after the other, which must have the same columns.

    Raises:
        Unreadable: one is not a table, or they have other columns.
    """
    if len(sources) > 1:
        return rows_where(_appended(word, [_cells_table(source, options) for source in sources]), options.where)
    found = _counted_by_duckdb(word, sources[0], options)
    return found or rows_where(_cells_table(sources[0], options), options.where)


def _counted_by_duckdb(word: str, source: ByteSource, options: TableOptions) -> Countable | None:
    """Returns a long text as duckdb counts it; None if it is short, or duckdb might read it differently."""
    if source.path is None or source.size < LARGE or installed("duckdb") is None:
        return None
    if not options.dialect.has_plain_numbers or options.dialect.delimiter == " ":
        return None
    from klcli.engines.duckdb.text_files import text_table

    with open(source.path, "rb") as file:
        head = file.read(_HEAD)
    if states_delimiter(head):
        return None
    looks = _looked_at(os.fspath(source.path))
    if not looks.is_regular or (looks.lines <= FEW_LINES and source.size < _WIDE):
        return None
    text = head.decode("utf-8-sig", "replace")
    form, delimiter = find_layout(text, options.dialect, wants_numbers=False)
    if form is not Form.DELIMITED:
        return None
    line = text.partition("\n")[0]
    first = next(csv.reader([line], delimiter=delimiter), [])
    if not first or line.count('"') % 2:  # a name may go on in the next line
        return None
    has_header = options.has_header is not False
    names = column_names(source, first, 1) if has_header else tuple(str(at + 1) for at in range(len(first)))
    table = text_table(
        word, os.path.abspath(source.path), names, delimiter, skipped=int(has_header),
        missing=options.missing,
        threads=options.threads, where=options.where, are_tame=looks.are_tame,
        lines=looks.lines if looks.are_tame else None,
    )  # fmt: skip
    if table is not None:
        rows = csv.reader(text.splitlines()[has_header : _EXAMINED + 1][:-1], delimiter=delimiter)
        table.notes = _notes(source, names, list(zip(*rows, strict=False)), options)
    return table


class _Looks(NamedTuple):
    """Facts that the bytes of a text show.

    Attributes:
        is_regular: It has no blank lines, comments, NUL or lone carriage returns. are_tame: As of SqlTable, so that
            each line below the first is a row. lines: Number of lines.
    """

    is_regular: bool
    are_tame: bool
    lines: int


def _looked_at(path: str) -> _Looks:
    with open(path, "rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        body = data.find(b"\n")
        is_regular = data[0] not in b"\n\r#" and all(data.find(each) < 0 for each in (b"\n\n", b"\n#", b"\0"))
        has_returns = data.find(b"\r") >= 0
        if has_returns and is_regular:
            text = data[:]
            is_regular = text.count(b"\r") == text.count(b"\r\n") and b"\n\r" not in text
        is_tame = all(data.find(each, body) < 0 for each in (b'"', b"_", b"\v", b"\f"))
        lines = sum(data[start : start + _BLOCK].count(b"\n") for start in range(0, len(data), _BLOCK))
        return _Looks(is_regular, is_tame, lines + (data[-1] not in b"\n"))


def _cells_table(source: ByteSource, options: TableOptions) -> ArrayTable:
    source, dialect = as_stated(source, options.dialect)
    cells = read_cells(source, has_header=options.has_header is not False, dialect=dialect)
    columns, heads, absent = [], [], options.missing.texts
    for at, (name, texts) in enumerate(zip(cells.names, cells.columns, strict=True)):
        values = np.empty(len(cells.lines), dtype=object)
        values[:] = list(texts)
        if options.missing:
            absent = MissingCells(absent).absent([(Storage.TEXT, values)])
            values[options.missing.mask(Storage.TEXT, values)] = ""
        heads.append(values[:_EXAMINED].tolist())
        if not dialect.has_plain_numbers:
            values[:] = plain_numbers(values.tolist(), dialect)
        columns.append(ArrayColumn(Column(at, name, Storage.TEXT, "text", is_typed=False), values, values == ""))
    notes = _notes(source, cells.names, heads, options)
    if total := total_row([each.stored[0] for each in columns]):
        notes = (*notes, total_is_row(source.name, total[0] + 1, total[1]))
    table = ArrayTable(source.name, columns, notes)
    table.absent = absent
    return table


def _notes(
    source: ByteSource, names: Sequence[str], columns: Sequence[Sequence[str]], options: TableOptions
) -> tuple[Note, ...]:
    """Returns what was assumed about a text: that its first row names the columns, and how it writes numbers."""
    notes = []
    if options.has_header is None:
        _refuse_title(source, names, list(zip(*columns, strict=False)))
    if options.has_header is None and (len(names) == 1 or any(parse_number(name) is not None for name in names)):
        notes.append(header_assumed(source.name, tuple(names)))
    if options.dialect.has_plain_numbers:
        for name, cells in zip(names, columns, strict=False):
            if found := suspect_of_column(cells, options.dialect):
                notes.append(decimal_marks(source.name, name, found[0], found[1].cure_in_table()))
    return tuple(notes)


def _refuse_title(source: ByteSource, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Refuses a first row that is a title: the only cell of it stands above a row that names columns of numbers.

    Raises:
        Unreadable: it is one.
    """
    alone = [name for at, name in enumerate(names) if name != str(at + 1)]
    at = next((at for at, row in enumerate(rows) if any(map(str.strip, row))), None)
    if len(names) < 2 or len(alone) != 1 or at is None or not all(map(is_name, rows[at])):
        return
    below = [column for column in zip(*rows[at + 1 :], strict=False) if any(map(str.strip, column))]
    if any(all(not cell.strip() or parse_number(cell) is not None for cell in column) for column in below):
        raise source.unreadable(
            f"{alone[0]!r} stands alone in the first row, and a row below it names the columns: {listing(rows[at])}",
            hint=cure_of_title(at + 2),
        )


def _appended(word: str, tables: Sequence[ArrayTable]) -> ArrayTable:
    first = tables[0]
    for table in tables[1:]:
        if sorted(each.name for each in table.columns) != sorted(each.name for each in first.columns):
            raise Unreadable(f"its columns differ from those of {first.name}", place=table.name)
    at = [{each.name: each.position for each in table.columns} for table in tables]
    columns = [
        ArrayColumn.joined([table.cells(places[each.name]) for table, places in zip(tables, at, strict=True)])
        for each in first.columns
    ]
    found = ArrayTable(word, columns, tuple(dict.fromkeys(note for table in tables for note in table.notes)))
    found.absent = tuple(text for text in first.absent if all(text in table.absent for table in tables))
    return found
