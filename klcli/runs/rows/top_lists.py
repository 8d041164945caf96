"""Bounds on the forward KL of rows of which only the most probable outcomes are known."""

import numpy as np

from klcli.core.distributions.units import scale, unit_name
from klcli.core.measures.kl import forward_kl
from klcli.core.rows.top_lists import kl_bounds
from klcli.errors import UsageError
from klcli.runs.rows.options import RowOptions
from klcli.runs.rows.results import BOUNDS, RowAnswer, RowColumn, RowSide
from klcli.sources.formats.row_pairs import RowPairs, TopBlock

__all__ = ["UPPER", "bounded"]

LOWER, UPPER = BOUNDS[forward_kl.name]


def bounded(block: TopBlock, pairs: RowPairs, options: RowOptions) -> RowAnswer:
    """Returns lower and upper bounds of a block of rows.

    Raises:
        UsageError: An option does not apply to lists.
    """
    for given, what in (
        (options.measures != (forward_kl,), f"a measure other than {forward_kl.name}"),
        (options.smoothing is not None, "--smooth"),
        (options.temperature != 1, "--temperature"),
        (options.target is not None, "--target"),
        (options.kinds != ("auto", "auto"), "--as"),
    ):
        if given:
            raise UsageError(f"{pairs.p.name}: lists of the most probable outcomes do not go with {what}")
    unit = unit_name(forward_kl.unit, options.base)
    columns = (
        RowColumn(LOWER, f"{forward_kl.title} at least", f"{forward_kl.notation} ≥", unit),
        RowColumn(UPPER, f"{forward_kl.title} at most", f"{forward_kl.notation} ≤", unit),
    )
    nats = np.array([kl_bounds(p, q, options.floor) for p, q in zip(block.p, block.q, strict=True)])
    lower, upper = nats.T * scale(1.0, forward_kl.unit, options.base)
    p, q = (RowSide(each.name, "most probable outcomes", each.count, None) for each in (pairs.p, pairs.q))
    clusters = None if options.cluster is None else options.cluster.take((block.columns,), block.first, len(nats))
    return RowAnswer(block.first, block.ids, (p, q), columns, {LOWER: lower, UPPER: upper}, clusters)
