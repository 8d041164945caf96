"""Rows of P and of Q over the same outcomes: joined by label as two distributions are, once for all rows."""

from collections.abc import Sequence

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.distributions.alignment import check_missing, notes_on_spelling, refuse_one_sided, refused_missing
from klcli.core.distributions.labels import are_equal, have_repeats, positions
from klcli.core.distributions.rows import Rows
from klcli.errors import Unreadable
from klcli.notes import Note, row_labels_missing

__all__ = ["RowAlignment"]

Labels = Sequence[str] | None


class RowAlignment:
    """The positions of the outcomes of P and of Q among those of both, for all rows with these labels.

    Attributes:
        labels: of the outcomes after joining. notes: which labels had to be given mass 0.

    Raises:
        NotComparable: only one is labelled, or a label is missing and `missing` is "error".
    """

    def __init__(self, names: tuple[str, str], p: Labels, q: Labels, *, missing: str = "zero") -> None:
        check_missing(missing)
        self.labels, self.notes = p, tuple[Note, ...]()
        self._where: tuple[Index, Index] | None = None
        refuse_one_sided(names, p, q)
        if p is None or q is None:
            return
        for name, labels in zip(names, (p, q), strict=True):
            if have_repeats(labels):
                raise Unreadable("an outcome stands twice among its labels", place=name)
        if are_equal(p, q):
            return
        where = positions(q, among=p)
        only_q = np.flatnonzero(where < 0)
        where[only_q] = len(p) + np.arange(len(only_q))
        shared = set(where.tolist())
        only_p = [label for index, label in enumerate(p) if index not in shared]
        added = [q[index] for index in only_q.tolist()]
        self.notes = tuple(
            _missing_note(*between, some) for between, some in ((names, only_p), (names[::-1], added)) if some
        )
        if self.notes and missing == "error":
            raise refused_missing(self.notes)
        self.notes += tuple(notes_on_spelling(names, only_p, added))
        self.labels = (*p, *added)
        self._where = (np.arange(len(p)), where)

    def align(self, p: Rows, q: Rows) -> tuple[Rows, Rows]:
        """Returns the rows over the joined outcomes."""
        if self._where is None:
            return p, q
        assert self.labels is not None
        p_where, q_where = self._where
        return p.spread(p_where, len(self.labels)), q.spread(q_where, len(self.labels))

    def outcome(self, column: int) -> str:
        """Returns the label, or the number (from 1) in brackets."""
        return f"[{column + 1}]" if self.labels is None else self.labels[column]


def _missing_note(here: str, there: str, labels: Sequence[str]) -> Note:
    return row_labels_missing(here, there, len(labels), tuple(labels[:5]))
