"""The comparison of two operands: distributions, families, or one of each."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from klcli.core.comparison import Comparison, compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import parse_base
from klcli.core.measures.measure import DEFAULT_MEASURES
from klcli.sources.operands.read_options import Operand, ReadOptions, Statuses

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["compare_distributions", "compare_operands"]


def compare_operands(
    options: ReadOptions, p: str | Operand, q: str | None, measures: Iterable[str] | None = None,
    statuses: Statuses = (None, None),
) -> "Comparison | FamilyComparison":  # fmt: skip
    """Returns the comparison of two operands, or of the pair that one holds; P may have been loaded already.

    Args:
        measures: names; None for those that operands of their kind have by default.
        statuses: of the files of two operands, if known.

    Raises:
        InputError: an operand cannot be read as a distribution. UsageError: an option is wrong.
    """
    both = of_p, of_q = options.load_both(p, q, statuses)
    if isinstance(of_p, Distribution) and isinstance(of_q, Distribution):
        return compare_distributions(options, of_p, of_q, DEFAULT_MEASURES if measures is None else tuple(measures))
    from klcli.runs.family_pair import compare_with_families

    return compare_with_families(options, both, measures)


def compare_distributions(
    options: ReadOptions, p: Distribution, q: Distribution, measures: Sequence[str]
) -> Comparison:
    """Returns the comparison of two distributions; raises NotComparable or UsageError."""
    base = parse_base(options.base)
    return compare(p, q, measures=measures, base=base, smoothing=options.smooth, missing=options.missing)
