"""Tables of distributions over the same outcomes, joined by label over the union of all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import inf

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.distributions.alignment import are_labelled, check_missing, refused_missing
from klcli.core.distributions.label_spelling import nearly_equal
from klcli.core.distributions.labels import are_equal, positions
from klcli.core.distributions.rows import Rows
from klcli.core.distributions.smoothing import Smoothing
from klcli.core.matrix.stack import Stack
from klcli.notes import Note, labels_missing, labels_nearly_equal, rows_smoothed, table_lacks

__all__ = ["DistributionTable", "joined", "smoothed", "table_of"]


@dataclass(frozen=True, slots=True, eq=False)
class DistributionTable:
    """Distributions in rows, with names.

    Attributes:
        stack: the masses, shape (n, k).
        names: of the rows. labels: of the outcomes; None where outcomes are known by position.
        source: where it was read from, in words. kind: what the numbers were, as in Distribution.
        notes: what was assumed.
    """

    stack: Stack
    names: tuple[str, ...]
    labels: Sequence[str] | None
    source: str
    kind: str
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def select(self, rows: Sequence[int] | Index) -> "DistributionTable":
        """Returns the rows of these indices, in this order."""
        places = np.asarray(rows, dtype=np.intp)
        return replace(self, stack=self.stack[places], names=tuple(self.names[row] for row in places.tolist()))


def joined(
    stacks: Sequence[DistributionTable], missing: str = "zero"
) -> tuple[list[DistributionTable], tuple[Note, ...]]:
    """Returns tables over the union of their labels, unchanged if they have none, and a note about missing labels.

    Raises:
        NotComparable: outcomes can be matched neither by label nor by position, or a label is missing and `missing` is
            "error". UnknownName: `missing` is neither "error" nor "zero".
    """
    check_missing(missing)
    first = stacks[0]
    shapes = [(each.source, each.labels, each.stack.outcomes) for each in stacks]
    are_joined = {are_labelled(shapes[0], each) for each in shapes}  # for all of them, as each may be refused
    if are_joined == {False} or all(are_equal(first.labels or (), each.labels or ()) for each in stacks):
        return list(stacks), ()
    labels = tuple(dict.fromkeys(label for each in stacks for label in each.labels or ()))
    short = [each.source for each in stacks if len(each.labels or ()) < len(labels)]
    notes: tuple[Note, ...] = ()
    if short:
        notes = (labels_missing(tuple(short[:5]), len(short), len(stacks)),)
        if missing == "error":
            raise refused_missing(tuple(_lacking(each, labels) for each in stacks if each.source in short))
        notes += tuple(islice(_alike(stacks), 1))
    return [_spread(each, labels) for each in stacks], notes


def _alike(stacks: Sequence[DistributionTable]) -> Iterator[Note]:
    """Yields a note on labels of a table that a table before it has, but for their spelling."""
    known: dict[str, str] = {}
    for each in stacks:
        own = dict.fromkeys(each.labels or (), each.source)
        new = [label for label in own if label not in known]
        others = [label for label in known if label not in own] if new else []
        pair = nearly_equal(new, others)
        if pair is not None:
            yield labels_nearly_equal(each.source, known[pair[1]], *pair)
        known = own | known


def smoothed(named: DistributionTable, smoothing: Smoothing) -> DistributionTable:
    """Returns each distribution smoothed over the outcomes of all, with a note of what was done."""
    note = rows_smoothed(smoothing.text, named.stack.outcomes)
    return replace(named, stack=named.stack.smoothed(smoothing), notes=(*named.notes, note))


def table_of(
    rows: Rows, source: str, labels: Sequence[str] | None = None, names: Sequence[str] = ()
) -> DistributionTable:
    """Returns the table of rows that were read; rows without names are numbered."""
    everything = slice(0, len(rows))
    stack = Stack(rows.masses(everything), rows.block(everything) if rows.are_logarithms else None)
    names = names or [str(row + 1) for row in range(len(rows))]
    return DistributionTable(stack, tuple(names), labels, source, rows.kind, rows.notes)


def _spread(named: DistributionTable, labels: Sequence[str]) -> DistributionTable:
    """Returns a table over more labels, with mass 0 on the new ones."""
    where = positions(named.labels or (), among=labels)

    def wider(values: Array, fill: float) -> Array:
        found = np.full((len(values), len(labels)), fill)
        found[:, where] = values
        return found

    mass, log_mass = named.stack.mass, named.stack.log_mass
    stack = Stack(wider(mass, 0.0), None if log_mass is None else wider(log_mass, -inf))
    return replace(named, stack=stack, labels=labels)


def _lacking(named: DistributionTable, labels: Sequence[str]) -> Note:
    """Returns a note of the labels that a table does not have."""
    own = set(named.labels or ())
    lacking = [label for label in labels if label not in own]
    return table_lacks(named.source, len(lacking), tuple(lacking[:5]))
