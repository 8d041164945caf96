"""The measures of many rows of which a side is known by its logarithms, such as logits.

The sums over differences of logits are taken first (`LogitPair`); the exact ways only for the rows that are left.
"""

from collections.abc import Callable

import numpy as np

from klcli.core.arithmetic.parallel import Workspace, blocks, each_block
from klcli.core.arithmetic.softmax import Extremes, Logits
from klcli.core.arithmetic.types import Index
from klcli.core.distributions.rows import Rows
from klcli.core.evaluation.by_kernel import answers, row_answer, take_facts
from klcli.core.evaluation.evaluate import exact_values
from klcli.core.evaluation.row_values import Values
from klcli.core.measures.measure import Measure
from klcli.core.pairs.log_pair import LogPair
from klcli.core.pairs.logit_pair import LogitPair
from klcli.core.pairs.logit_row import LogitRow

__all__ = ["values_by_logarithm"]

# Two threads whose calls of numpy take 10 µs often wait for each other, and to be woken takes longer than the call.
_AT_ONCE = 2  # times what the second-level cache holds is taken at once
_READ = 4  # times as many rows are read at once, for what Python itself does
_GATHERED = 2**22  # numbers of rows that the kernel leaves, at a time
_WIDE, _WIDEST = 30_000, 2**18  # outcomes of one row that is taken by itself: 16 MiB of scratch


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
    """The values by sums over differences of logits, then by exactly normalised pairs."""
    found = Values.none_of(chosen, len(p))
    are_float32 = p.are_float32 and q.are_float32
    at_once = p.at_once(_AT_ONCE)
    by_logits = [(found[each.name], each.by_logits) for each in chosen if each.of_logits]

    def begin() -> Callable[[slice], None]:
        workspace = Workspace()
        alone = LogitRow(p.outcomes) if _WIDE <= p.outcomes <= _WIDEST else None

        def logits(side: Rows, rows: slice, part: slice, extremes: Extremes | None) -> Logits:
            values = side.logits(slice(rows.start + part.start, min(rows.start + part.stop, rows.stop)))
            if extremes is None:
                return Logits(values, Extremes.of(values), slice(None), are_float32)
            return Logits(values, extremes, part, are_float32)

        def put(rows: slice) -> None:
            p.read(rows)
            q.read(rows)
            is_fine = p.is_fine[rows] & q.is_fine[rows]
            parts = blocks(len(is_fine), at_once)
            of_these = [(values[rows], of_logits) for values, of_logits in by_logits]
            known = [side.extremes(rows) for side in (p, q)]
            for part in parts:
                of_p, of_q = logits(p, rows, part, known[0]), logits(q, rows, part, known[1])
                pair = LogitPair(of_p, of_q, workspace, alone)
                for values, of_logits in of_these:
                    values[part] = of_logits(pair)
            for values, _ in of_these:
                values[~is_fine] = np.nan
            is_left = found.lacks(found, rows) & is_fine
            if is_left.any():
                for part in parts:
                    put_exact(rows.start + part.start + np.flatnonzero(is_left[part]))

        return put

    def put_exact(rows: Index) -> None:
        left = [each for each in chosen if np.isnan(found[each.name][rows]).any()]
        if left:
            logs = LogPair(p.logarithms(rows), q.logarithms(rows))
            found.fill(rows, exact_values(left, logs, p.outcomes))

    if chosen:
        with np.errstate(all="ignore"):
            each_block(len(p), begin, size=_READ * at_once, worth=1)
            p.check()
            q.check()
            for row in np.flatnonzero(found.lacks(found)).tolist():
                begin()(slice(row, row + 1))
    return found.bounded(chosen)
