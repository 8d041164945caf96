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
    if any(mark in data for mark in (b'"', b"\r", b"\0")):
        return None
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return None
    lines = text.removesuffix("\n").split("\n")
    comments = next((count for count, line in enumerate(lines) if not line.startswith("#")), 0)
    rows = lines[comments:]
    if "" in rows or "\n#" in text[sum(map(len, lines[:comments])) + comments :]:
        return None
    delimiter = delimiter_of(text)
    cells = [row.split(delimiter) for row in rows]
    if len(set(map(len, cells))) > 1:
        return None
    return PlainTable(range(comments + 1, comments + 1 + len(rows)), list(zip(*cells, strict=True)))
