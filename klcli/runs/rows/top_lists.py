"""Bounds on the forward KL of rows of which only the most probable outcomes are known."""

import numpy as np

from klcli.core.distributions.units import scale, unit_name
from klcli.core.measures.kl import forward_kl
from klcli.core.rows.top_lists import kl_bounds, refuses_floor, unlisted
from klcli.errors import NotComparable, UsageError
from klcli.runs.rows.options import RowOptions
from klcli.runs.rows.results import BOUNDS, RowAnswer, RowColumn, RowSide
from klcli.sources.formats.row_pairs import RowPairs, TopBlock
from klcli.support.sentence import Option, Sentence

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
            raise UsageError(f"lists of the most probable outcomes do not go with {what}", place=pairs.p.name)
    unit = unit_name(forward_kl.unit, options.base)
    columns = (
        RowColumn(LOWER, f"{forward_kl.title} at least", f"{forward_kl.notation} ≥", unit),
        RowColumn(UPPER, f"{forward_kl.title} at most", f"{forward_kl.notation} ≤", unit),
    )
    if options.floor is not None:
        _check_floor(options.floor, block, pairs.q.name)
    nats = np.array([kl_bounds(p, q, options.floor) for p, q in zip(block.p, block.q, strict=True)])
    lower, upper = nats.T * scale(1.0, forward_kl.unit, options.base)
    p, q = (RowSide(each.name, "most probable outcomes", each.count, None) for each in (pairs.p, pairs.q))
    clusters = None if options.cluster is None else options.cluster.take((block.columns,), block.first, len(nats))
    return RowAnswer(
        block.first, block.ids, (p, q), columns, {LOWER: lower, UPPER: upper}, clusters,
        refuse_floor=np.array([refuses_floor(*each) for each in zip(block.p, block.q, strict=True)]),
    )  # fmt: skip


def _check_floor(floor: float, block: TopBlock, name: str) -> None:
    """Refuses a floor that a row of Q contradicts, whose bounds would be of no distribution.

    Raises:
        NotComparable: An outcome that Q does not list cannot have as much.
    """
    for row, (p, q) in enumerate(zip(block.p, block.q, strict=True)):
        if refuses_floor(p, q):
            raise NotComparable(
                f"row {block.first + row + 1}: --tail-floor {floor:g}, but what Q lists sums to 1 to the "
                "last digit: no other outcome has any mass",
                place=name,
                hint=Sentence("leave ", Option("--tail-floor"), " out: the upper bound is infinite"),
            )
        if q.is_whole:
            continue
        most = min(q.most, q.rest[1] / max(unlisted(p, q), 1))
        if floor > most:
            raise NotComparable(
                f"row {block.first + row + 1}: --tail-floor {floor:g}, but an outcome that Q does not list has "
                f"at most {most:.4g}: all of them have {q.rest[1]:.4g} together, and none more than one that is listed",
                place=name,
                hint="give the least probability that Q gives to any outcome, such as 1e-9",
            )
