"""Names of rows: those of P and Q are the same, and outcomes that may be names are whole numbers under `id` or so."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.errors import NotADistribution, NotComparable
from klcli.notes import Note, names_counted, rows_called_otherwise, total_counted, total_is_row
from klcli.sources.columns.headings import is_label_name, is_place_or_time
from klcli.sources.columns.totals import total_among, total_of_rows
from klcli.sources.formats.row_source import ListedBlock, RowBlock
from klcli.support.sentence import Option, Sentence, joined

__all__ = ["hinted_at_names", "names_in_common", "names_of_both", "notes_on_outcomes"]

AnyBlock = RowBlock | ListedBlock

_HEADINGS = frozenset({"index", "row", "no", "nr"})  # of a first column, besides those of labels
_ONE_ORDER = "row i of P is compared with row i of Q: bring both into one order"


def names_of_both(p: AnyBlock, q: AnyBlock, sources: tuple[str, str]) -> Sequence[str] | None:
    """Returns the names of the rows, which are those of P, or of Q if P has no names; None if neither has.

    Args:
        sources: the names of both, for messages.

    Raises:
        NotComparable: row i of P and row i of Q have two names.
    """
    if p.ids is None or q.ids is None:
        return q.ids if p.ids is None else p.ids
    row = _first_difference(p.ids, q.ids)
    if row is not None:
        raise NotComparable(
            f"the row is called {p.ids[row]!r} in {sources[0]} and {q.ids[row]!r} in {sources[1]}",
            place=p.place(row),
            hint=_ONE_ORDER,
        )
    return p.ids


def names_in_common(p: AnyBlock, q: AnyBlock, sources: tuple[str, str]) -> Note | None:
    """Returns a note if a field that may name the rows, and that nobody asked for, differs between P and Q.

    Raises:
        NotComparable: the names are those of the other side in another order.
    """
    for field in sorted(p.columns.keys() & q.columns.keys()):
        both = p.columns[field], q.columns[field]
        row = _first_difference(*both)
        if row is None:
            continue
        names, place = (both[0][row], both[1][row]), p.place(row)
        each = [[name for name, _ in groupby(column)] for column in both]  # a line may hold several rows
        if set(each[0]) & set(each[1]) and all(len(set(some)) == len(some) for some in each):
            raise NotComparable(
                f"{field!r} is {names[0]!r} in {sources[0]} and {names[1]!r} in {sources[1]}",
                place=place,
                hint=_ONE_ORDER,
            )
        return rows_called_otherwise(str(place), field, names, sources)
    return None


def _first_difference(p: Sequence[str], q: Sequence[str]) -> int | None:
    return next((row for row, (here, there) in enumerate(zip(p, q, strict=False)) if here != there), None)


def notes_on_outcomes(source: str, block: RowBlock) -> tuple[Note, ...]:
    """Returns a note if an outcome of a block of rows may be the name of the row, and one if it may be its total.

    A row that is the sum of those above it has a note, too.
    """
    name = _name_among_outcomes(block)
    total = None if block.labels is None else total_among(block.labels, block.values)
    names = () if name is None else (names_counted((source,), name),)
    found = names if total is None else (*names, total_counted((source,), total))
    row = total_of_rows(block.ids or (), block.values)
    return found if row is None else (*found, total_is_row(source, block.first + row[0] + 1, row[1]))


@contextmanager
def hinted_at_names(block: RowBlock) -> Iterator[None]:
    """Gives an error on the rows of a block a hint where an outcome may be the name of the row."""
    try:
        yield
    except NotADistribution as error:
        name = _name_among_outcomes(block)
        if name is not None:
            cure = Sentence(f"if {name!r} names the rows, pass ", Option("--id", name))
            error.hint = joined("; ", cure, error.hint)
        raise


def _name_among_outcomes(block: RowBlock) -> str | None:
    """Returns the label of the outcome that may be the name of the row; None if the rows have names, or no label does.

    In the first place that is any heading of labels, or one of times and places where they ascend, elsewhere one of
    identifiers.
    """
    if block.ids is not None or block.labels is None:
        return None
    for at, label in enumerate(block.labels):
        heading = label.strip().casefold()
        is_name = heading == "id" or heading.endswith("_id")
        if at == 0:
            is_name |= heading in _HEADINGS or is_label_name(label)
            is_name |= is_place_or_time(label) and _ascend(block.values[:, 0])
        if is_name and _are_whole(block, at):
            return label
    return None


def _ascend(values: NDArray[Any]) -> bool:
    return len(values) > 1 and bool((values[1:] > values[:-1]).all())


def _are_whole(block: RowBlock, at: int) -> bool:
    column = block.values[:, at]
    return bool((column == np.floor(column)).all()) if column.dtype.kind == "f" else column.dtype.kind in "iu"
