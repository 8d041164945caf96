"""The measures of many rows of which a side is known by its logarithms, such as logits.

The compiled kernel reads all rows. What it leaves is compared by sums in float64 (KL of float32 alone), and else by
`LogPair`.
"""

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.distributions.rows import Rows
from klcli.core.evaluation.by_kernel import row_kernel_values
from klcli.core.evaluation.evaluate import exact_values
from klcli.core.evaluation.row_values import Values
from klcli.core.measures.measure import Measure
from klcli.core.pairs.log_pair import LogPair

__all__ = ["values_by_logarithm"]


def values_by_logarithm(chosen: list[Measure], p: Rows, q: Rows) -> Values:
    """Returns each measure's values, shape (n,), in nats."""
    found = Values.none_of(chosen, len(p))

    def put_sums(rows: Index) -> None:
        logits = p.block(rows), q.block(rows)
        found.fill(rows, {each.name: each.logit_sum(*logits) for each in chosen if each.logit_sum})

    def put_exactly(rows: Index) -> None:
        pair = LogPair(p.logarithms(rows), q.logarithms(rows))
        found.fill(rows, exact_values(found.lacking(chosen, rows), pair, p.outcomes))

    with np.errstate(all="ignore"):
        found.put_known(row_kernel_values(chosen, p, q))
        if p.are_float32 and q.are_float32:
            found.each_part_without([each for each in chosen if each.logit_sum], put_sums, p.at_a_time)
        found.each_part_without(chosen, put_exactly, p.at_a_time)
    return found.bounded(chosen)
