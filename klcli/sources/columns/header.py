"""Headers: the rule that decides if the first row of a text names the columns, and the note about it.

A first row is a header if every cell that would hold a mass looks like a name. A number does not, nor does a missing or
damaged number: NULL, -, 1,234, 12.5%. Those are refused on line 1 as on line 2.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from klcli.errors import InputError
from klcli.sources.columns.column_choice import found_labels, position_of
from klcli.sources.columns.missing_numbers import MISSING_WORDS
from klcli.sources.columns.numbers import parse_number
from klcli.sources.formats.query import Query
from klcli.support.sentence import Option

__all__ = [
    "NO_HEADER",
    "TITLES",
    "are_years",
    "cure_of_first",
    "cure_of_title",
    "is_asked",
    "is_name",
    "may_be_header",
    "named_part",
    "observed_cells",
]

NO_HEADER = "no header"  # the heading of a text whose first row was read as data
TITLES = 10  # rows among which a header is looked for below a title
HEADER_HINT = "pass " + Option("--header") + " if line 1 names the columns"

# a digit of any script at the start, after signs, currencies, brackets and the like
_DAMAGED = re.compile(r"[\s'\"`(\[{<>=~≈≤≥±+\-−–—$€£¥₹#]*[.,·]?\d")
_YEAR = re.compile(r"\s*(19|20)\d\d\s*")
_UNITS = frozenset(["%", "‰", "$", "€", "£", "¥", "₹", "#", "№"])  # signs that head a column


@lru_cache(4096)
def is_name(cell: str) -> bool:
    """Returns True if a cell looks like a column name, and not like a number, a damaged number or a missing one."""
    text = cell.strip()
    if parse_number(text) is not None or text.casefold() in MISSING_WORDS:
        return False
    if text in _UNITS:
        return True
    return any(map(str.isalpha, text)) and _DAMAGED.match(text) is None


def is_asked(first: Sequence[str], query: Query) -> bool:
    """Returns True if the query says that the first row is a header, or names a column by one of its cells.

    A row of names alone is a header, too, where the query names a column that is none of them: the column is missing,
    and the error lists these names.
    """
    if query.header is not None:
        return query.header
    labels = (query.label,) if isinstance(query.label, str) else query.label or ()
    named = {name for name in (*query.columns, *labels) if name is not None and not name.isdigit()}
    if not named.isdisjoint(first) or (named and all(map(is_name, first))):
        return True
    return any("," in label for label in labels) and _names_joint_labels(tuple(first), query)


def cure_of_title(names: int) -> str:
    """Returns the cure for a title above the names of the columns, by the number of their line."""
    return f"remove what stands above the names; of a text, tail -n +{names} leaves it out"


def cure_of_first(lines: Sequence[int], rows: Sequence[Sequence[str]]) -> str:
    """Returns the cure for a first row that holds no data: it is a header, or a title above one.

    Args:
        rows: the first of the table, at least one. lines: their numbers.
    """
    if len(rows[0]) < 2 or sum(bool(cell.strip()) for cell in rows[0]) != 1:
        return HEADER_HINT
    below = zip(lines[1:], rows[1:], strict=False)
    names = next((line for line, row in below if len(named_part(row)) > 1 and all(map(is_name, named_part(row)))), None)
    return HEADER_HINT if names is None else f"if line {names} names the columns, {cure_of_title(names)}"


def named_part(first: Sequence[str]) -> tuple[str, ...]:
    """Returns a first row without blank cells at its end, over which no column has a name."""
    width = len(first)
    while width > 1 and not first[width - 1].strip():
        width -= 1
    return tuple(first[:width])


@lru_cache(64)  # of many files, most have the same header
def may_be_header(first: tuple[str, ...], query: Query) -> bool:
    """Returns True if a first row can be a header, judged by the row alone."""
    if query.header is not None or is_asked(first, query):
        return query.header is not False
    if query.every and len(first) > 1 and not first[0].strip():
        return True  # pandas leaves the heading of its index empty
    return all(map(is_name, _mass_cells(first, query)))


def observed_cells(first: Sequence[str], query: Query) -> Sequence[int] | None:
    """Returns the positions of the columns of observations, if they alone decide: text is then data, unless asked.

    Returns None if a column of masses decides, or the headings are p and q.
    """
    if not all(query.samples) or {"p", "q"} <= {cell.strip().casefold() for cell in first}:
        return None
    return _value_positions(first, query)


def are_years(first: Sequence[str], second: Sequence[str], query: Query) -> bool:
    """Returns True if the masses in a first row, after a text, could be years, and those of the second could not."""
    if query.header is not None or any(query.samples) or len(first) < 2 or parse_number(first[0]) is not None:
        return False
    return all(map(_YEAR.fullmatch, _mass_cells(first, query))) and not any(
        map(_YEAR.fullmatch, _mass_cells(second, query))
    )


def _names_joint_labels(first: tuple[str, ...], query: Query) -> bool:
    try:
        found = found_labels(query.label, first)
        words = ",".join((query.label,) if isinstance(query.label, str) else query.label or ())
    except InputError:
        return False
    return any(first[index] and not first[index].isdigit() and first[index] in words for index in found)


def _mass_cells(row: Sequence[str], query: Query) -> list[str]:
    """Returns the cells that would hold masses; observations if no column holds masses."""
    if query.every:
        return list(row) if len(row) == 1 else list(row[1:])
    positions = _value_positions(row, query)
    masses = [at for at, samples in zip(positions, query.samples, strict=False) if not samples]
    return [row[at] for at in masses or positions]


def _value_positions(row: Sequence[str], query: Query) -> list[int]:
    """Returns the positions of the columns given by number; else of the last ones that do not hold labels."""
    given = [position_of(name, len(row)) for name in query.columns if name is not None]
    positions = [position for position in given if position is not None]
    if positions:
        return positions
    try:
        labels = found_labels(query.label, [str(at + 1) for at in range(len(row))])
    except InputError:
        labels = ()
    if labels and all(query.samples) and not query.is_pair:
        return list(labels)
    return [position for position in range(len(row)) if position not in labels][-len(query.columns) :]
