"""Delimited text: comma, tab or semicolon, found by looking; a header where the first row names its columns.

Blank lines and lines that begin with # are skipped. Labels are kept to the letter.
"""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.labels import PackedText
from klcli.core.distributions.raw_numbers import Observed
from klcli.errors import InputError
from klcli.notes import listing
from klcli.sources.bytes.content import Content
from klcli.sources.header import HEADER_HINT, is_asked, may_be_header, observed_cells
from klcli.sources.numbers import orjson_loads, parse_number, parse_numbers
from klcli.sources.reader import Query, reader
from klcli.sources.table import Table
from klcli.sources.text.plain_table import PlainTable, small_table
from klcli.support.optional_package import installed

__all__ = ["HUGE", "LARGE", "find_delimiter", "numbered_rows", "read_delimited"]

LARGE = 100_000  # bytes from which whole arrays are faster than the csv module
HUGE = 15_000_000  # bytes from which duckdb is faster, its import included (0.1 s of processor time)

_WIDEST = 100_000  # columns, of which each takes 2 KB while it is read
csv.field_size_limit(
    2**31 - 1
)  # the module refuses cells above 131,072 characters otherwise, which the fast readers read
_DELIMITERS = "\t;,"  # a semicolon beside commas is the delimiter of a table with decimal commas
_LOOKED_AT = 20  # rows that are looked at to find the delimiter,
_HEAD = 100_000  # in so many characters

_PLAIN, _HEADED = Query(), Query(header=True)


class Header(NamedTuple):
    """What the first row of a text says.

    Attributes:
        names: of the columns; their numbers where there is no header.
        line: of a header that nobody asked for. hint: the cure for what is wrong with a first row that is none.
        heading: whether there is a header, in a few words.
    """

    names: Sequence[str]
    line: int | None
    hint: str | None
    heading: str


@reader(
    "csv",
    summary="delimited text: comma, tab or semicolon",
    suffixes=(".csv", ".tsv", ".txt"),
    aliases=("tsv", "delimited"),
)
def read_delimited(content: Content, query: Query) -> tuple[Observed, ...]:
    """Returns the distributions of a table in text."""
    try:
        scanned = _scanned(content, query)
        if scanned is not None:
            return scanned
        labelled = _labelled(content, query)
        if labelled is not None:
            return (labelled,)
        plain = _plain_table(content.data)
        if plain is not None and not _has_blank_row(plain.columns if any(query.samples) else _heads(plain.columns)):
            return _observed(content, query, plain)
    except (InputError, OSError):
        pass  # read again, carefully, for the line and the words
    return _observed(content, query, PlainTable(*_rows(content, content.text())))


def _labelled(content: Content, query: Query) -> Observed | None:
    """The one distribution of a small table of labels and masses; None where its way is not yet repaid."""
    loads = orjson_loads()
    if loads is None or content.size >= LARGE or query not in (_PLAIN, _HEADED):
        return None
    data = content.data
    return _labelled_text()(content.name, data, loads, is_asked=query.header is True) if len(data) < LARGE else None


@cache
def _labelled_text() -> Callable[..., Observed | None]:
    from klcli.sources.text.csv_via_json import labelled_text

    return labelled_text


def _scanned(content: Content, query: Query) -> tuple[Observed, ...] | None:
    """The distributions of a huge file as duckdb reads them; None where it is not installed, or would not do."""
    if content.path is None or any(query.samples) or query.every or content.size < HUGE or installed("duckdb") is None:
        return None
    with open(content.path, "rb") as file:
        head = file.read(_HEAD)
    if len(head) == _HEAD:
        head = head.rpartition(b"\n")[0]
        if head.count(b"\n") < 2 * _LOOKED_AT:
            return None
    table = small_table(head, find_delimiter)
    if table is None or _has_blank_row(_heads(table.columns)):
        return None
    header, below = _headed(content, query, table)
    delimiter = find_delimiter(head.decode("utf-8-sig"))
    from klcli.sources.text.duckdb_scan import scan_text

    return scan_text(content.name, os.fspath(content.path), query, delimiter, header, below)


def _plain_table(data: bytes) -> PlainTable | None:
    if len(data) >= LARGE:
        if _may_be_too_wide(data):
            return None
        from klcli.sources.text.vectorised_csv import large_table

        return large_table(data, find_delimiter)
    return small_table(data, find_delimiter)


def _observed(content: Content, query: Query, plain: PlainTable) -> tuple[Observed, ...]:
    header, (lines, columns) = _headed(content, query, plain)
    table = Table(
        content.name, header.names, columns, _numbers, lambda row: f"line {lines[row]}", is_text=True,
        header_line=header.line, first_hint=header.hint, heading=header.heading,
    )  # fmt: skip
    return table.observed(query)


def _headed(content: Content, query: Query, plain: PlainTable) -> tuple[Header, PlainTable]:
    """What the first row says, and what stands below it."""
    lines, columns = plain
    first = tuple([column[0] for column in columns])
    if not _is_header(first, columns, query):
        numbers = [str(number + 1) for number in range(len(columns))]
        return Header(numbers, None, None if query.header is False else HEADER_HINT, "no header"), plain
    if len(set(first)) < len(first):
        raise content.unreadable(f"line {lines[0]}: two columns have the same name")
    if len(lines) == 1:
        raise content.unreadable("there is a header, but no values below it")
    line = None if is_asked(first, query) else lines[0]
    below = PlainTable(lines[1:], [column[1:] for column in columns])
    return Header(first, line, None, f"header: {listing(first)}"), below


def _numbers(column: Sequence[str]) -> tuple[Array, Mask | None]:
    if type(column) is PackedText:
        from klcli.sources.text.decimals import parse_decimals

        return parse_decimals(column)
    return parse_numbers(column)


def _heads(columns: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    return [column[:1] for column in columns]


def _has_blank_row(columns: Sequence[Sequence[str]]) -> bool:
    """True if every cell of some row is blank; where numbers are wanted below the first row, the number shows it."""
    blank = [row for row, cell in enumerate(columns[0]) if not cell.strip()]
    return any(all(not column[row].strip() for column in columns[1:]) for row in blank)


def _rows(content: Content, text: str) -> tuple[list[int], list[Sequence[str]]]:
    """The line numbers and the columns of all rows, of which there is one, and all are of one width."""
    lines: list[int] = []
    rows: list[list[str]] = []
    try:
        for line, row in numbered_rows(_lines(text), find_delimiter(text[:_HEAD]), strict=True):
            if len(row) > _WIDEST:
                raise _too_wide(content, len(row))
            lines.append(line)
            rows.append(row)
    except csv.Error as error:
        raise content.unreadable(str(error), hint="is a quote left open?") from None
    if not rows:
        raise content.unreadable("empty: there are no values")
    width = len(rows[0])
    for line, row in zip(lines, rows, strict=True):
        if len(row) != width:
            raise content.unreadable(
                f"line {line}: {_fields(len(row))}, but line {lines[0]} has {width}",
                hint="a field that holds the delimiter must be quoted",
            )
    return lines, list(zip(*rows, strict=True))


def numbered_rows(lines: Iterable[str], delimiter: str, *, strict: bool) -> Iterator[tuple[int, list[str]]]:
    """Yields the line number and the fields of each row that is neither blank nor a comment.

    Raises:
        csv.Error: a quote is out of place; the message gives the line.
    """
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=strict)
    while True:
        source.is_between_rows = True
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise csv.Error(f"line {source.started}: {error}") from None
        if any(map(str.strip, row)) or (len(row) == 1 and source.is_quoted):
            yield source.started, row


def _lines(text: str) -> Iterable[str]:
    return io.StringIO(text, newline="")


class _Lines:
    """Lines without the comments. A line that csv asks for within a row stands in quotes: it is none."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = enumerate(lines, 1)
        self.is_between_rows = True
        self.started = 0  # where the row that is being read began
        self.is_quoted = False  # whether there is a quote in its first line: "" is an empty cell, not a blank line

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for number, line in self._lines:
            if self.is_between_rows:
                if line.startswith("#"):
                    continue
                self.is_between_rows = False
                self.started, self.is_quoted = number, '"' in line
            return line
        raise StopIteration


def find_delimiter(text: str) -> str:
    """Returns the delimiter that the first rows all have equally often; else the most frequent in the first.

    Where several are, as where each label holds a semicolon, it is the first that leaves a column of numbers.
    """
    if "\t" not in text and ";" not in text:
        return ","
    is_plain = '"' not in text and "\r" not in text
    lines = [line for line in text.split("\n", 2 * _LOOKED_AT)[: 2 * _LOOKED_AT] if line and line[0] != "#"]
    rows_by = {mark: _cut_lines(lines, mark) if is_plain else _cut(text, mark) for mark in _DELIMITERS}
    even = [mark for mark, rows in rows_by.items() if rows and len(rows[0]) > 1 and len(set(map(len, rows))) == 1]
    if even:
        return next((mark for mark in even if len(even) == 1 or _has_numbers(rows_by[mark])), even[0])
    return max(reversed(_DELIMITERS), key=lambda mark: len(rows_by[mark][0]) if rows_by[mark] else 0)


def _cut_lines(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The fields of the first lines, in which there are no quotes."""
    rows = (line.split(delimiter) for line in lines)
    return list(islice((row for row in rows if any(map(str.strip, row))), _LOOKED_AT))


def _cut(text: str, delimiter: str) -> list[list[str]]:
    """The fields of the first rows; none where they cannot be told."""
    try:
        return [row for _, row in islice(numbered_rows(_lines(text), delimiter, strict=False), _LOOKED_AT)]
    except csv.Error:
        return []


def _has_numbers(rows: list[list[str]]) -> bool:
    """Whether a column below the first row, if there are rows below, is all numbers, be it with decimal commas."""
    columns = zip(*(rows[1:] or rows), strict=True)
    return any(all(parse_number(cell.replace(",", ".", 1)) is not None for cell in column) for column in columns)


def _is_header(first: tuple[str, ...], columns: Sequence[Sequence[str]], query: Query) -> bool:
    if not may_be_header(first, query):
        return False
    observed = None if is_asked(first, query) else observed_cells(first, query)
    return observed is None or all(_are_numbers(columns[at][1:]) for at in observed)


def _are_numbers(column: Sequence[str]) -> bool:
    """Whether there are cells, and all are numbers; the first is asked first, as most columns are of one sort."""
    if not len(column) or parse_number(column[0]) is None:
        return False
    _, are_numbers = _numbers(column)
    return are_numbers is None or bool(are_numbers.all())


def _may_be_too_wide(data: bytes) -> bool:
    """True if the first line has more delimiters than a table has columns, be they in quotes: the csv module counts."""
    end = data.find(b"\n")
    end = len(data) if end < 0 else end
    return max(data.count(mark.encode(), 0, end) for mark in _DELIMITERS) >= _WIDEST


def _too_wide(content: Content, width: int) -> InputError:
    return content.unreadable(
        f"{width:,} columns, above {_WIDEST:,}", hint="a distribution is a column, with an outcome in each row"
    )


def _fields(count: int) -> str:
    return f"{count} field{'s' * (count != 1)}"
