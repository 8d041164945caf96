"""The Python interface: `compare`, `compare_rows`, `kl_divergence`, `pairwise` and `family`."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.types import Array
from klcli.core.comparison import Comparison
from klcli.core.comparison import compare as compare_distributions
from klcli.core.distributions.distribution import KINDS, Distribution
from klcli.core.distributions.smoothing import parse_smoothing
from klcli.core.distributions.units import parse_base, scale
from klcli.core.evaluation.first_pass import LEAST, MASSES, FirstPass, first_pass
from klcli.core.measures.kl import forward_kl
from klcli.core.measures.measure import DEFAULT_MEASURES, select
from klcli.errors import NotADistribution, NotComparable
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.operands.operand import is_family, load

if TYPE_CHECKING:
    from klcli.core.rows.comparison import RowComparison
    from klcli.families.comparison.comparison import FamilyComparison
    from klcli.families.family.family import Family
    from klcli.sources.rows.distribution_table import DistributionTable

__all__ = ["compare", "compare_rows", "family", "kl_divergence", "pairwise"]


def family(name: str, *values: Any, **parameters: Any) -> "Family":
    """Returns a member of a family of distributions, or an array of members if a parameter is an array.

        >>> klcli.kl_divergence(klcli.family("normal", [0, 1, 2], 1), klcli.family("normal", 0, 1))
        array([0. , 0.5, 2. ])

    Args:
        name: Name, as in `kl list families`, or a whole member: "mixture(0.5*normal(0, 1) + 0.5*normal(4, 1))".
        values, parameters: Parameters by position and by name: numbers, or arrays, which broadcast.

    Raises:
        InputError: There is no such family, or a parameter is outside its domain.
    """
    from klcli.families import grammar

    if is_family(name) and not (values or parameters):
        return grammar.parse(name)
    return grammar.member_named(name, values, parameters)


def compare(
    p: Any,
    q: Any,
    *,
    base: float | str = "e",
    as_: str = "auto",
    p_as: str | None = None,
    q_as: str | None = None,
    measures: Sequence[str] | None = None,
    smooth: str | None = None,
    missing: str = "zero",
    max_expand: str = MAX_EXPAND,
) -> "Comparison | FamilyComparison":
    """Returns the comparison of p and q, with every measure by its name.

    Args:
        p, q: The reference and the approximation: one-dimensional arrays or sequences of numbers; mappings from label
            to number; pandas Series (labelled unless the index is a range); paths, or words as on the command line;
            or Distributions; or families, such as "normal(0, 1)" or `klcli.family("normal", 0, 1)`. Labelled
            distributions are joined by label. Arrays are not copied, so measures computed later see later changes.
        base: Base of the logarithm: "e" for nats, 2 for bits, 10 for bans, any number above 1.
        as_, p_as, q_as: Meaning of the numbers: auto, probs, counts, weights, logits, logprobs, samples.
        measures: Measures to compute now; any other is computed on access.
        smooth: "add:1", "floor:1e-9", "mix:0.01", … missing: "zero" or "error", for labels that one side lacks.
        max_expand: Limit on the expansion of a compressed file: "100x", "4GiB", both with a comma between, or "none".

    Returns:
        A Comparison: `.forward_kl`, `["renyi:2"]`, `.terms`, `.notes`, `.to_dict()`.

    Raises:
        InputError (a ValueError): An argument is not a distribution, or the two cannot be matched.
        UsageError (a ValueError): A name or the base is wrong.
    """
    if is_family(p) or is_family(q):
        from klcli.runs import family_pair as operands

        operands.refuse("smooth", smooth)
        comparison: FamilyComparison = operands.compare_members(
            *(operands.one_of(side) or operands.member_of(_distribution(side, kind or as_, name, max_expand=max_expand))
              for side, kind, name in ((p, p_as, "P"), (q, q_as, "Q"))),
            measures=measures, base=base,
        )  # fmt: skip
        return comparison
    chosen = DEFAULT_MEASURES if measures is None else measures
    p_kind, q_kind = p_as or as_, q_as or as_
    passed = _first_pass_of(p, q, (p_kind, q_kind), () if smooth else chosen)
    (p_census, q_census), sums = passed or ((None, None), None)
    return compare_distributions(
        _distribution(p, p_kind, "P", p_census, max_expand),
        _distribution(q, q_kind, "Q", q_census, max_expand),
        measures=chosen,
        base=base,
        smoothing=smooth,
        missing=missing,
        sums=sums,
    )


def compare_rows(
    p: Any,
    q: Any,
    *,
    measures: Sequence[str] = ("forward_kl",),
    base: float | str = "e",
    as_: str = "auto",
    p_as: str | None = None,
    q_as: str | None = None,
    smooth: str | None = None,
    temperature: float = 1.0,
    target: ArrayLike | None = None,
) -> "RowComparison":
    """Returns the comparison of row i of p with row i of q, for each i, with every measure by its name.

        >>> klcli.compare_rows([[1, 3], [2, 2]], [[2, 2], [2, 2]]).forward_kl
        array([0.13081204, 0.        ])

    Args:
        p, q: Array-likes of shape (n, k), one distribution a row, of any real dtype, byte order and layout. They are
            never copied as a whole, so large ones may be memory-mapped; measures computed later see later changes.
            The columns of two pandas DataFrames must agree.
        measures: Measures to compute now; any other is computed on access.
        base: Base of the logarithm: "e" for nats, 2 for bits, 10 for bans, any number above 1.
        as_, p_as, q_as: Meaning of the numbers: auto (decided row by row), probs, counts, weights, logits, logprobs.
        smooth: Such as "add:1"; needs as much memory as both arrays in float64.
        temperature: Above 0; logits are divided by it, in float64.
        target: Index of the outcome that occurred in each row, from 0, shape (n,).

    Returns:
        A RowComparison: `.forward_kl` and `["renyi:2"]` are arrays of shape (n,) in `.unit`; also `.top_p`,
        `.top_q`, `.mass_p_at_top_p`, `.mass_q_at_top_p`, `.log_p_at_target`, `.log_q_at_target` (in nats), `.notes`.

    Raises:
        InputError (a ValueError): A row is not a distribution, or the two cannot be matched.
        UsageError (a ValueError): A name, the base or the temperature is wrong.
    """
    from klcli.core.distributions import read_rows as rows
    from klcli.core.rows import comparison

    labels = [_columns(side) for side in (p, q)]
    if None not in labels and labels[0] != labels[1]:
        raise NotComparable("the columns of P and Q differ", hint="give both in one order, as q[p.columns]")
    smoothing = parse_smoothing(smooth)
    kinds = (p_as or as_, q_as or as_)
    sides = []
    for values, kind, name, columns in zip((p, q), kinds, ("P", "Q"), labels, strict=True):
        own = temperature if kind == "logits" or "logits" not in kinds else 1.0
        side = rows.unread_rows(values, kind, name=name, labels=columns, temperature=own)
        if smoothing is not None:
            side.check()
            side = rows.smooth_rows(side, smoothing)
        sides.append(side)
    return comparison.compare_rows(sides[0], sides[1], measures, target=target, base=base)


def _columns(table: Any) -> list[str] | None:
    columns = getattr(table, "columns", None)
    return None if columns is None or type(columns).__name__ == "RangeIndex" else [str(each) for each in columns]


def kl_divergence(p: Any, q: Any, *, base: float | str = "e", as_: str = "auto") -> Any:
    """Returns the forward divergence KL(p‖q) in the unit of `base`; arguments and errors as in `compare`.

    For families with array parameters the result is an array of the shape to which all parameters broadcast.
    """
    if is_family(p) and is_family(q):
        nats = _of_families()(p, q)
        return nats if base == "e" else nats * scale(1.0, forward_kl.unit, parse_base(base))
    return compare(p, q, base=base, as_=as_, measures=("forward_kl",)).value(forward_kl)


def pairwise(
    x: Any,
    y: Any = None,
    *,
    measure: str = "forward_kl",
    base: float | str = "e",
    as_: str = "auto",
    smooth: str | None = None,
    missing: str = "zero",
) -> Array:
    """Returns a measure between each row of x and each row of y, or all pairs of rows of x.

    In entry (i, j), P is row i of x and Q is row j of y: forward_kl gives KL(x[i]‖y[j]). Each entry is as accurate as
    `compare` of that pair, also if two rows are nearly equal.

    Args:
        x, y: Shape (n, k) and (m, k): arrays or sequences of rows; pandas DataFrames, whose columns are joined by label
            unless they are a range; or paths of tables, as `kl matrix` reads them. None for y stands for x.
        measure: One of `kl list measures`. base, as_, smooth, missing: As in `compare`, but as_="samples" is refused.

    Returns:
        float64 array of shape (n, m) in the unit of `base`; inf where the measure is infinite.

    Raises:
        InputError (a ValueError): A row is not a distribution, or the outcomes of x and y cannot be matched.
        UsageError (a ValueError): A name or the base is wrong.
    """
    from klcli.core.matrix import all_pairs
    from klcli.sources.rows import distribution_table as stacks

    chosen, unit, smoothing = select(measure), parse_base(base), parse_smoothing(smooth)
    found, _ = stacks.joined(
        [_stack(side, as_, name) for side, name in ((x, "x"), (y, "y")) if side is not None], missing
    )
    if smoothing is not None:
        found = [stacks.smoothed(each, smoothing) for each in found]
    nats: Array = all_pairs.pairwise(chosen, *(each.stack for each in found))
    return nats * scale(1.0, chosen.unit, unit)


def _stack(source: Any, as_: str, name: str) -> "DistributionTable":
    from klcli.core.distributions.read_rows import read_rows
    from klcli.sources.rows import distribution_table as stacks

    if isinstance(source, (str, os.PathLike)):
        return stacks.read_table(os.fspath(source), as_=as_)
    labels = getattr(source, "columns", None)
    if labels is not None:
        labels = None if type(labels).__name__ == "RangeIndex" else tuple(map(str, labels))
        source = source.to_numpy()
    return stacks.table_of(read_rows(source, as_, name=name, labels=labels), name, labels)


@cache
def _of_families() -> Callable[[Any, Any], Any]:
    from klcli.runs.family_pair import kl_of

    return kl_of


def _first_pass_of(p: Any, q: Any, kinds: tuple[str, str], measures: Sequence[str]) -> FirstPass | None:
    """Returns the survey of two large arrays of masses, or None where it does not apply or does not repay itself."""
    for side in (p, q):
        if type(side) is not np.ndarray or side.dtype != np.float64 or side.ndim != 1 or len(side) < LEAST:
            return None
    if len(p) != len(q) or not all(KINDS.lookup(kind).name in MASSES for kind in kinds):
        return None
    return first_pass(p, q, map(select, measures))


def _distribution(
    source: Any, as_: str, name: str, min_and_sum: tuple[float, float] | None = None, max_expand: str = MAX_EXPAND
) -> Distribution:
    if isinstance(source, Distribution):
        return source
    if isinstance(source, np.ndarray) and as_ != "samples":  # the usual case, before the questions that take long
        return Distribution.from_values(source, as_=as_, name=name, copy=False, min_and_sum=min_and_sum)
    if isinstance(source, (str, os.PathLike)):
        return load(os.fspath(source), as_=as_, max_expand=max_expand)
    if isinstance(source, Mapping):
        return Distribution.from_values(list(source.values()), source.keys(), as_=as_, name=name)
    if as_ == "samples":
        return Distribution.from_samples(_observations(source, name), name=name)
    if hasattr(source, "to_numpy"):
        index = getattr(source, "index", None)
        is_numbered = index is None or type(index).__name__ == "RangeIndex"
        return Distribution.from_values(
            source.to_numpy(), None if is_numbered else index, as_=as_, name=name, copy=False
        )
    return Distribution.from_values(source, as_=as_, name=name, copy=False)


def _observations(source: Any, name: str) -> Iterable[object]:
    if not np.iterable(source):
        raise NotADistribution(f"{name}: {type(source).__name__} is not iterable, so it holds no observations")
    return source.tolist() if hasattr(source, "tolist") else source
