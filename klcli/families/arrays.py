"""KL(P‖Q) of families as bare numbers: of one pair at once, or of arrays of them."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from klcli.families.closed_form import ClosedForm, always_covers, can_cover, find, of_families
from klcli.families.divergence import evaluated, kl
from klcli.families.family import Diverges, Family, cached_by_family
from klcli.families.multivariate import Dirichlet, MvNormal, Wishart
from klcli.families.precision import DOUBLES, LARGE, NORMAL, is_tight

__all__ = ["kl_of_arrays"]


def kl_of_arrays(p: Any, q: Any) -> Any:
    """Returns KL(P‖Q) in nats, of the shape to which the parameters of both broadcast; a float where that is ().

    Raises:
        NotComparable: they are not of one space. ValueError: the shapes do not broadcast.
    """
    if p.batch == q.batch == ():
        found = _shortcut(type(p), type(q))
        return kl(p, q).value if found is None else found(p, q)
    shape = np.broadcast_shapes(p.batch, q.batch)
    form = find(p, q) if p.kind == q.kind != "multivariate" else None
    if form is not None and _all_covered(p, q):
        try:
            return _at_once(form, p, q, shape)
        except Diverges:
            pass  # for some, so each is asked by itself
    values = np.empty(shape)
    for index in np.ndindex(*shape):
        values[index] = kl(p.take(index, shape), q.take(index, shape)).value
    return values


# supports of vectors that depend on nothing but their dimension
_WHOLE = {cls.support for cls in (MvNormal, Dirichlet, Wishart)}


@cached_by_family
def _shortcut(p: type[Family], q: type[Family]) -> Callable[[Any, Any], float] | None:
    """What gives KL(P‖Q) of one pair, where the two families alone say whether Q can cover P, or the closed form."""
    form, is_covered, is_one_family = of_families(p, q), always_covers(p, q), p is q
    if p.kind == "multivariate" and is_one_family and form is not None and p.support in _WHOLE:
        return lambda p, q: kl(p, q).value if p.dimension != q.dimension or p == q else evaluated(form, p, q)[0]
    if p.kind != q.kind or p.kind == "multivariate":
        return None
    if not can_cover(p, q):
        return lambda p, q: inf

    def shortcut(p: Any, q: Any) -> float:
        if is_one_family and p == q:
            return 0.0
        if not is_covered:
            (low_p, high_p), (low_q, high_q) = p.bounds(), q.bounds()
            if low_p < low_q or high_p > high_q:
                return inf
        if form is None:
            return kl(p, q).value
        try:
            return evaluated(form, p, q)[0]
        except Diverges:
            return inf

    return shortcut


def _all_covered(p: Family, q: Family) -> bool:
    (low_p, high_p), (low_q, high_q) = p.bounds(), q.bounds()
    return bool(np.all(low_p >= low_q) and np.all(high_p <= high_q))


def _at_once(form: ClosedForm, p: Any, q: Any, shape: tuple[int, ...]) -> Any:
    with np.errstate(all="ignore"):
        if form.direct is not None:
            value = np.array(np.broadcast_to(form.direct(p.among_arrays, q.among_arrays), shape), dtype=float)
            is_right = (value > NORMAL) & (value < LARGE)
        else:
            ball = form.evaluate(p.at(DOUBLES), q.at(DOUBLES))
            value = np.array(np.broadcast_to(ball.value, shape), dtype=float)
            is_right = is_tight(value, np.broadcast_to(ball.error, shape))
        if form.direct is not None and np.count_nonzero(~is_right) > 1:
            _with_bounds(form, p, q, value, is_right)
    is_right &= p.is_modest & q.is_modest
    for index in zip(*np.nonzero(~is_right), strict=True):
        # two of one family that are equal, or such as need more digits
        one, other = p.take(index, shape), q.take(index, shape)
        value[index] = 0.0 if one == other else max(evaluated(form, one, other)[0], 0.0)
    return value


def _with_bounds(form: ClosedForm, p: Any, q: Any, value: Any, is_right: Any) -> None:
    """Fills in, where the direct way did not do, what doubles with a bound are good enough for."""
    rest = ~is_right
    ball = form.evaluate(*(member.take(rest, value.shape).at(DOUBLES) for member in (p, q)))
    value[rest] = ball.value
    is_right[rest] = is_tight(ball.value, ball.error)
