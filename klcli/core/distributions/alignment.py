"""Two distributions on one support: joined by label, or by position; nothing is ever broadcast."""

from collections.abc import Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.label_spelling import nearly_equal
from klcli.core.distributions.label_texts import FamiliarText
from klcli.core.distributions.labels import are_equal, joined, positions
from klcli.core.pairs.unsmoothed import Unsmoothed
from klcli.errors import NotComparable, UnknownName
from klcli.notes import Note, labels_nearly_equal, masses_missing
from klcli.support.sentence import Option

if TYPE_CHECKING:
    from klcli.core.pairs.pair import Pair

__all__ = [
    "MISSING", "Aligned", "align", "are_labelled", "check_missing", "notes_on_spelling", "refuse_one_sided",
    "refused_missing",
]  # fmt: skip


MISSING = {
    "zero": "a label on one side only has mass 0 on the other, with a note",
    "error": "a label on one side only is refused",
}


_NAMED = 5  # sides that lack labels, in one error
_EXAMINED = 10_000  # labels of one side that are looked for on the other in another spelling

# of familiar labels, which come again together
_last_match: list[tuple[Sequence[str], Sequence[str], tuple[Index, bool]]] = []


class Aligned(NamedTuple):
    """Masses of P and Q over the same outcomes, in the same order.

    Attributes:
        labels: k of them, or None where outcomes are known by position.
        p, q: masses, shape (k,), not normalised.
        log_p, log_q: their logarithms up to a constant, where those are what was given; else None.
        known: the smallest mass and the total of p, and those of q, where they are known.
        notes: which labels had to be given mass 0.
        unsmoothed: what they were before they were smoothed, if they were.
    """

    labels: Sequence[str] | None
    p: Array
    q: Array
    log_p: Array | None = None
    log_q: Array | None = None
    known: tuple[tuple[float, float], tuple[float, float]] | None = None
    notes: tuple[Note, ...] = ()
    unsmoothed: Unsmoothed | None = None

    def outcome(self, index: int) -> str:
        """Returns the label, or the number (from 1) in brackets."""
        return f"[{index + 1}]" if self.labels is None else self.labels[index]

    @property
    def supports(self) -> tuple[Mask, Mask]:
        """Masks of the outcomes that have mass in P, and in Q; each of shape (k,)."""
        if self.unsmoothed is not None:
            everywhere = np.ones(len(self.p), dtype=bool)
            return everywhere, everywhere
        return (
            self.p > 0 if self.log_p is None else self.log_p > -inf,
            self.q > 0 if self.log_q is None else self.log_q > -inf,
        )

    def pairs(self) -> "Iterator[Pair]":
        """Yields a Pair for each block of outcomes."""
        from klcli.core.pairs.normaliser import pairs

        return pairs(self.p, self.q, log_p=self.log_p, log_q=self.log_q, unsmoothed=self.unsmoothed)


def align(p: Distribution, q: Distribution, *, missing: str = "zero") -> Aligned:
    """Returns p and q over one support: the union of their labels, or their common length.

    Raises:
        NotComparable: only one is labelled, the lengths differ, or a label is missing and `missing` is "error".
        UnknownName: `missing` is neither "zero" nor "error".
    """
    check_missing(missing)
    if not are_labelled((p.name or "P", p.labels, len(p)), (q.name or "Q", q.labels, len(q))):
        return _as_they_stand(p, q)
    assert p.labels is not None
    assert q.labels is not None
    return _as_they_stand(p, q) if are_equal(p.labels, q.labels) else _joined(p, q, missing)


def are_labelled(p: tuple[str, Sequence[str] | None, int], q: tuple[str, Sequence[str] | None, int]) -> bool:
    """Returns True if two distributions, each a name, labels and a number of outcomes, can be joined by label.

    Raises:
        NotComparable: they can be matched neither by label nor by position.
    """
    (p_name, p_labels, p_count), (q_name, q_labels, q_count) = p, q
    refuse_one_sided((p_name, q_name), p_labels, q_labels)
    if p_labels is None and p_count != q_count:
        raise NotComparable(
            f"{p_name} has {p_count} outcomes and {q_name} has {q_count}; without labels they must be equal",
            hint="label the outcomes to join them by name",
        )
    return p_labels is not None


def check_missing(missing: str) -> None:
    """Refuses a word other than "zero" and "error".

    Raises:
        UnknownName: it is neither.
    """
    if missing not in MISSING:
        raise UnknownName(f"no way to treat missing labels is called {missing!r}", hint=f"it is {' or '.join(MISSING)}")


def refused_missing(notes: Sequence[Note]) -> NotComparable:
    """Returns the error for labels that are on one side only, those of both sides named as their notes name them."""
    found = "; ".join(note.text for note in notes[:_NAMED]) + (
        f"; and {len(notes) - _NAMED} more" if len(notes) > _NAMED else ""
    )
    return NotComparable(found, hint="pass " + Option("--missing", "zero") + " to give them mass 0")


def refuse_one_sided(
    names: tuple[str, str], p: Sequence[str] | None, q: Sequence[str] | None, hint: str = "give both labels, or neither"
) -> None:
    """Refuses labels on one side only; `names` are those of P and Q.

    Raises:
        NotComparable: one has labels and the other has none.
    """
    if (p is None) != (q is None):
        bare, named = names if p is None else names[::-1]
        raise NotComparable(
            f"{named} has labels and {bare} has none, so their outcomes cannot be matched",
            hint=hint,
        )


def _as_they_stand(p: Distribution, q: Distribution, order: Index | None = None) -> Aligned:
    """Returns both without joining, the outcomes of q in the given order."""
    known = (p.least, p.total), (q.least, q.total)
    if order is None:
        return Aligned(p.labels, p.mass, q.mass, p.log_mass, q.log_mass, known)
    log_q = None if q.log_mass is None else q.log_mass[order]
    return Aligned(p.labels, p.mass, q.mass[order], p.log_mass, log_q, known)


def _joined(p: Distribution, q: Distribution, missing: str) -> Aligned:
    assert p.labels is not None
    assert q.labels is not None
    in_q, are_the_same = _matched(p.labels, q.labels)
    if are_the_same:
        return _as_they_stand(p, q, in_q)
    is_only_q = np.ones(len(q), dtype=bool)
    is_only_q[in_q[in_q >= 0]] = False
    only_p, only_q = np.flatnonzero(in_q < 0), np.flatnonzero(is_only_q)
    notes = _missing_notes(p, q, only_p, only_q)
    if missing == "error":
        raise refused_missing(notes)

    def of_p(values: Array, fill: float) -> Array:
        return np.append(values, np.full(only_q.size, fill)) if only_q.size else values

    def of_q(values: Array, fill: float) -> Array:
        found = values[in_q]
        found[only_p] = fill
        return np.append(found, values[only_q]) if only_q.size else found

    return Aligned(
        joined(p.labels, q.labels, only_q) if only_q.size else p.labels,
        of_p(p.mass, 0.0),
        of_q(q.mass, 0.0),
        None if p.log_mass is None else of_p(p.log_mass, -np.inf),
        None if q.log_mass is None else of_q(q.log_mass, -np.inf),
        ((0.0 if only_q.size else p.least, p.total), (0.0 if only_p.size else q.least, q.total)),
        notes,
    )


def _matched(labels: Sequence[str], among: Sequence[str]) -> tuple[Index, bool]:
    """Returns the position of each label among the others, and True if both sets of labels are equal."""
    for these, those, found in _last_match:
        if these is labels and those is among:
            return found
    indices = positions(labels, among)
    found = indices, len(labels) == len(among) and int(np.minimum.reduce(indices)) >= 0
    if type(labels) is FamiliarText and type(among) is FamiliarText:
        _last_match[:] = [(labels, among, found)]
    return found


def _missing_notes(p: Distribution, q: Distribution, only_p: Index, only_q: Index) -> tuple[Note, ...]:
    names = p.name or "P", q.name or "Q"
    notes = tuple(
        _missing_note(this, name, other, indices)
        for this, name, other, indices in ((p, *names, only_p), (q, *names[::-1], only_q))
        if indices.size
    )
    assert p.labels is not None
    assert q.labels is not None
    of_p, of_q = (
        [labels[at] for at in only[:_EXAMINED].tolist()] for labels, only in ((p.labels, only_p), (q.labels, only_q))
    )
    return (*notes, *notes_on_spelling(names, of_p, of_q))


def notes_on_spelling(names: tuple[str, str], only_p: Sequence[str], only_q: Sequence[str]) -> Iterator[Note]:
    """Yields a note if one of the first labels of Q alone is one of P alone but for its spelling."""
    pair = nearly_equal(only_q[:_EXAMINED], only_p[:_EXAMINED]) if only_p and only_q else None
    if pair is not None:
        yield labels_nearly_equal(names[1], names[0], *pair)


def _missing_note(distribution: Distribution, name: str, other: str, indices: Index) -> Note:
    labels = distribution.labels
    assert labels is not None
    scaled = distribution.mass / distribution.mass.max()
    share = float(scaled[indices].sum() / scaled.sum())
    first = tuple(labels[index] for index in indices[:5].tolist())
    return masses_missing(name, other, int(indices.size), first, share)
