"""KL(P‖Q) of families as plain numbers: of one pair, with little overhead, or of arrays of pairs."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from math import inf, prod
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import each_block, processors
from klcli.errors import NotComparable
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.ball_arithmetic.refinement import LARGEST, SMALLEST, is_accurate
from klcli.families.catalogue.dirichlet import Dirichlet
from klcli.families.catalogue.mvnormal import MvNormal
from klcli.families.catalogue.wishart import Wishart
from klcli.families.closed_forms.closed_form import ClosedForm
from klcli.families.closed_forms.lookup import closed_form_of, form_for_all_parameters
from klcli.families.comparison.divergence import evaluated, kl
from klcli.families.family.expectations import Diverges
from klcli.families.family.family import Family, cached_by_family
from klcli.families.family.support import always_covers, can_cover, covers

__all__ = ["batched_kl"]


def batched_kl(p: Any, q: Any) -> Any:
    """Returns KL(P‖Q) in nats, in the shape to which the parameters of both broadcast; a float if that is ().

    Raises:
        NotComparable: the outcomes of P and Q lie in different spaces, or the shapes do not broadcast.
        Undetermined: the error of a value is not below the value.
    """
    if p.batch == q.batch == ():
        shortcut = _shortcut(type(p), type(q))
        return _value(p, q) if shortcut is None else shortcut(p, q)
    try:
        shape = np.broadcast_shapes(p.batch, q.batch)
    except ValueError:
        raise NotComparable(f"parameters of shape {p.batch} in P and {q.batch} in Q do not broadcast") from None
    form = closed_form_of(p, q) if p.kind == q.kind != "multivariate" else None
    p, q = p.flattened(shape), q.flattened(shape)
    found = np.empty(prod(shape))
    for index in range(len(found)) if form is None else _fill_in_blocks(form, p, q, found):
        found[index] = _value(p.take(index), q.take(index))
    return found.reshape(shape)


def _value(p: Any, q: Any) -> float:
    return kl(p, q).checked(f"KL(P‖Q) of P = {p} and Q = {q}").value


# pairs in a block: long calls in two threads are faster than short ones that stay in the cache, up to _LARGEST_BLOCK
_SMALLEST_BLOCK, _LARGEST_BLOCK = 32_768, 131_072


def _fill_in_blocks(form: ClosedForm, p: Family, q: Family, found: Any) -> Iterable[int]:
    """Writes KL(P‖Q) into `found`; returns the indices that need more digits than doubles have."""

    def fill(where: slice) -> Any:
        return _fill(form, p.take(where), q.take(where), found[where]) + where.start

    size = min(max(-(-len(found) // processors()), _SMALLEST_BLOCK), _LARGEST_BLOCK)
    return chain(*each_block(len(found), lambda: fill, size=size, worth=1))


def _fill(form: ClosedForm, p: Any, q: Any, found: Any) -> Any:
    """Writes KL(P‖Q) where doubles are accurate enough; returns the indices where they are not."""
    is_covered = covers(p, q)
    is_known: Any = False
    if form.in_float64 is not None:
        found[:] = form.in_float64(p.raw_numpy, q.raw_numpy)
        is_safe = form.is_for_any_size or p.is_in_safe_range & q.is_in_safe_range
        if is_covered is is_safe is True and np.minimum.reduce(found) > SMALLEST and np.maximum.reduce(found) < LARGEST:
            return np.flatnonzero(False)
        is_known = (found > SMALLEST) & (found < LARGEST) & is_safe
    for value, holds in ((inf, np.logical_not(is_covered)), (0.0, _are_equal(p, q))):
        found[np.broadcast_to(holds, found.shape)] = value
        is_known = is_known | holds
    rest = np.flatnonzero(~np.broadcast_to(is_known, found.shape))
    if rest.size:
        with suppress(Diverges):  # an expectation of some pair diverges, so evaluate each pair by itself
            return rest[~_fill_from_balls(form, p.take(rest), q.take(rest), found, rest)]
    return rest


def _fill_from_balls(form: ClosedForm, p: Any, q: Any, found: Any, where: Any) -> Any:
    """Writes the values of Balls of doubles; returns True where they are accurate."""
    ball = form.evaluate(p.in_arithmetic(DOUBLES), q.in_arithmetic(DOUBLES))
    found[where] = ball.value
    return is_accurate(ball.value, ball.error) & p.is_in_safe_range & q.is_in_safe_range


def _are_equal(p: Family, q: Family) -> Any:
    """True where P and Q are the same distribution."""
    if type(p) is not type(q):
        return False
    return np.logical_and.reduce(np.broadcast_arrays(*(value == q.given[name] for name, value in p.given.items())))


# supports of vectors that depend only on their dimension
_FIXED_SUPPORTS = {cls.support for cls in (MvNormal, Dirichlet, Wishart)}


@cached_by_family
def _shortcut(p: type[Family], q: type[Family]) -> Callable[[Any, Any], float] | None:
    """A function that returns KL(P‖Q) of one pair, specialised to two families; None if there is no shorter way."""
    form, is_covered, is_one_family = form_for_all_parameters(p, q), always_covers(p, q), p is q
    if p.kind == "multivariate" and is_one_family and form is not None and p.support in _FIXED_SUPPORTS:
        return lambda p, q: _value(p, q) if p.dimension != q.dimension or p == q else _of_form(form, p, q)
    if p.kind != q.kind or p.kind == "multivariate":
        return None
    if not can_cover(p, q):
        return lambda p, q: inf

    def shortcut(p: Any, q: Any) -> float:
        if is_one_family and p == q:
            return 0.0
        if not (is_covered or covers(p, q)):
            return inf
        if form is None:
            return _value(p, q)
        try:
            return _of_form(form, p, q)
        except Diverges:
            return inf

    return shortcut


def _of_form(form: ClosedForm, p: Any, q: Any) -> float:
    value, error = evaluated(form, p, q)
    return value if error < value else _value(p, q)
