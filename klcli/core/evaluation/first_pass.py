"""Two arrays of masses read in one pass over memory: what must be known of each, and what can be summed meanwhile.

Whether the masses are what they are said to be, and their totals, is known at the end of the pass. Most sums that a
measure needs depend on neither (`textbook`, `float64_pair`). If the first outcomes suggest that the masses sum to 1 and
that the value will be accepted, the sums are taken in the same pass, and dropped if the totals turn out otherwise.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import BLOCK, added, each_block, total
from klcli.core.arithmetic.types import Array
from klcli.core.evaluation.textbook import PROBE, likely, sums_of
from klcli.core.measures.measure import Measure
from klcli.core.pairs.scaling import MinsAndSums
from klcli.core.pairs.textbook_sums import NEEDS_TOTALS, Sum, summing

__all__ = ["LEAST", "MASSES", "FirstPass", "first_pass"]

MASSES = frozenset({"auto", "probs", "counts", "weights"})  # the kinds of numbers that stand for themselves
LEAST = 4 * BLOCK  # outcomes; fewer stay in the cache, where a second pass costs less than the first outcomes
_MOST = 1.5  # the first outcomes have no more, where masses add up to nearly 1
_AT_A_TIME = 4 * BLOCK, 2 * BLOCK  # where one array of scratch is held, and where there are more
_SHARED = 4  # the blocks are a multiple of it, so that as many threads have the same to do
_WORTH_A_THREAD = 2  # blocks; two take a quarter of a millisecond or more


class FirstPass(NamedTuple):
    """Facts about two arrays of masses after one pass.

    Attributes:
        censuses: the smallest mass and the total of p, and those of q.
        sums: by what they are sums of; of masses that need no scaling.
    """

    censuses: MinsAndSums
    sums: Mapping[Sum, Any]


def first_pass(p: Array, q: Array, measures: Iterable[Measure]) -> FirstPass:
    """Returns the survey of two arrays of shape (k,), of any numbers, for these measures."""
    with np.errstate(all="ignore"):
        sums = _sums(p, q, list(measures))

    def begin() -> Callable[[slice], list[Any]]:
        sum_up = summing(sums)

        def look(where: slice) -> list[Any]:
            both = p[where], q[where]
            censuses = [each for side in both for each in (np.minimum.reduce(side), added(side))]
            return [*censuses, *sum_up(*both, np.nan)]

        return look

    least_p, total_p, least_q, total_q, *found = zip(
        *each_block(len(p), begin, size=_even(len(p), _AT_A_TIME[len(sums) > 1]), worth=_WORTH_A_THREAD), strict=True
    )
    with np.errstate(all="ignore"):
        censuses = [
            (float(np.minimum.reduce(least)), total(parts)) for least, parts in ((least_p, total_p), (least_q, total_q))
        ]
        return FirstPass(
            (censuses[0], censuses[1]), {each: total(parts) for each, parts in zip(sums, found, strict=True)}
        )


def _sums(p: Array, q: Array, measures: list[Measure]) -> tuple[Sum, ...]:
    """Returns the sums to take before the totals are known: all that the measures need, or none."""
    if not all(np.add.reduce(side[:PROBE]) <= _MOST for side in (p, q)):
        return ()
    textbook = {each.name: each.textbook for each in measures if each.textbook}
    found = likely(textbook, p, q)
    near = {each.name: each.kl_div_sum for each in measures if each.kl_div_sum and each.name not in found}
    found |= likely(near, p, q)
    sums = sums_of(found)
    return sums if len(found) == len(measures) and not NEEDS_TOTALS & set(sums) else ()


def _even(outcomes: int, most: int) -> int:
    """The size of blocks, all but the last."""
    blocks = _SHARED * -(-outcomes // (_SHARED * most))
    return -(-outcomes // (blocks * PROBE)) * PROBE
