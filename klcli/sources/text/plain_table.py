"""Tables in plain text: every line is a row, and every delimiter separates cells.

Without quotes, blank lines and comments below the first row, splitting finds what the csv module finds, in a tenth of
the time.
"""

import codecs
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

__all__ = ["PlainTable", "small_table"]


@cache
def _all_but_marks(delimiter: bytes) -> bytes:
    """Returns all bytes but NUL and those that separate rows and cells in delimited text."""
    return bytes(set(range(256)) - {*b'\n\r"\0', *delimiter})


class PlainTable(NamedTuple):
    """The cells of a table, column by column, and the number of the line in which each row begins."""

    lines: Sequence[int]
    columns: Sequence[Sequence[str]]


def small_table(data: bytes, delimiter_of: Callable[[str], str]) -> PlainTable | None:
    """Returns the table of a small text; None if it is not plain.

    Args:
        delimiter_of: returns the delimiter of the first rows.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        delimiter = delimiter_of(data.decode()).encode()
    except UnicodeDecodeError:
        return None
    comments = begin = 0
    while data.startswith(b"#", begin):
        comments += 1
        begin = data.find(b"\n", begin) + 1
        if not begin:
            return None
    table = data[begin:].removesuffix(b"\n")
    if b"#" in table and b"\n#" in table:
        return None
    rows, width = table.count(b"\n") + 1, table.partition(b"\n")[0].count(delimiter) + 1
    if table.translate(None, _all_but_marks(delimiter)) + b"\n" != (delimiter * (width - 1) + b"\n") * rows:
        return None
    cells = table.replace(b"\n", delimiter).decode().split(delimiter.decode())
    if width == 1 and "" in cells:
        return None
    lines = range(comments + 1, comments + 1 + rows)
    return PlainTable(lines, [cells[column::width] for column in range(width)])
