"""Notes on the values of a pair: why one is infinite, large because of masks, or mostly chance."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.distributions.alignment import Aligned
from klcli.core.distributions.distribution import Distribution
from klcli.core.measures.masks import are_of_masks
from klcli.core.measures.measure import Measure
from klcli.core.pairs.supports import CAUSES
from klcli.notes import (
    Cause,
    Note,
    distributions_disjoint,
    made_by_masks,
    measures_infinite,
    one_outcome_each,
    overflow,
    samples_described,
)

__all__ = ["infinite_notes", "mask_notes", "one_outcome_notes", "sample_notes"]

_NAMED = 5  # outcomes in a note
_OF_SAMPLES = frozenset({"counts", "samples"})
_ENOUGH = 100  # observations of both an outcome: of equal samples the KL is about 2·(outcomes)/(observations of both)


def one_outcome_notes(aligned: Aligned) -> Iterator[Note]:
    """Yields a note if P and Q have one outcome, which has all the mass of both whatever the numbers are."""
    if len(aligned.p) == 1:
        yield one_outcome_each("P and Q")


def infinite_notes(aligned: Aligned, infinite: Sequence[Measure]) -> Iterator[Note]:
    """Yields why measures are infinite, a note for each cause, with the outcomes that make them so."""
    if not infinite:
        return
    where = _outcomes_by_cause(aligned)
    names: dict[Cause, list[str]] = {}
    for measure in infinite:
        causes = [cause for cause in CAUSES[measure.support_law] if cause in where]
        for cause in causes or [Cause.OVERFLOW]:
            names.setdefault(cause, []).append(measure.name)
    for cause, mass in ((Cause.Q_LACKS_P, aligned.p), (Cause.P_LACKS_Q, aligned.q)):
        if cause in names:
            scaled = mass / mass.max()
            share = float(scaled[where[cause]].sum() / scaled.sum())
            first = tuple(aligned.outcome(int(index)) for index in where[cause][:_NAMED])
            yield measures_infinite(tuple(names[cause]), cause, len(where[cause]), first, share)
    if Cause.DISJOINT in names:
        yield distributions_disjoint(tuple(names[Cause.DISJOINT]))
    if Cause.OVERFLOW in names:
        yield overflow(tuple(names[Cause.OVERFLOW]))


def mask_notes(aligned: Aligned, measures: Iterable[Measure], nats: Mapping[str, float]) -> Iterator[Note]:
    """Yields a note if values of these measures are large because of masked logits."""
    if aligned.log_p is None and aligned.log_q is None:
        return
    names = tuple(each.name for each in measures if are_of_masks(each, nats[each.name]))
    if not names:
        return
    sides = (("P", aligned.p, aligned.log_p, aligned.q), ("Q", aligned.q, aligned.log_q, aligned.p))
    lost = [
        f"{aligned.outcome(int(index))} of {side}"
        for side, mass, logs, other in sides
        if logs is not None
        for index in np.flatnonzero((mass == 0) & (logs > -inf) & (other > 0))
    ]
    yield made_by_masks(names, len(lost), tuple(lost[:_NAMED]))


def sample_notes(p: Distribution, q: Distribution, outcomes: int) -> Iterator[Note]:
    """Yields a note if P and Q are samples so small that much of a divergence may be chance."""
    count = p.total + q.total
    if {p.kind, q.kind} <= _OF_SAMPLES and count < _ENOUGH * outcomes:
        yield samples_described(int(count), outcomes)


def _outcomes_by_cause(aligned: Aligned) -> dict[Cause, Index]:
    """Returns why a measure of P and Q may be infinite, with the outcomes that make it so."""
    p, q = aligned.supports
    found = {Cause.Q_LACKS_P: np.flatnonzero(p & ~q), Cause.P_LACKS_Q: np.flatnonzero(q & ~p)}
    if not (p & q).any():
        found[Cause.DISJOINT] = np.flatnonzero(p | q)
    return {cause: where for cause, where in found.items() if where.size}
