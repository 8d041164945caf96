"""Small tables of labels and numbers, parsed as one JSON document in half the time of splitting them into cells.

With a quote before each comma and after each line feed, and brackets around it, "cat,0.5⏎dog,0.5" becomes

    ["cat",0.5,"dog",0.5]

The parsed list holds exactly the cells of the table if the text has no other quote, escape or line end: a line with no
comma, or with two, leaves a string in place of a number, or is not JSON. Every JSON number is a number in CSV. Any
other text is left to the readers that split it into cells.
"""

from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import min_and_sum_of_few
from klcli.core.distributions.label_texts import FamiliarText
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError, Place
from klcli.notes import Use, header_read
from klcli.sources.columns.column_choice import chosen_columns
from klcli.sources.columns.column_uses import shown_name
from klcli.sources.columns.header import may_be_header
from klcli.sources.columns.numbers import parse_number
from klcli.sources.formats.query import Query
from klcli.sources.text.dialect import find_delimiter
from klcli.sources.text.plain_table import small_table

__all__ = ["REMEMBERED", "read_via_json"]

REMEMBERED = 4  # sets of labels: those of P and Q, and of another pair

_familiar: list[FamiliarText] = []  # the latest first


def read_via_json(
    name: str, data: bytes, loads: Callable[[bytes], Any], *, is_asked: bool = False
) -> RawNumbers | None:
    """Returns the distribution in a text; None if the text is not plain enough.

    Args:
        name: of the source. data: at most about 100 kB. loads: `orjson.loads`.
        is_asked: True if the user said that the first line is a header.
    """
    end = data.find(b"\n")
    header = _labels_and_masses(data[:end]) if end >= 0 else None
    if header is None or _has_marks(data):
        return None
    body = data[end + 1 : -1] if data.endswith(b"\n") else data[end + 1 :]
    try:
        cells = loads(b'["' + body.replace(b",", b'",').replace(b"\n", b',"') + b"]")
        numbers = cells[1::2]
        values = np.frombuffer(array("d", numbers).tobytes())
    except (TypeError, ValueError):
        return None
    types = set(map(type, numbers))
    # an odd count: the last line has no comma; an array takes true for 1; JSON reads -0 as an integer, without its sign
    if len(cells) % 2 or bool in types or (int in types and b"-0" in body):
        return None
    labels = _shared_labels(tuple(cells[::2]))
    if is_asked and header.is_guess and parse_number(cells[0]) is not None:
        return None  # the labels may be masses, which a note has to say
    notes = () if is_asked else (header_read((name,), 1, (header.label,), (header.mass,), 1, Use.MASSES),)
    return RawNumbers(values, labels, name, _place, min_and_sum_of_few(numbers), notes)


class _Header(NamedTuple):
    """Names of the columns of labels and masses; `is_guess` is True if only convention tells which is which."""

    label: str
    mass: str
    is_guess: bool


@lru_cache(64)  # of many files, most have the same header
def _labels_and_masses(line: bytes) -> _Header | None:
    """Returns the header of labels and masses, in this order, in a first line; None for any other line."""
    table = small_table(line, find_delimiter)
    if table is None or len(table.columns) != 2 or not table.columns[0][0].strip():  # of a column that may be blank
        return None
    label, mass = (column[0] for column in table.columns)
    try:
        choice = chosen_columns((label, mass), Query())
    except InputError:
        return None
    if not may_be_header((label, mass), Query()) or label == mass or (choice.labels, choice.values) != ((0,), [1]):
        return None
    return _Header(shown_name(label, 0), shown_name(mass, 1), choice.is_guess)


def _has_marks(data: bytes) -> bool:
    """Returns True if a text holds a comment, or any separator or quote of CSV or JSON but commas and line feeds.

    A tab or a semicolon counts, as it may be the delimiter, and a line that begins with a blank, as it may hold a count
    of `uniq -c`.
    """
    return (
        b'"' in data or b"\\" in data or b"\r" in data or b"\t" in data or b";" in data
        or (b"#" in data and b"\n#" in data) or data.startswith(b" ") or b"\n " in data
    )  # fmt: skip


def _shared_labels(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the equal labels of a recent table if there are any; labels that repeat or are empty unchanged.

    Most of many small tables share their labels, and comparing them is faster than indexing them again.
    """
    for known in _familiar:
        if known == labels:
            return known
    different = set(labels)
    if len(different) < len(labels) or "" in different:
        return labels
    found = FamiliarText(labels)
    _familiar[:] = found, *_familiar[: REMEMBERED - 1]
    return found


def _place(row: int) -> Place:
    return Place(line=row + 2)
