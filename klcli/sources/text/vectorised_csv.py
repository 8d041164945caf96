"""Large tables in text, cut into columns by whole arrays; only what is sure to mean what the csv module reads in it.

A byte is a delimiter or a line end where an even number of quotes stands before it. So the cells lie between marks that
numpy finds, and none need be made before it is looked at. Tables whose quoted cells hold quotes or line ends are cut by
pandas. Whatever is irregular is left to the careful way, which has the words for it.
"""

import codecs
import csv
import io
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.types import Index
from klcli.core.distributions.labels import PackedText, is_utf8
from klcli.sources.text.plain_table import PlainTable
from klcli.support.optional_package import need

__all__ = ["large_table"]


_HEAD = 100_000  # bytes in which the delimiter is looked for
_LOOKED_AT = 1 << 18  # bytes at a time
_BREAK, _QUOTE, _COMMENT = b'\n"#'


def large_table(data: bytes, delimiter_of: Callable[[str], str]) -> PlainTable | None:
    """Returns the table, or None where it is irregular: blank lines, late comments, rows of several widths.

    Args:
        delimiter_of: finds the delimiter in the first rows.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b"\r" in data or b"\0" in data or not is_utf8(data):
        return None
    head = data[:_HEAD].decode("utf-8", "replace")
    comments = next((count for count, line in enumerate(head.split("\n")) if not line.startswith("#")), None)
    if comments is None:
        return None
    delimiter = delimiter_of(head)
    begin = sum(map(len, data.split(b"\n", comments)[:comments])) + comments
    table = data[begin:] if begin else data
    found = _cut(table, ord(delimiter))
    if found is None:
        return None
    starts, inner, ends = found
    begins, finishes = [starts, *(inner + 1).T], [*inner.T, ends]
    lines: Sequence[int] = range(comments + 1, comments + 1 + len(starts))
    if b'"' not in table:
        return PlainTable(lines, [PackedText(table, a, b - a) for a, b in zip(begins, finishes, strict=True)])
    breaks = _places(np.frombuffer(table, dtype=np.uint8), _BREAK)
    if len(starts) < len(breaks):  # some stand in quotes
        lines = (comments + 1 + np.searchsorted(breaks, starts)).tolist()
    if b'""' in table or len(starts) < len(breaks):
        return _cut_by_pandas(table, delimiter, lines, len(begins))
    bytes_of = np.frombuffer(table, dtype=np.uint8)
    columns = []
    for a, b in zip(begins, finishes, strict=True):
        quoted = (bytes_of[np.minimum(a, len(table) - 1)] == _QUOTE).astype(np.int64)  # the last cell may be empty
        columns.append(PackedText(table, a + quoted, b - a - 2 * quoted))
    return PlainTable(lines, columns)


def _cut(data: bytes, delimiter: int) -> tuple[Index, Index, Index] | None:
    """Where each row begins, where its delimiters stand, shape (rows, width - 1), and where it ends."""
    bytes_of = np.frombuffer(data, dtype=np.uint8)
    breaks, marks = _places(bytes_of, _BREAK), _places(bytes_of, delimiter)
    if b'"' in data:
        quotes = _places(bytes_of, _QUOTE)
        if not _are_in_place(bytes_of, quotes, delimiter):
            return None
        breaks, marks = (each[np.searchsorted(quotes, each) % 2 == 0] for each in (breaks, marks))
    ends = breaks if breaks.size and breaks[-1] == len(data) - 1 else np.append(breaks, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1])
    if (starts == ends).any() or (bytes_of[starts] == _COMMENT).any():
        return None
    between, rest = divmod(len(marks), len(starts))
    if rest:
        return None
    inner = marks.reshape(len(starts), between)
    return (starts, inner, ends) if ((inner >= starts[:, None]) & (inner < ends[:, None])).all() else None


def _places(bytes_of: NDArray[np.uint8], byte: int) -> Index:
    """Where a byte stands."""

    def find(where: slice) -> Index:
        return where.start + np.flatnonzero(bytes_of[where] == byte)

    return np.concatenate([np.empty(0, dtype=np.int64), *each_block(len(bytes_of), lambda: find, size=_LOOKED_AT)])


def _are_in_place(bytes_of: NDArray[np.uint8], quotes: Index, delimiter: int) -> bool:
    """Whether each quote opens a cell, closes one, or is one of two that stand for a quote."""
    if len(quotes) % 2:
        return False
    outside = np.concatenate([[_BREAK], bytes_of, [_BREAK]])  # as long as what is before and after each byte
    before, after = outside[quotes[0::2]], outside[quotes[1::2] + 2]
    opens = (before == _BREAK) | (before == delimiter) | (before == _QUOTE)
    closes = (after == _BREAK) | (after == delimiter) | (after == _QUOTE)
    return bool(opens.all() and closes.all())


def _cut_by_pandas(data: bytes, delimiter: str, lines: Sequence[int], width: int) -> PlainTable | None:
    pandas = need("pandas", purpose="reading large text")
    try:
        frame = pandas.read_csv(
            io.BytesIO(data), sep=delimiter, header=None, dtype=object, na_filter=False, quoting=csv.QUOTE_MINIMAL,
            skip_blank_lines=False, engine="c", encoding="utf-8",
        )  # fmt: skip
    except (ValueError, MemoryError):
        return None
    if frame.shape != (len(lines), width):
        return None
    return PlainTable(lines, [frame[index].tolist() for index in range(width)])
