"""Texts among numbers: the note that counts them, and shows the first."""

from collections.abc import Sequence

from klcli.engines.countable import Countable
from klcli.notes import values_not_numbers
from klcli.runs.drift.counted import CountedColumn

__all__ = ["note_texts"]


def note_texts(each: CountedColumn, counts: Sequence[int], reference: Countable, current: Countable) -> None:
    """Notes how many cells of a column spell no number; `counts` are of P and Q."""
    reads = each.read_p, each.read_q
    found = (
        (name, table.first_row(read.column, read))
        for name, table, read, count in zip("PQ", (reference, current), reads, counts, strict=True)
        if count
    )
    first = next(((name, *place) for name, place in found if place is not None), None)
    each.notes.append(values_not_numbers(each.name, counts[0], counts[1], first))
