"""The dialect of delimited text: which delimiter it uses, and its rows, without blank lines and comments."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from klcli.sources.columns.numbers import parse_number

__all__ = [
    "DELIMITERS",
    "LINES_EXAMINED",
    "MisplacedQuote",
    "find_delimiter",
    "has_even_rows_of_numbers",
    "numbered_rows",
    "split_lines",
]

LINES_EXAMINED = 20  # rows that decide the delimiter
_BLOCK = 64  # lines that are cut together where none holds a quote; few, as a row may have a megabyte

DELIMITERS = "\t;,|"  # beside commas, a semicolon is the delimiter of a table with decimal commas
# a number as offices write it: 1.234,5 or 1'234.5 or 12,5 %
_WRITTEN = re.compile(r"\s*[+-]?(?:\d{1,3}(?:[.,'’ \u00a0\u2009\u202f]\d{3})+|\d+)(?:[.,]\d+)?\s*%?\s*")
_BAR = "|"  # usual inside cells, so that it counts only where it leaves a column of numbers


class MisplacedQuote(csv.Error):
    """A quote that is out of place, in the row that begins on a line."""

    def __init__(self, found: str, line: int) -> None:
        super().__init__(found)
        self.line = line


def numbered_rows(
    lines: Iterable[str],
    delimiter: str,
    *,
    strict: bool,
    first_line: int = 1,
    keeps_empty_cells: bool = False,
    is_live: bool = False,
) -> Iterator[tuple[int, list[str]]]:
    """Yields the line number and the fields of each row that is neither blank nor a comment.

    Args:
        lines: with their ends. first_line: the number of the first of them.
        keeps_empty_cells: a row of empty cells counts, and only a line without a delimiter is blank.
        is_live: lines may arrive at any time, and a row is wanted as soon as its line is here.

    Raises:
        MisplacedQuote: a quote is out of place.
    """
    lines = iter(lines)
    while block := list(islice(lines, 1 if is_live else _BLOCK)):
        text = "".join(block)
        rows = None if '"' in text or "#" in text else _plain_rows(block, delimiter, strict=strict)
        if rows is None:
            rest = chain(block, lines) if '"' in text else block
            yield from _careful_rows(rest, delimiter, strict, first_line, keeps_empty_cells)
        else:
            for line, row in enumerate(rows, first_line):
                if (row and row[0].strip()) or any(map(str.strip, row)) or (keeps_empty_cells and len(row) > 1):
                    yield line, row
        first_line += len(block)


def _plain_rows(lines: Sequence[str], delimiter: str, *, strict: bool) -> list[list[str]] | None:
    """Returns the fields of lines without quotes and comments; None if they are not a row each."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=strict))
    except csv.Error:
        return None
    return rows if len(rows) == len(lines) else None


def _careful_rows(
    lines: Iterable[str], delimiter: str, strict: bool, first_line: int, keeps_empty_cells: bool
) -> Iterator[tuple[int, list[str]]]:
    source = _Lines(lines, first_line)
    reader = csv.reader(source, delimiter=delimiter, strict=strict)
    while True:
        source.is_between_rows = True
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise MisplacedQuote(str(error), source.started) from None
        if any(map(str.strip, row)) or (len(row) == 1 and source.is_quoted) or (keeps_empty_cells and len(row) > 1):
            yield source.started, row


def split_lines(text: str) -> Iterable[str]:
    """Returns the lines of a text, with their ends."""
    return io.StringIO(text, newline="")


class _Lines:
    """Lines without comments; a line that csv requests inside a row is quoted text, so it is not a comment."""

    def __init__(self, lines: Iterable[str], first_line: int) -> None:
        self._lines = enumerate(lines, first_line)
        self.is_between_rows = True
        self.started = first_line - 1  # the first line of the row that is being read
        self.is_quoted = False  # True if that line holds a quote: "" is an empty cell, not a blank line

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


def find_delimiter(text: str, marks: Sequence[str] = DELIMITERS, nulls: Sequence[str] = ()) -> str:
    """Returns the delimiter that occurs equally often in all of the first rows; else the most frequent in the first.

    If several qualify, as where each label holds a semicolon, it is the first that yields a column of numbers.

    Args:
        marks: the characters that may be the delimiter. nulls: cells that stand for a missing value.
    """
    if not any(mark in text for mark in marks if mark != ","):
        return "," if "," in marks else marks[-1]
    rows_by = {mark: _first_rows(text, mark) for mark in marks}
    if nulls:
        rows_by = {
            mark: [["0" if cell in nulls else cell for cell in row] for row in rows] for mark, rows in rows_by.items()
        }
    even = [mark for mark, rows in rows_by.items() if _are_even(rows) and (mark != _BAR or _has_numbers(rows))]
    if _BAR in even and "," in even and _have_decimal_commas(rows_by[_BAR]):
        return _BAR
    if even:
        return next((mark for mark in even if len(even) == 1 or _has_numbers(rows_by[mark])), even[0])
    usual = [mark for mark in reversed(marks) if mark != _BAR]
    return max(usual, key=lambda mark: len(rows_by[mark][0]) if rows_by[mark] else 0)


def has_even_rows_of_numbers(text: str, delimiter: str) -> bool:
    """Returns True if a delimiter cuts the first lines into rows of one width, and one of the columns into numbers."""
    rows = _first_rows(text, delimiter)
    return _are_even(rows) and _has_numbers(rows)


def _are_even(rows: Sequence[Sequence[str]]) -> bool:
    return bool(rows) and len(rows[0]) > 1 and len(set(map(len, rows))) == 1


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    if '"' in text or "\r" in text:
        return _cut(text, delimiter)
    lines = [line for line in text.split("\n", 2 * LINES_EXAMINED)[: 2 * LINES_EXAMINED] if line and line[0] != "#"]
    return _cut_lines(lines, delimiter)


def _cut_lines(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Returns the fields of the first lines, which hold no quotes."""
    rows = (line.split(delimiter) for line in lines)
    return list(islice((row for row in rows if any(map(str.strip, row))), LINES_EXAMINED))


def _cut(text: str, delimiter: str) -> list[list[str]]:
    """Returns the fields of the first rows; empty if a quote is out of place."""
    try:
        return [row for _, row in islice(numbered_rows(split_lines(text), delimiter, strict=False), LINES_EXAMINED)]
    except csv.Error:
        return []


def _has_numbers(rows: list[list[str]]) -> bool:
    """Returns True if a column, without its heading, holds only numbers, however they are written."""
    return any(map(_is_of_numbers, zip(*(rows[1:] or rows), strict=True)))


def _have_decimal_commas(rows: list[list[str]]) -> bool:
    """Returns True if commas stand in columns of numbers alone: cat|1,5 is no label cat|1 with the number 5."""
    columns = zip(*(rows[1:] or rows), strict=True)
    return all(map(_is_of_numbers, (column for column in columns if any("," in cell for cell in column))))


def _is_of_numbers(column: Sequence[str]) -> bool:
    return all(parse_number(cell.replace(",", ".", 1)) is not None or _WRITTEN.fullmatch(cell) for cell in column)
