"""Delimited text, and what shells print: recognised; a header if the first row holds names in place of numbers.

Blank lines and lines that begin with # are skipped. Labels are kept to the letter. A text is read by the fastest reader
that is certain to find in it what the csv module finds: duckdb for huge files, whole arrays for large ones, orjson or
`str.split` for small ones. Anything irregular is read by the csv module, which also gives errors their place.
"""

import codecs
import csv
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError, Place
from klcli.notes import Note
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.numbers import orjson_loads
from klcli.sources.formats.input_format import OF_CELLS, input_format
from klcli.sources.formats.query import Query, RowQuery
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.text.dialect import DELIMITERS, LINES_EXAMINED, split_lines
from klcli.sources.text.headed_table import split_header
from klcli.sources.text.layout import Form, Layout, find_layout
from klcli.sources.text.layout_rows import layout_rows, refuse_ragged, without_nulls
from klcli.sources.text.observed import labels_after_numbers, observed_in
from klcli.sources.text.plain_table import PlainTable, small_table
from klcli.sources.text.stated_delimiter import as_stated
from klcli.support.optional_package import installed

if TYPE_CHECKING:  # kl compute starts without the modules of rows
    from klcli.sources.formats.row_source import RowSource

AnyQuery = TypeVar("AnyQuery", Query, RowQuery)

__all__ = ["HUGE", "LARGE", "head_of", "open_delimited", "plain_table", "read_delimited", "read_rows", "read_sheet"]

LARGE = 100_000  # bytes from which whole arrays are faster than splitting
HUGE = 15_000_000  # bytes from which duckdb is faster, its import included (0.1 s of processor time)

_HEAD = 100_000  # characters that decide the delimiter
_WIDEST = 100_000  # columns, each of which takes 2 KB while it is read

csv.field_size_limit(2**31 - 1)  # csv refuses cells above 131,072 characters otherwise, which the fast readers read

_PLAIN, _HEADED = Query(), Query(header=True)


def open_delimited(source: ByteSource, query: RowQuery) -> "RowSource":
    """Returns the rows of a table in text.

    Raises:
        Unreadable: the table is empty, or two columns have the same name.
    """
    from klcli.sources.text.delimited_rows import DelimitedRows

    query.refuse_array(source.name)
    source, query = _as_stated(source, query)
    return DelimitedRows(source, query)


@input_format(
    "csv",
    summary="text: commas, tabs, semicolons, bars, blanks, uniq -c, drawn tables",
    suffixes=(".csv", ".tsv", ".txt"),
    aliases=("tsv", "delimited"),
    open_rows=open_delimited,
    options=OF_CELLS | {"--delimiter"},
)
def read_delimited(source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions of a table in text.

    Raises:
        Unreadable: the text is not a table, or its columns cannot be identified.
        NotADistribution: a cell that must hold a number does not.
    """
    labelled = _labelled(source, query)
    if labelled is not None:
        return (labelled,)
    source, query = _as_stated(source, query)
    layout = find_layout(head_of(source), query.dialect, wants_numbers=not all(query.samples))
    if layout.form is Form.DELIMITED and not query.dialect.nulls:
        try:
            scanned = _scanned(source, query, layout.delimiter)
            if scanned is not None:
                return scanned
            plain = plain_table(source.data, layout.delimiter)
            columns = [] if plain is None else plain.columns if any(query.samples) else _heads(plain.columns)
            if plain is not None and not _has_blank_row(columns):
                return _observed(source, query, plain)
        except (InputError, OSError):
            pass  # the csv module reads it again, and gives the error its line
    return observed_in(source, query, PlainTable(*read_rows(source, query.dialect, layout)), layout)


def read_sheet(source: ByteSource, query: Query, notes: tuple[Note, ...]) -> tuple[RawNumbers, ...]:
    """Returns the distributions of a spreadsheet, given as CSV with a line for each row; errors as above."""
    layout = Layout(Form.DELIMITED)
    cells = PlainTable(*read_rows(source, query.dialect, layout))
    return observed_in(source, query, cells, layout, notes, lambda line: Place.nth("row", line - 1))


def _as_stated(source: ByteSource, query: AnyQuery) -> tuple[ByteSource, AnyQuery]:
    """Returns a text and what is wanted from it, with the delimiter that the first line of the text states."""
    source, dialect = as_stated(source, query.dialect)
    return source, query if dialect is query.dialect else query._replace(dialect=dialect)


def _labelled(source: ByteSource, query: Query) -> RawNumbers | None:
    """Returns the distribution of a small table of labels and masses; None before the import of orjson pays off."""
    loads = orjson_loads()
    if loads is None or source.size >= min(LARGE, HUGE) or query not in (_PLAIN, _HEADED):
        return None
    from klcli.sources.text.csv_via_json import read_via_json

    data = source.data
    return read_via_json(source.name, data, loads, is_asked=query.header is True) if len(data) < LARGE else None


def head_of(source: ByteSource) -> str:
    """Returns the first lines of a text; its bytes are checked when it is read."""
    if source.path is not None and source.size >= HUGE:
        try:
            with open(source.path, "rb") as file:
                head = file.read(_HEAD)
        except OSError:
            return ""
    else:
        head = source.data[:_HEAD]
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16" if is_utf16 else "utf-8-sig", "replace")


def _scanned(source: ByteSource, query: Query, delimiter: str = ",") -> tuple[RawNumbers, ...] | None:
    """Returns the distributions of a huge file as duckdb reads them; None if it is not installed or not certain."""
    if source.path is None or any(query.samples) or query.every or source.size < HUGE or installed("duckdb") is None:
        return None
    if not query.dialect.is_plain:
        return None
    with open(source.path, "rb") as file:
        head = file.read(_HEAD)
    if len(head) == _HEAD:
        head = head.rpartition(b"\n")[0]
        if head.count(b"\n") < 2 * LINES_EXAMINED:
            return None
    table = small_table(head, lambda _: delimiter)
    if table is None or _has_blank_row(_heads(table.columns)):
        return None
    header, below = split_header(source, query, table)
    if labels_after_numbers(header, query, below.columns) is not None:  # it takes all cells to decide
        return None
    from klcli.sources.text.duckdb_scan import scan_text

    return scan_text(source.name, os.fspath(source.path), query, delimiter, header, below)


def plain_table(data: bytes, delimiter: str) -> PlainTable | None:
    """Returns the cells of a text without quotes, blank lines and the like; else None."""
    if len(data) >= LARGE:
        if _may_be_too_wide(data):
            return None
        from klcli.sources.text.vectorised_csv import vectorised_table

        return vectorised_table(data, lambda _: delimiter)
    return small_table(data, lambda _: delimiter)


def _observed(source: ByteSource, query: Query, plain: PlainTable) -> tuple[RawNumbers, ...]:
    return observed_in(source, query, plain, Layout(Form.DELIMITED))


def _heads(columns: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    return [column[:1] for column in columns]


def _has_blank_row(columns: Sequence[Sequence[str]]) -> bool:
    """Returns True if every cell of some row is blank.

    Where numbers are wanted, only the first row needs this check: below it, a blank cell is refused as a number.
    """
    blank = [row for row, cell in enumerate(columns[0]) if not cell.strip()]
    return any(all(not column[row].strip() for column in columns[1:]) for row in blank)


def read_rows(
    source: ByteSource, dialect: TextDialect, layout: Layout, *, keeps_empty_cells: bool = False
) -> tuple[list[int], list[Sequence[str]]]:
    """Returns the line number of each row, and the columns, as the csv module reads them.

    Raises:
        Unreadable: a quote is left open, there are no rows or too many columns, or the widths of rows differ.
    """
    lines: list[int] = []
    rows: list[list[str]] = []
    found = layout_rows(source, split_lines(source.text()), layout, keeps_empty_cells=keeps_empty_cells)
    for line, row in found:
        if len(row) > _WIDEST:
            raise source.unreadable(
                f"{len(row):,} columns, above {_WIDEST:,}",
                hint="a distribution is a column, with an outcome in each row",
            )
        lines.append(line)
        rows.append(without_nulls(row, dialect))
    if not rows:
        raise source.unreadable("empty: there are no values")
    refuse_ragged(source, lines, rows, layout)
    return lines, list(zip(*rows, strict=True))


def _may_be_too_wide(data: bytes) -> bool:
    """Returns True if the first line has too many delimiters; some may be quoted, so the csv module decides."""
    end = data.find(b"\n")
    end = len(data) if end < 0 else end
    return max(data.count(mark.encode(), 0, end) for mark in DELIMITERS) >= _WIDEST
