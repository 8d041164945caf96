"""The comparison of two operands that are not families."""

from collections.abc import Iterable

from klcli.core.comparison import Comparison, compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import parse_base
from klcli.sources.operands.read_options import ReadOptions, Statuses

__all__ = ["compare_operands"]


def compare_operands(
    options: ReadOptions, p: str | Distribution, q: str | None, measures: Iterable[str],
    statuses: Statuses = (None, None),
) -> Comparison:  # fmt: skip
    """Returns the comparison of two operands, or of the pair that one holds; P may be given as a distribution.

    Args:
        statuses: of the files of two operands, if known.

    Raises:
        InputError: an operand cannot be read as a distribution. UsageError: an option is wrong.
    """
    base = parse_base(options.base)
    both = options.load_both(p, q, statuses)
    return compare(*both, measures=tuple(measures), base=base, smoothing=options.smooth, missing=options.missing)
