"""Comparisons of many rows: row i with row i, and all pairs."""

import os
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from klcli.api.arguments import (
    Base,
    Measures,
    SupportsArrow,
    SupportsDLPack,
    refuse_other_dimensions,
    table_array,
)
from klcli.api.row_targets import targets_of_call
from klcli.api.rows_in_one_order import rows_in_one_order
from klcli.core.arithmetic.types import Array
from klcli.core.distributions.both_sides import OF_ONE_SIDE, read_both
from klcli.core.distributions.smoothing import parse_smoothing
from klcli.core.distributions.units import parse_base, scale
from klcli.core.measures.selection import select
from klcli.errors import NotADistribution
from klcli.support.named_axes import column_names
from klcli.support.python_terms import in_python_terms, without_options_of_files
from klcli.support.sentence import options

if TYPE_CHECKING:
    from klcli.core.distributions.rows import Rows
    from klcli.core.rows.comparison import RowComparison
    from klcli.sources.rows.distribution_table import DistributionTable

__all__ = ["compare_rows", "pairwise"]


@in_python_terms
def compare_rows(
    p: ArrayLike | os.PathLike[str] | SupportsArrow | SupportsDLPack,
    q: ArrayLike | os.PathLike[str] | SupportsArrow | SupportsDLPack,
    *,
    measures: Measures = "forward_kl",
    base: Base = "e",
    as_: str = "auto",
    p_as: str | None = None,
    q_as: str | None = None,
    smooth: str | None = None,
    temperature: float = 1.0,
    target: ArrayLike | None = None,
    id_column: str | None = None,
) -> "RowComparison":
    """Returns the comparison of row i of p with row i of q, for each i, with every measure by its name.

        >>> klcli.compare_rows([[1, 3], [2, 2]], [[2, 2], [2, 2]]).forward_kl
        array([0.13081204, 0.        ])

    Args:
        p, q: Array-likes of shape (n, k), one distribution a row, of any real dtype, byte order and layout; also
            tensors, frames of pandas, polars and pyarrow, whose columns must agree, and the index of whose rows, in
            name and order; and paths of files that `kl rows` reads, which are read whole, and whose outcomes are
            joined by label. Arrays are copied, but for those above 1 GiB or mapped from a file, of which measures
            computed later see later changes.
        measures: Measures to compute now: a name, "a,b", "all", or a sequence; any other is computed on access.
        base: Base of the logarithm: "e" or "nats", 2 or "bits", 10 or "bans", any number above 1.
        as_, p_as, q_as: Meaning of the numbers: auto (decided row by row), probs, counts, weights, logits, logprobs.
        smooth: Such as "add:1"; needs as much memory as both arrays in float64.
        temperature: Above 0; logits are divided by it, in float64.
        target: Outcome that occurred in each row, shape (n,): its label or, where no label is a number, its index from
            0; a note says where a number is a label and could be an index.
        id_column: Of paths, the column or field of the names of the rows, in which P and Q have to agree.

    Returns:
        A RowComparison: `.forward_kl` and `["renyi:2"]` are arrays of shape (n,) in `.unit`; also `.top_p`,
        `.top_q`, `.mass_p_at_top_p`, `.mass_q_at_top_p`, `.log_p_at_target`, `.log_q_at_target` (in nats), `.notes`,
        which count rows from 1, and `.to_pandas()`.

    Raises:
        InputError (a ValueError): A row is not a distribution, or the two cannot be matched.
        UsageError (a ValueError): A name, the base or the temperature is wrong.
    """
    from klcli.core.distributions import read_rows as rows
    from klcli.core.rows import comparison
    from klcli.sources.rows.row_names import hinted_at_names

    *given, alignment = rows_in_one_order(p, q, id_column)
    smoothing = parse_smoothing(smooth)
    kinds = (p_as or as_, q_as or as_)
    is_checked_first = smoothing is not None or any(each.block is not None for each in given)

    def read(side: int) -> "Rows":
        each, kind = given[side], kinds[side]
        own = temperature if kind == "logits" or "logits" not in kinds else 1.0
        found = rows.unread_rows(
            each.values, kind, name=each.name, labels=each.labels, temperature=own, reading_notes=each.notes
        )
        if is_checked_first:
            with hinted_at_names(each.block) if each.block is not None else nullcontext():
                found.check()
        return found

    sides = read_both(kinds, (partial(read, 0), partial(read, 1)))
    p_rows, q_rows = alignment.align(*sides)
    if target is not None:
        named = targets_of_call(target, alignment.labels or given[0].labels or given[1].labels, p_rows.outcomes)
        if named is not None:
            target = named.at
            p_rows.reading_notes += named.notes
    if smoothing is not None:
        p_rows, q_rows = (rows.smooth_rows(side, smoothing) for side in (p_rows, q_rows))
    try:
        return comparison.compare_rows(p_rows, q_rows, measures, target=target, base=base)
    except NotADistribution:  # of rows that are checked as they are compared
        read_both(kinds, (sides[0].check, sides[1].check))
        raise


@in_python_terms
def pairwise(
    x: ArrayLike | os.PathLike[str] | SupportsArrow | SupportsDLPack,
    y: ArrayLike | os.PathLike[str] | SupportsArrow | SupportsDLPack | None = None,
    *,
    measure: str = "forward_kl",
    base: Base = "e",
    as_: str = "auto",
    smooth: str | None = None,
    missing: str = "zero",
    id_column: str | None = None,
) -> Array:
    """Returns a measure between each row of x and each row of y, or all pairs of rows of x.

    In entry (i, j), P is row i of x and Q is row j of y: forward_kl gives KL(x[i]‖y[j]). Each entry is as accurate as
    `compare` of that pair, also if two rows are nearly equal.

    Args:
        x, y: Shape (n, k) and (m, k): arrays, tensors or sequences of rows; frames of pandas, polars or pyarrow, whose
            columns are joined by label unless they are a range; or paths of tables, as `kl matrix` reads them. None
            for y stands for x.
        measure: One of `kl list measures`. base, as_, smooth, missing: As in `compare`, but as_="samples" is refused.
        id_column: Of paths, the column of the names of the rows; without, the first that holds texts.

    Returns:
        float64 array of shape (n, m) in the unit of `base`; inf where the measure is infinite.

    Raises:
        InputError (a ValueError): A row is not a distribution, or the outcomes of x and y cannot be matched.
        UsageError (a ValueError): A name or the base is wrong.
    """
    from klcli.core.matrix import all_pairs
    from klcli.sources.rows import distribution_table as stacks

    chosen, unit, smoothing = select(measure), parse_base(base), parse_smoothing(smooth)
    refuse_other_dimensions(x, y, ("x", "y"))
    reads = [partial(_stack, side, as_, name, id_column) for side, name in ((x, "x"), (y, "y")) if side is not None]
    try:
        sides = read_both((as_, as_), reads) if len(reads) == 2 else [reads[0]()]
    except NotADistribution as error:
        if (wrong := next((each for each in options(error.hint) if each.name in OF_ONE_SIDE), None)) is not None:
            side = "xy"[OF_ONE_SIDE.index(wrong.name)]
            error.hint = f"x and y are read as one kind: {side} alone seems to be {wrong.values[0]}"
        raise
    found, _ = stacks.joined(sides, missing)
    if smoothing is not None:
        found = [stacks.smoothed(each, smoothing) for each in found]
    nats: Array = all_pairs.pairwise(chosen, *(each.stack for each in found))
    return nats * scale(1.0, chosen.unit, unit)


def _stack(source: Any, as_: str, name: str, id_column: str | None) -> "DistributionTable":
    from klcli.core.distributions.read_rows import read_rows
    from klcli.sources.rows.distribution_table import table_of
    from klcli.sources.rows.read_tables import read_table

    if isinstance(source, (str, os.PathLike)):
        with without_options_of_files():
            return read_table(os.fspath(source), as_=as_, id_column=id_column)
    columns = column_names(source)
    labels = None if columns is None else tuple(columns)
    return table_of(read_rows(table_array(source, name), as_, name=name, labels=labels), name, labels)
