"""Small text of labels and numbers, read as one JSON document, in half the time of cutting it into cells.

With a quote before each comma and after each line feed, and brackets around it, "cat,0.5⏎dog,0.5" is

    ["cat",0.5,"dog",0.5]

and what a parser of JSON makes of that is what the table says, as long as no other quote, escape or line end stands in
it: a line with no comma, or with two, leaves a string where a number should be, or is no JSON. Numbers of JSON are
numbers everywhere. Whatever else there is, the text is not read here, but cell by cell.
"""

from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import census_of_few
from klcli.core.distributions.labels import FamiliarText
from klcli.core.distributions.raw_numbers import Observed
from klcli.errors import InputError
from klcli.sources.column_choice import chosen_columns
from klcli.sources.header import header_note, may_be_header
from klcli.sources.reader import Query
from klcli.sources.table import shown_name
from klcli.sources.text.delimited import find_delimiter
from klcli.sources.text.plain_table import small_table

__all__ = ["labelled_text"]

_REMEMBERED = 4  # sets of labels: those of P and Q, and of another pair

_familiar: list[FamiliarText] = []  # the latest first


def labelled_text(name: str, data: bytes, loads: Callable[[bytes], Any], *, is_asked: bool = False) -> Observed | None:
    """Returns what a text holds; None where it is not so plain.

    Args:
        name: of its source. data: text that is looked through in no time. loads: that of orjson.
        is_asked: whether the first line is known to be a header.
    """
    end = data.find(b"\n")
    header = _labels_and_masses(data[:end]) if end >= 0 else None
    if header is None or (is_asked and header.is_guess) or _has_marks(data):
        return None
    body = data[end + 1 : -1] if data.endswith(b"\n") else data[end + 1 :]
    try:
        cells = loads(b'["' + body.replace(b",", b'",').replace(b"\n", b',"') + b"]")
        numbers = cells[1::2]
        values = np.frombuffer(array("d", numbers).tobytes())
    except (TypeError, ValueError):
        return None
    types = set(map(type, numbers))
    # a line alone may end the text; true is a number to an array; -0 is a whole number, which has no sign
    if len(cells) % 2 or bool in types or (int in types and b"-0" in body):
        return None
    labels = _recognised(tuple(cells[::2]))
    notes = () if is_asked else (header_note(name, 1, header.columns),)
    return Observed(values, labels, name, _place, census_of_few(numbers), notes)


class _Header(NamedTuple):
    """A first line that heads labels and masses: what a note says of it, and whether the order is a guess."""

    columns: str
    is_guess: bool


@lru_cache(64)  # of many files, most have the same header
def _labels_and_masses(line: bytes) -> _Header | None:
    """Returns the header of labels and masses, in this order, that a first line is; None if it is another line."""
    table = small_table(line, find_delimiter)
    if table is None or len(table.columns) != 2:
        return None
    label, mass = (column[0] for column in table.columns)
    try:
        choice = chosen_columns((label, mass), Query())
    except InputError:
        return None
    if not may_be_header((label, mass), Query()) or label == mass or (choice.labels, choice.values) != ((0,), [1]):
        return None
    return _Header(f"labels in {shown_name(label, 0)}, masses in {shown_name(mass, 1)}", choice.is_guess)


def _has_marks(data: bytes) -> bool:
    """Whether there is what parts rows, columns or strings, in csv or in JSON, but commas and line feeds; or a comment.

    A tab or a semicolon may be the delimiter.
    """
    return (
        b'"' in data or b"\\" in data or b"\r" in data or b"\t" in data or b";" in data
        or (b"#" in data and b"\n#" in data)
    )  # fmt: skip


def _recognised(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels as they were when they came before, not long ago; as they are where one occurs twice or is empty.

    Of many small tables, most have the labels of another, and to compare them is faster than what is done to others.
    """
    for known in _familiar:
        if known == labels:
            return known
    different = set(labels)
    if len(different) < len(labels) or "" in different:
        return labels
    found = FamiliarText(labels)
    _familiar[:] = found, *_familiar[: _REMEMBERED - 1]
    return found


def _place(row: int) -> str:
    return f"line {row + 2}"
