"""The measures of many rows of which a side is known by its logarithms, such as logits.

float64 answers where its digits are right (`Float64LogPair`), and `LogPair` the rows that are left.
"""

import numpy as np

from klcli.core.arithmetic.parallel import blocks, each_block
from klcli.core.arithmetic.types import Index
from klcli.core.distributions.rows import Rows
from klcli.core.evaluation.by_kernel import answers, row_answer, take_facts
from klcli.core.evaluation.evaluate import exact_values
from klcli.core.evaluation.row_values import Values
from klcli.core.measures.measure import Measure
from klcli.core.pairs.float64_log_pair import Float64LogPair
from klcli.core.pairs.log_pair import LogPair

__all__ = ["values_by_logarithm"]

_GATHERED = 2**22  # numbers of rows that the kernel leaves, at a time


def values_by_logarithm(chosen: list[Measure], p: Rows, q: Rows) -> Values:
    """Returns each measure's values, shape (n,), in nats."""
    able = [each for each in chosen if each.kernel_form]
    answer = row_answer(able, p, q) if able else None
    if answer is None:
        return _by_numpy(chosen, p, q)
    found = Values.none_of(chosen, len(p))
    take_facts(answer, p, q)
    found.put_known(answers(able, answer))
    left = np.flatnonzero(found.lacks(each.name for each in able))
    for where in blocks(len(left), max(1, _GATHERED // p.outcomes)):
        rows = left[where]
        found.fill(rows, dict(_by_numpy(able, p.take(rows), q.take(rows))))
    others = [each for each in chosen if not each.kernel_form]
    if others:
        found.update(_by_numpy(others, p, q))
    return found.bounded(chosen)


def _by_numpy(chosen: list[Measure], p: Rows, q: Rows) -> Values:
    """The values in float64 where it is accurate, else by exactly normalised pairs."""
    found = Values.none_of(chosen, len(p))
    sums = [each for each in chosen if each.reduce is np.add]

    def pair_of(rows: slice | Index) -> Float64LogPair:
        are_float32 = p.are_float32 and q.are_float32
        return Float64LogPair(p.logarithms(rows), q.logarithms(rows), are_float32=are_float32)

    def put(rows: slice) -> None:
        p.read(rows)
        q.read(rows)
        is_fine = p.is_fine[rows] & q.is_fine[rows]
        at = rows.start + np.flatnonzero(is_fine)
        if sums and at.size:
            pair = pair_of(rows if is_fine.all() else at)
            if not pair.is_accurate.all():
                at = at[pair.is_accurate]
                pair = pair_of(at)
            if at.size:
                found.fill(at, exact_values(sums, pair, p.outcomes))
        left = rows.start + np.flatnonzero(found.lacks(found, rows) & is_fine)
        if left.size:
            logs = LogPair(p.logarithms(left), q.logarithms(left))
            found.fill(left, exact_values(found.lacking(chosen, left), logs, p.outcomes))

    if chosen:
        with np.errstate(all="ignore"):
            each_block(len(p), lambda: put, size=p.at_a_time, worth=1)
            p.check()
            q.check()
            for row in np.flatnonzero(found.lacks(found)).tolist():
                put(slice(row, row + 1))
    return found.bounded(chosen)
