"""KL(P‖Q) of arrays of families at once: a closed form over all of them, or one after the other."""

from typing import Any

import numpy as np

from klcli.families.closed_form import ClosedForm, find
from klcli.families.divergence import kl
from klcli.families.family import Diverges, Family
from klcli.families.precision import refine

__all__ = ["kl_of_arrays"]


def kl_of_arrays(p: Family, q: Family) -> Any:
    """Returns KL(P‖Q) in nats, of the shape to which the parameters of both broadcast; a float where that is ().

    Raises:
        NotComparable: they are not of one space. ValueError: the shapes do not broadcast.
    """
    shape = () if p.batch == q.batch == () else np.broadcast_shapes(p.batch, q.batch)
    if not shape:
        return kl(p, q).value
    form = find(p, q) if p.kind == q.kind != "multivariate" else None
    if form is not None and _all_covered(p, q):
        try:
            return _at_once(form, p, q, shape)
        except Diverges:
            pass  # for some, so each is asked by itself
    found = np.empty(shape)
    wide_p, wide_q = (_broadcast(member, shape) for member in (p, q))
    for index in np.ndindex(*shape):
        found[index] = kl(wide_p.one(index), wide_q.one(index)).value
    return found


def _all_covered(p: Family, q: Family) -> bool:
    (low_p, high_p), (low_q, high_q) = p.bounds(), q.bounds()
    return bool(np.all(low_p >= low_q) and np.all(high_p <= high_q))


def _at_once(form: ClosedForm, p: Family, q: Family, shape: tuple[int, ...]) -> Any:
    if form.direct is not None:
        found = form.direct(p, q)
        if np.isfinite(found).all():
            return found
    value, _ = refine(lambda arithmetic, index: form.evaluate(*_both(p, q, arithmetic, index, shape)), shape)
    return np.maximum(value, 0.0)


def _both(p: Family, q: Family, arithmetic: Any, index: Any, shape: tuple[int, ...]) -> tuple[Any, Any]:
    return p.at(arithmetic, index, shape), q.at(arithmetic, index, shape)


def _broadcast(member: Family, shape: tuple[int, ...]) -> Any:
    return type(member)(**{name: np.broadcast_to(value, shape) for name, value in member.given.items()})
