"""Large tables in text, split into columns by whole-array operations, with the result of the csv module.

A byte separates cells or rows if an even number of quotes precedes it. So numpy finds the bounds of all cells, and a
cell becomes a string only when it is used. Quoted text is kept to the letter, line ends included. An irregular table is
left to the csv module, which also gives errors their place.
"""

import codecs
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.types import Index
from klcli.core.distributions.label_texts import PackedText, is_utf8
from klcli.sources.text.plain_table import PlainTable

__all__ = ["vectorised_table"]


_HEAD = 100_000  # bytes that decide the delimiter
_BLOCK = 1 << 18  # bytes searched at a time
_BREAK, _RETURN, _QUOTE, _COMMENT = b'\n\r"#'


def vectorised_table(data: bytes, delimiter_of: Callable[[str], str]) -> PlainTable | None:
    """Returns the table; None if it has blank lines, comments below its first row, or rows of several widths.

    Args:
        delimiter_of: returns the delimiter of the first rows.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\r" in data and b'"' not in data:  # a quoted one belongs to its cell
        data = data.replace(b"\r\n", b"\n")
        if b"\r" in data:
            return None
    if b"\0" in data or not is_utf8(data):
        return None
    head = data[:_HEAD].decode("utf-8", "replace")
    comments = next((count for count, line in enumerate(head.split("\n")) if not line.startswith("#")), None)
    if comments is None:
        return None
    delimiter = delimiter_of(head)
    begin = sum(map(len, data.split(b"\n", comments)[:comments])) + comments
    if b"\r" in data[:begin].replace(b"\r\n", b""):  # a lone one ends a comment too
        return None
    table = data[begin:] if begin else data
    found = _cut(table, ord(delimiter))
    if found is None:
        return None
    starts, inner, ends = found
    begins, finishes = [starts, *(inner + 1).T], [*inner.T, ends]
    if b'"' not in table:
        lines = range(comments + 1, comments + 1 + len(starts))
        return PlainTable(lines, [PackedText(table, a, b - a) for a, b in zip(begins, finishes, strict=True)])
    columns = [_unquoted(table, a, b) for a, b in zip(begins, finishes, strict=True)]
    return PlainTable(_lines(table, starts, comments + 1), columns)


def _cut(data: bytes, delimiter: int) -> tuple[Index, Index, Index] | None:
    """Returns the offsets of the beginnings, delimiters and ends of rows; delimiters of shape (rows, width - 1)."""
    bytes_of = np.frombuffer(data, dtype=np.uint8)
    breaks, marks = _places(bytes_of, _BREAK), _places(bytes_of, delimiter)
    returns = _places(bytes_of, _RETURN) if b"\r" in data else breaks[:0]
    if b'"' in data:
        quotes = _places(bytes_of, _QUOTE)
        if not _are_in_place(bytes_of, quotes, delimiter):
            return None
        breaks, marks, returns = (each[np.searchsorted(quotes, each) % 2 == 0] for each in (breaks, marks, returns))
    ends = breaks if breaks.size and breaks[-1] == len(data) - 1 else np.append(breaks, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1])
    if returns.size:
        is_return = bytes_of[np.maximum(ends - 1, 0)] == _RETURN
        if np.count_nonzero(is_return) != len(returns):  # a carriage return inside a line, or alone at its end
            return None
        ends = ends - is_return
    if (starts >= ends).any() or (bytes_of[starts] == _COMMENT).any():
        return None
    between, rest = divmod(len(marks), len(starts))
    if rest:
        return None
    inner = marks.reshape(len(starts), between)
    return (starts, inner, ends) if ((inner >= starts[:, None]) & (inner < ends[:, None])).all() else None


def _lines(data: bytes, starts: Index, first: int) -> Sequence[int]:
    """Returns the numbers of the lines in which rows begin; lines within quotes count, as in an editor."""
    bytes_of = np.frombuffer(data, dtype=np.uint8)
    ends = _places(bytes_of, _BREAK)
    if b"\r" in data:
        returns = _places(bytes_of, _RETURN)
        is_alone = bytes_of[np.minimum(returns + 1, len(data) - 1)] != _BREAK
        ends = np.sort(np.concatenate([ends, returns[is_alone]]))
    lines: list[int] = (first + np.searchsorted(ends, starts)).tolist()
    return lines


def _unquoted(data: bytes, begins: Index, ends: Index) -> Sequence[str]:
    """Returns the cells of a column without their quotes."""
    bytes_of = np.frombuffer(data, dtype=np.uint8)
    is_quoted = (begins < ends) & (bytes_of[np.minimum(begins, len(data) - 1)] == _QUOTE)  # the last cell may be empty
    cells = PackedText(data, begins + is_quoted, ends - begins - 2 * is_quoted)
    if b'""' not in data or not is_quoted.any():
        return cells
    return [cell.replace('""', '"') for cell in cells]


def _places(bytes_of: NDArray[np.uint8], byte: int) -> Index:
    """Returns the offsets of a byte."""

    def find(where: slice) -> Index:
        return where.start + np.flatnonzero(bytes_of[where] == byte)

    return np.concatenate([np.empty(0, dtype=np.int64), *each_block(len(bytes_of), lambda: find, size=_BLOCK)])


def _are_in_place(bytes_of: NDArray[np.uint8], quotes: Index, delimiter: int) -> bool:
    """Returns True if each quote opens a cell, closes one, or is one of a pair that stands for a quote."""
    if len(quotes) % 2:
        return False
    outside = np.concatenate([[_BREAK], bytes_of, [_BREAK]])  # so that each byte has a neighbour on either side
    before, after = outside[quotes[0::2]], outside[quotes[1::2] + 2]
    opens = (before == _BREAK) | (before == delimiter) | (before == _QUOTE)
    closes = (after == _BREAK) | (after == _RETURN) | (after == delimiter) | (after == _QUOTE)
    return bool(opens.all() and closes.all())
