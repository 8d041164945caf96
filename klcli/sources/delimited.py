"""Delimited text: comma, tab or semicolon, found by looking; a header where the first row has no number.

Blank lines and lines that begin with # are skipped. Labels are kept to the letter.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from klcli.core.distribution import Observed
from klcli.sources.content import Content
from klcli.sources.numbers import parse_number
from klcli.sources.reader import Query, reader
from klcli.sources.table import Table

__all__ = ["read_delimited"]

_DELIMITERS = "\t;,"  # a semicolon beside commas is the delimiter of a table with decimal commas
_LOOKED_AT = 20  # rows that are looked at to find the delimiter


@reader(
    "csv",
    summary="delimited text: comma, tab or semicolon",
    suffixes=(".csv", ".tsv", ".txt"),
    aliases=("tsv", "delimited"),
)
def read_delimited(content: Content, query: Query) -> tuple[Observed, ...]:
    """Returns the distributions of a table in text."""
    text = content.text()
    lines, rows = _rows(content, text, _delimiter(text))
    if not rows:
        raise content.unreadable("empty: there are no values")
    width = len(rows[0])
    for line, row in zip(lines, rows, strict=True):
        if len(row) != width:
            raise content.unreadable(
                f"line {line}: {_fields(len(row))}, but line {lines[0]} has {width}",
                hint="a field that holds the delimiter must be quoted",
            )
    names = [str(number + 1) for number in range(width)]
    if _is_header(rows, query):
        names, rows, lines = rows[0], rows[1:], lines[1:]
        if len(set(names)) < len(names):
            raise content.unreadable(f"line {lines[0] - 1 if lines else 1}: two columns have the same name")
        if not rows:
            raise content.unreadable("there is a header, but no values below it")
    table = Table(content.name, names, list(zip(*rows, strict=True)), _number, lambda row: f"line {lines[row]}")
    return table.observed(query)


def _number(cell: object) -> float | None:
    return parse_number(str(cell))


def _rows(content: Content, text: str, delimiter: str) -> tuple[list[int], list[list[str]]]:
    """The line number and the fields of every row that is neither blank nor a comment."""
    source = _Lines(text)
    lines: list[int] = []
    rows: list[list[str]] = []
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        first = source.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return lines, rows
        except csv.Error as error:
            raise content.unreadable(f"line {first}: {error}", hint="is a quote left open?") from None
        if any(field.strip() for field in row):
            lines.append(max(first, source.started))
            rows.append(row)


class _Lines:
    """The lines of a text without the comments, and the number of the last one."""

    def __init__(self, text: str) -> None:
        self._stream = io.StringIO(text, newline="")
        self._in_quotes = False
        self.number = 0
        self.started = 0  # where the row that is being read began

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line in self._stream:
            self.number += 1
            if not self._in_quotes:
                self.started = self.number
                if line.startswith("#"):
                    continue
            if line.count('"') % 2:
                self._in_quotes = not self._in_quotes
            return line
        raise StopIteration


def _delimiter(text: str) -> str:
    """The delimiter that every one of the first rows has equally often; else the most frequent in the first row."""
    counts: dict[str, list[int]] = {}
    for delimiter in _DELIMITERS:
        try:
            rows = list(islice(csv.reader(_Lines(text), delimiter=delimiter), _LOOKED_AT))
        except csv.Error:
            rows = []
        counts[delimiter] = [len(row) for row in rows if any(field.strip() for field in row)]
    for delimiter, widths in counts.items():
        if widths and widths[0] > 1 and len(set(widths)) == 1:
            return delimiter
    return max(reversed(_DELIMITERS), key=lambda delimiter: (counts[delimiter] or [0])[0])


def _is_header(rows: Sequence[Sequence[str]], query: Query) -> bool:
    first = rows[0]
    wanted = [name for name in (*query.columns, query.label) if name is not None]
    if any(name in first and not name.isdigit() for name in wanted):
        return True
    if parse_number(first[-1]) is not None:
        return False
    # a column of observed labels has no number to tell a header by: a heading is a word that does not come again
    return not (all(query.samples) and any(row[-1] == first[-1] for row in rows[1:]))


def _fields(count: int) -> str:
    return f"{count} field{'s' * (count != 1)}"
