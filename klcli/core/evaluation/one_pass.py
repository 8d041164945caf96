"""A measure of two arrays by one pass of the compiled kernel, which reads and checks them as it compares them.

`compare` reads each array before it compares both. Of long arrays that is a second way through memory.
"""

from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.unit_sum import SUM_IS_NEARLY_ONE
from klcli.core.evaluation.by_kernel import answers
from klcli.core.evaluation.evaluate import TINY, bounded
from klcli.core.kernel.library import kernel
from klcli.core.kernel.values import can_read, pair_values
from klcli.core.measures.measure import Measure

__all__ = ["value_in_one_pass"]


def value_in_one_pass(measure: Measure, kind: str, p: Any, q: Any) -> float | None:
    """Returns a measure of two arrays of masses, shape (k,), in nats.

    None where they are no such arrays, where the compiled kernel does not answer, and where one is not plainly of its
    kind (auto, probs, counts or weights): then `compare` has the value, or the words for what is wrong.
    """
    if not (type(p) is np.ndarray and type(q) is np.ndarray and p.ndim == 1 and p.shape == q.shape):
        return None
    compiled, form = kernel(), measure.kernel_form
    if compiled is None or form is None or not can_read(p, q):
        return None
    found = pair_values(compiled, p, q, form.columns)
    if not (found.is_sound and found.least_p >= 0 and found.least_q >= 0):
        return None
    seen = (p, found.total_p, found.is_whole_p), (q, found.total_q, found.is_whole_q)
    if not all(_are_plain(kind, *side) for side in seen):
        return None
    value = answers([measure], found)[measure.name]
    return bounded(value, measure.upper_bound) if value >= TINY else None


def _are_plain(kind: str, masses: Array, total: float, is_whole: bool) -> bool:
    if kind == "weights" or (kind != "counts" and abs(total - 1) <= SUM_IS_NEARLY_ONE):
        return True
    return kind != "probs" and bool(is_whole or (np.floor(masses) == masses).all())
