"""The choice of columns: which hold the labels and which the masses, by the query and by their names."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from klcli.errors import InputError, NotASample, UnclearColumns, Unreadable
from klcli.notes import listing
from klcli.sources.columns.headings import heading_key, is_label_name, is_place_or_time, mass_rank
from klcli.sources.formats.query import Query
from klcli.support.registry import nearest
from klcli.support.sentence import Command, Option, Sentence, joined

__all__ = [
    "Choice",
    "chosen_columns",
    "found_labels",
    "no_column",
    "option_of_labels",
    "position_of",
    "positions_beside",
]

_LISTED = 12  # columns that an error lists
_MOST_LABELS = 100  # columns that one word may name, separated by commas


class Choice(NamedTuple):
    """The positions of the columns that a query wants.

    Attributes:
        labels: columns of labels; several form joint labels, and none means that outcomes are known by position.
        values: columns of masses, or of observations; empty if the labels are the observations.
        is_guess: True if convention alone chose the labels: neither the query nor a heading says so.
    """

    labels: tuple[int, ...]
    values: Sequence[int]
    is_guess: bool = False


@lru_cache(64)  # of many files, most have the same columns
def chosen_columns(
    names: tuple[str, ...], query: Query, index: tuple[int, ...] = (), unused: tuple[int, ...] = (),
    texts: tuple[int, ...] = (),
) -> Choice:  # fmt: skip
    """Returns the columns of the labels and of the values, by the names of the columns alone.

    Args:
        index: positions of columns that are the labels unless others are asked for.
        unused: positions of columns that are neither unless they are asked for.
        texts: positions of columns of texts, for the hint of an error.

    Raises:
        InputError: they cannot be identified.
    """
    chosen = [None if column is None else _find(column, names) for column in query.columns]
    labels = found_labels(query.label, names)
    given = [index for index in chosen if index is not None]
    if labels and not given and all(query.samples) and not query.is_pair:
        return Choice(labels, ())
    if not labels and not all(query.samples):
        labels = tuple(at for at in index if at not in given and at not in unused)
    rest = [at for at in range(len(names)) if at not in given and at not in labels and at not in unused]
    first = next((at for at in range(len(names)) if at not in unused), 0)
    if len(given) == len(chosen):
        found = [] if labels or all(query.samples) else _label_among(rest, names, first)
        return _with_label(labels, found, given, names)
    if query.is_pair:
        return _chosen_pair(labels, given, rest, names, first)
    if len(rest) == 1:
        return Choice(labels, rest)
    headed = [heading_key(names[index]) for index in rest]
    if len(rest) == 2 and not labels and not query.samples[0] and set(headed) != {"p", "q"}:
        return _label_and_value(rest, names)
    hint = _joint_labels(rest, names, texts) or Sentence("name it with ", Option("--p"), " or ", Option("--q"))
    if len(rest) == 2:
        hint += ", or the labels with " + Option("--label")
    elif list(names) == [str(at) for at in range(1, len(names) + 1)]:  # there is no header
        hint += Sentence(
            "; numbers of one distribution stand one a line, as after: tr , '\\n'; ",
            Command("rows"),
            " compares line by line",
        )
    else:
        hint += Sentence(
            "; ", Command("drift"), " compares raw tables column by column, ", Command("rows"), " row by row"
        )
    if all(query.samples):
        raise _unclear("which column holds the observations is not clear", hint, names, NotASample)
    raise _unclear("which column holds the masses is not clear", hint, names, UnclearColumns)


def found_labels(label: str | tuple[str, ...] | None, names: Sequence[str]) -> tuple[int, ...]:
    """Returns the positions of the label columns; each word names a column, or several separated by commas.

    Raises:
        InputError: a column does not exist, or is named twice.
    """
    if label is None:
        return ()
    words = (label,) if isinstance(label, str) else label
    found = tuple(index for word in words for index in _find_all(word, names))
    again = next((index for place, index in enumerate(found) if index in found[:place]), None)
    if again is not None:
        raise _unclear(f"the column of labels {names[again]!r} is named twice", "name each once", names)
    return found


def option_of_labels(names: Sequence[str]) -> str:
    """Returns the option that makes joint labels of columns."""
    if any("," in name for name in names):
        return joined(" ", *(Option("--label", name) for name in names))
    return Option("--label", *names)


def no_column(column: str, names: Sequence[str], option: str = "") -> InputError:
    """Returns the error for a column that does not exist; `option` says what names it, as ", which --id names"."""
    near = nearest(column, names)
    hint = f"did you mean {near[0]}?" if near else "a number counts from 1"
    return _unclear(f"no column {column!r}{option}", hint, names)


def position_of(column: str, width: int) -> int | None:
    """Returns the position, from 0, of a column given by its number from 1; None if the text is not such a number."""
    if column.isascii() and column.isdigit() and len(column) < 10 and 1 <= int(column) <= width:
        return int(column) - 1
    return None


def positions_beside(query: Query, names: Sequence[str]) -> set[int]:
    """Returns the positions of the columns that other queries of the same source want."""
    return {at for name in query.beside if (at := _index(name, names)) is not None}


def _chosen_pair(
    labels: tuple[int, ...], given: Sequence[int], rest: Sequence[int], names: Sequence[str], first: int
) -> Choice:
    headed = [heading_key(names[index]) for index in rest]
    if not given and {"p", "q"} <= set(headed):
        values = [rest[headed.index("p")], rest[headed.index("q")]]
        others = [index for index in rest if index not in values]
        return _with_label(labels, [] if labels else _label_among(others, names, first), values, names)
    if not given and len(rest) == (2 if labels else 3):
        return Choice(labels, rest) if labels else _with_label((), rest[:1], rest[1:], names)
    hint = Sentence("give Q as a second operand, or name both columns with ", Option("--p"), " and ", Option("--q"))
    raise _unclear("a pair needs a P and a Q column", hint, names)


def _joint_labels(rest: Sequence[int], names: Sequence[str], texts: Sequence[int]) -> str:
    """Returns the cure for columns of which one alone holds numbers, or is headed as masses, as in x,y,p; else ""."""
    others = [at for at in rest if at in texts]
    if len(others) != len(rest) - 1:
        others = [at for at in rest if mass_rank(names[at]) < 3]
    if not 2 <= len(others) == len(rest) - 1 <= _LISTED:
        return ""
    return f"if the others are labels together, pass {option_of_labels([names[at] for at in others])}"


def _label_among(rest: Sequence[int], names: Sequence[str], first: int) -> Sequence[int]:
    """Returns the label column among those left: the first, unless it is headed as masses and another as labels."""
    has_first = first in rest and heading_key(names[first]) not in {"p", "q"}
    if has_first and mass_rank(names[first]) <= 1:
        return [first]
    headed = [index for index in rest if is_label_name(names[index])]
    return headed[:1] or ([first] if has_first else [])


def _with_label(asked: tuple[int, ...], found: Sequence[int], values: Sequence[int], names: Sequence[str]) -> Choice:
    if asked:
        return Choice(asked, values)
    return Choice(tuple(found), values, is_guess=any(not is_label_name(names[index]) for index in found))


def _label_and_value(rest: Sequence[int], names: Sequence[str]) -> Choice:
    """Returns the choice among two columns: the second holds labels if the first is headed as masses."""
    first, second = (mass_rank(names[index]) for index in rest)
    if second < first and (first == 3 or first > 1 > second):
        return Choice((rest[1],), rest[:1])
    if first == 2 and second == 1 and is_place_or_time(names[rest[1]]):
        return Choice((rest[1],), rest[:1], is_guess=True)
    return Choice((rest[0],), rest[1:], is_guess=not first < second)


def _find_all(word: str, names: Sequence[str]) -> Sequence[int]:
    if word in names or "," not in word:
        return [_find(word, names)]
    pieces = word.split(",")
    found = _cut(pieces, names) if len(pieces) <= _MOST_LABELS else None
    if found is None:
        for piece in pieces:
            _find(piece.strip(), names)
        raise _unclear(
            f"no column {word!r}", "name each column with a " + Option("--label") + " of its own", names, UnclearColumns
        )
    return found


def _cut(pieces: Sequence[str], names: Sequence[str]) -> Sequence[int] | None:
    """Returns the columns named between commas; the longest name wins, as a name may itself hold a comma."""
    after: list[list[int] | None] = [None] * len(pieces) + [[]]
    for start in reversed(range(len(pieces))):
        for end in range(len(pieces), start, -1):
            rest, name = after[end], ",".join(pieces[start:end])
            index = _index(name if name in names else name.strip(), names)
            if rest is not None and index is not None:
                after[start] = [index, *rest]
                break
    return after[0]


def _index(column: str, names: Sequence[str]) -> int | None:
    return list(names).index(column) if column in names else position_of(column, len(names))


def _find(column: str, names: Sequence[str]) -> int:
    index = _index(column, names)
    if index is not None:
        return index
    raise no_column(column, names)


def _unclear(found: str, hint: str, names: Sequence[str], error: type[Unreadable] = Unreadable) -> InputError:
    return error(f"{found}; the columns are {listing(names, most=_LISTED)}", hint=hint)
