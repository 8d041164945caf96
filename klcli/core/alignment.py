"""Two distributions on one support: joined by label, or by position; nothing is ever broadcast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klcli.core.distribution import Distribution
from klcli.core.note import Note, listing
from klcli.errors import NotComparable, UnknownName

__all__ = ["MISSING", "Aligned", "align"]

Array = NDArray[np.float64]

MISSING = {
    "zero": "a label on one side only has mass 0 on the other, with a note",
    "error": "a label on one side only is refused",
}


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Masses of P and Q over the same outcomes, in the same order.

    Attributes:
        labels: k of them, or None where outcomes are known by position.
        p, q: masses, shape (k,), not normalised.
        log_p, log_q: their logarithms up to a constant, where those are what was given; else None.
        known: the smallest mass and the total of p, and those of q, where they are known.
        notes: which labels had to be given mass 0.
    """

    labels: tuple[str, ...] | None
    p: Array
    q: Array
    log_p: Array | None = None
    log_q: Array | None = None
    known: tuple[tuple[float, float], tuple[float, float]] | None = None
    notes: tuple[Note, ...] = ()

    def outcome(self, index: int) -> str:
        """Returns the label, or the number (from 1) in brackets."""
        return f"[{index + 1}]" if self.labels is None else self.labels[index]


def align(p: Distribution, q: Distribution, *, missing: str = "zero") -> Aligned:
    """Returns p and q over one support: the union of their labels, or their common length.

    Raises:
        NotComparable: only one is labelled, the lengths differ, or a label is missing and `missing` is "error".
        UnknownName: `missing` is neither "zero" nor "error".
    """
    if missing not in MISSING:
        raise UnknownName(f"no way to treat missing labels is called {missing!r}", hint=f"it is {' or '.join(MISSING)}")
    p_name, q_name = p.name or "P", q.name or "Q"
    if p.labels is None or q.labels is None:
        if p.labels is not q.labels:
            bare, named = (p_name, q_name) if p.labels is None else (q_name, p_name)
            raise NotComparable(
                f"{named} has labels and {bare} has none, so their outcomes cannot be matched",
                hint="give both labels, or neither",
            )
        if len(p) != len(q):
            raise NotComparable(
                f"{p_name} has {len(p)} outcomes and {q_name} has {len(q)}; without labels they must be equal",
                hint="label the outcomes to join them by name",
            )
        return _as_they_stand(p, q)
    if p.labels == q.labels:
        return _as_they_stand(p, q)
    return _joined(p, q, missing)


def _as_they_stand(p: Distribution, q: Distribution) -> Aligned:
    known = (p.least, p.total), (q.least, q.total)
    return Aligned(p.labels, p.mass, q.mass, p.log_mass, q.log_mass, known)


def _joined(p: Distribution, q: Distribution, missing: str) -> Aligned:
    assert p.labels is not None
    assert q.labels is not None
    position = {label: index for index, label in enumerate(p.labels)}
    only_q = [label for label in q.labels if label not in position]
    for label in only_q:
        position[label] = len(position)
    in_q = set(q.labels)
    only_p = [label for label in p.labels if label not in in_q]
    notes = []
    for name, other, labels in ((p.name or "P", q.name or "Q", only_p), (q.name or "Q", p.name or "P", only_q)):
        if labels:
            notes.append(_missing_note(p if labels is only_p else q, name, other, labels))
    if notes and missing == "error":
        raise NotComparable(notes[0].text, hint="pass --missing zero to give them mass 0")
    where_q = np.fromiter((position[label] for label in q.labels), dtype=np.int64, count=len(q.labels))
    where_p = np.arange(len(p.labels))
    size = len(position)
    return Aligned(
        tuple(position),
        _spread(p.mass, where_p, size, 0.0),
        _spread(q.mass, where_q, size, 0.0),
        None if p.log_mass is None else _spread(p.log_mass, where_p, size, -np.inf),
        None if q.log_mass is None else _spread(q.log_mass, where_q, size, -np.inf),
        notes=tuple(notes),
    )


def _missing_note(distribution: Distribution, name: str, other: str, labels: list[str]) -> Note:
    missing = set(labels)
    assert distribution.labels is not None
    mask = np.fromiter((label in missing for label in distribution.labels), dtype=bool, count=len(distribution.labels))
    scaled = distribution.mass / distribution.mass.max()
    share = float(scaled[mask].sum() / scaled.sum())
    subject = f"{len(labels)} label{'s' * (len(labels) > 1)} of {name}"
    return Note("missing_outcomes", f"{subject} not in {other}: {listing(labels)} ({share:.6g} of its mass)")


def _spread(values: Array, where: NDArray[np.int64], size: int, fill: float) -> Array:
    spread = np.full(size, fill)
    spread[where] = values
    return spread
