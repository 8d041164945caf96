"""KL(P‖Q) of families as bare numbers: of one pair at once, or of arrays of them."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from math import inf, prod
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import each_block, processors
from klcli.families.ball_arithmetic.precision import DOUBLES, LARGE, NORMAL, is_tight
from klcli.families.catalogue.multivariate import Dirichlet, MvNormal, Wishart
from klcli.families.closed_forms.closed_form import ClosedForm, always_covers, can_cover, find, of_families
from klcli.families.comparison.divergence import evaluated, kl
from klcli.families.family.family import Diverges, Family, cached_by_family

__all__ = ["kl_of_arrays"]


def kl_of_arrays(p: Any, q: Any) -> Any:
    """Returns KL(P‖Q) in nats, of the shape to which the parameters of both broadcast; a float where that is ().

    Raises:
        NotComparable: they are not of one space. ValueError: the shapes do not broadcast.
    """
    if p.batch == q.batch == ():
        shortcut = _shortcut(type(p), type(q))
        return kl(p, q).value if shortcut is None else shortcut(p, q)
    shape = np.broadcast_shapes(p.batch, q.batch)
    form = find(p, q) if p.kind == q.kind != "multivariate" else None
    p, q = p.flat(shape), q.flat(shape)
    found = np.empty(prod(shape))
    for index in range(len(found)) if form is None else _filled(form, p, q, found):
        found[index] = kl(p.take(index), q.take(index)).value
    return found.reshape(shape)


# pairs in a block: calls that are longer do better in two threads than shorter ones in the cache, up to the most
_FEWEST, _MOST = 32_768, 131_072


def _filled(form: ClosedForm, p: Family, q: Family, found: Any) -> Iterable[int]:
    """Fills in KL(P‖Q) of all, but for where more digits are asked for, which it returns."""

    def fill(where: slice) -> Any:
        return _fill(form, p.take(where), q.take(where), found[where]) + where.start

    size = min(max(-(-len(found) // processors()), _FEWEST), _MOST)
    return chain(*each_block(len(found), lambda: fill, size=size, worth=1))


def _fill(form: ClosedForm, p: Any, q: Any, found: Any) -> Any:
    """Fills in what doubles are good enough for, and returns where they are not."""
    is_covered = _is_covered(p, q)
    is_known: Any = False
    if form.direct is not None:
        found[:] = form.direct(p.among_arrays, q.among_arrays)
        is_trusted = form.is_of_any_size or p.is_modest & q.is_modest
        if is_covered is is_trusted is True and np.minimum.reduce(found) > NORMAL and np.maximum.reduce(found) < LARGE:
            return np.flatnonzero(False)
        is_known = (found > NORMAL) & (found < LARGE) & is_trusted
    for value, holds in ((inf, np.logical_not(is_covered)), (0.0, _are_equal(p, q))):
        found[np.broadcast_to(holds, found.shape)] = value
        is_known = is_known | holds
    rest = np.flatnonzero(~np.broadcast_to(is_known, found.shape))
    if rest.size:
        with suppress(Diverges):  # of some, so each is asked by itself
            return rest[~_in_balls(form, p.take(rest), q.take(rest), found, rest)]
    return rest


def _in_balls(form: ClosedForm, p: Any, q: Any, found: Any, where: Any) -> Any:
    """Fills in what balls of doubles give, and returns which of it is right."""
    ball = form.evaluate(p.at(DOUBLES), q.at(DOUBLES))
    found[where] = ball.value
    return is_tight(ball.value, ball.error) & p.is_modest & q.is_modest


def _is_covered(p: Family, q: Family) -> Any:
    (low_p, high_p), (low_q, high_q) = p.bounds(), q.bounds()
    return (low_p >= low_q) & (high_p <= high_q)


def _are_equal(p: Family, q: Family) -> Any:
    """Which members of one family are the same."""
    if type(p) is not type(q):
        return False
    return np.logical_and.reduce(np.broadcast_arrays(*(value == q.given[name] for name, value in p.given.items())))


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
            (low_p, high_p), (low_q, high_q) = p.ends, q.ends
            if low_p < low_q or high_p > high_q:
                return inf
        if form is None:
            return kl(p, q).value
        try:
            return evaluated(form, p, q)[0]
        except Diverges:
            return inf

    return shortcut
