"""Tables in text where every line is a row and every delimiter separates: no quotes, blank lines or late comments.

There the csv module has nothing to find that splitting does not, and splitting takes a tenth of the time.
"""

import codecs
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["PlainTable", "small_table"]


class PlainTable(NamedTuple):
    """The columns of text, and the number of the line in which each row begins."""

    lines: Sequence[int]
    columns: Sequence[Sequence[str]]


def small_table(data: bytes, delimiter_of: Callable[[str], str]) -> PlainTable | None:
    """Returns the table of a text that is easily held; None where it is not so plain.

    Args:
        delimiter_of: finds the delimiter in the first rows.
    """
    if b'"' in data or b"\r" in data or b"\0" in data:
        return None
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return None
    comments = begin = 0
    while text.startswith("#", begin):
        comments += 1
        begin = text.find("\n", begin) + 1
        if not begin:
            return None
    table = text[begin:].removesuffix("\n")
    if "#" in table and "\n#" in table:
        return None
    delimiter = delimiter_of(text)
    rows, width = table.count("\n") + 1, table.partition("\n")[0].count(delimiter) + 1
    # all cells at once, of which those that begin a row keep its line feed: so many rows of one width have them all in
    # the first column, and no other table has
    cells = table.replace("\n", f"{delimiter}\n").split(delimiter)
    first = "".join(cells[::width]).split("\n")
    if len(cells) != rows * width or len(first) != rows or (width == 1 and "" in first):
        return None
    lines = range(comments + 1, comments + 1 + rows)
    return PlainTable(lines, [first, *(cells[column::width] for column in range(1, width))])
