"""The measures of many rows of masses: each row by the cheapest form that keeps its digits.

The compiled kernel reads all rows. What it leaves is gathered, some rows at a time, and compared by sums in float64
(KL alone), and then by normalised pairs.
What is decided for a row is decided by its own numbers.
"""

from collections.abc import Iterator

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.distributions.read_rows import unsmoothed_rows
from klcli.core.distributions.rows import Rows
from klcli.core.evaluation.by_kernel import row_kernel_values
from klcli.core.evaluation.evaluate import exact_values
from klcli.core.evaluation.row_values import Values
from klcli.core.measures.measure import Measure
from klcli.core.pairs.double_double_pair import DoubleDoublePair
from klcli.core.pairs.float64_pair import Float64Pair
from klcli.core.pairs.scaling import ScaledMasses, every, in_range, units

__all__ = ["values_of_masses"]

_DOUBLE_DOUBLE = 4  # times as many arrays are held at once as by pairs in float64


def values_of_masses(chosen: list[Measure], p: Rows, q: Rows) -> Values:
    """Returns each measure's values, shape (n,), in nats."""
    found = Values.none_of(chosen, len(p))
    with np.errstate(all="ignore"):
        found.put_known(row_kernel_values(chosen, p, q))
        if p.before is not None:
            _put_smoothed(chosen, p, q, found)
        else:
            _put_in_float64([each for each in chosen if each.reduce is np.add], p, q, found)
            _put_in_double_double(chosen, p, q, found)
    return found.bounded(chosen)


def _put_smoothed(chosen: list[Measure], p: Rows, q: Rows, found: Values) -> None:
    """Puts in the values of smoothed rows: those of their rounded masses where these are large, else exact ones."""
    _put_in_float64([each for each in chosen if np.isfinite(each.rounded_above)], p, q, found)
    for each in chosen:
        values = found[each.name]
        values[~((values >= each.rounded_above) & (values < np.inf))] = np.nan

    def put(rows: Index) -> None:
        before = unsmoothed_rows(p, q, rows)
        if before is not None:
            found.fill(rows, exact_values(found.lacking(chosen, rows), before.whole, p.outcomes))

    found.each_part_without(chosen, put, p.at_a_time // _DOUBLE_DOUBLE)


def _put_in_float64(chosen: list[Measure], p: Rows, q: Rows, found: Values) -> None:
    """Puts in the values that are not there yet, of the rows of which float64 gives the difference its digits."""
    are_in_range = in_range(p.totals) & in_range(q.totals)

    def each_scaled(rows: Index) -> Iterator[tuple[Index, ScaledMasses]]:
        rows = rows[are_in_range[rows]]
        known = (p.min_and_sum(rows), q.min_and_sum(rows))
        for at, scaled in ScaledMasses(p.masses(rows), q.masses(rows), *units(known)).with_equal_totals.by_factor():
            yield rows[at], scaled

    def put_sums(rows: Index) -> None:
        for some, scaled in each_scaled(rows):
            found.fill(some, {each.name: each.kl_div_sum(scaled) for each in chosen if each.kl_div_sum})

    def put(rows: Index) -> None:
        for some, scaled in each_scaled(rows):
            pair = Float64Pair(scaled)
            if not every(pair.is_accurate):
                some, pair = some[pair.is_accurate], Float64Pair(scaled.rows(pair.is_accurate))
            if some.size:
                found.fill(some, exact_values(found.lacking(chosen, some), pair, p.outcomes))

    found.each_part_without([each for each in chosen if each.kl_div_sum], put_sums, p.at_a_time)
    found.each_part_without(chosen, put, p.at_a_time)


def _put_in_double_double(chosen: list[Measure], p: Rows, q: Rows, found: Values) -> None:
    """Puts in the values that are not there yet."""

    def put(rows: Index) -> None:
        pair = DoubleDoublePair(p.masses(rows), q.masses(rows))
        if pair.has_underflow.any() and not pair.has_underflow.all():
            for some in (rows[pair.has_underflow], rows[~pair.has_underflow]):
                put(some)
        else:
            found.fill(rows, exact_values(found.lacking(chosen, rows), pair, p.outcomes))

    found.each_part_without(chosen, put, p.at_a_time // _DOUBLE_DOUBLE)
