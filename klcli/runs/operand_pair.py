"""The comparison of two operands: distributions, families, or one of each."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from klcli.core.comparison import Comparison, compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import parse_base
from klcli.core.measures.measure import DEFAULT_MEASURES
from klcli.core.measures.selection import names_of, select
from klcli.errors import InputError, UsageError
from klcli.notes.wording import be
from klcli.sources.bytes.files import is_stream
from klcli.sources.operands.read_options import Operand, ReadOptions, Statuses

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["compare_distributions", "compare_operands", "hinted_at_p_twice"]


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
    with hinted_at_p_twice(options, p, q, measures or ()):
        both = of_p, of_q = options.load_both(p, q, statuses)
    if isinstance(of_p, Distribution) and isinstance(of_q, Distribution):
        return compare_distributions(options, of_p, of_q, DEFAULT_MEASURES if measures is None else tuple(measures))
    from klcli.runs.family_pair import compare_with_families

    return compare_with_families(options, both, measures)


@contextmanager
def hinted_at_p_twice(options: ReadOptions, p: str | Operand, q: str | None, measures: Iterable[str]) -> Iterator[None]:
    """Gives an error a hint where Q is missing and the measures, such as entropy_p, are of one distribution."""
    try:
        yield
    except (InputError, UsageError) as error:
        found = [select(name) for name in names_of(measures)]
        if q is not None or not isinstance(p, str) or not found or any(each.depends_on == "both" for each in found):
            raise
        if not _is_one_distribution(options, p):
            raise
        names = [each.name for each in found]
        hint = f"{', '.join(names)} {be(names)} of one distribution, so give it as P and as Q: {shlex.join([p, p])}"
        raise type(error)(error.finding, place=error.place, hint=hint) from None


def _is_one_distribution(options: ReadOptions, word: str) -> bool:
    """Returns True if a file, a family or an inline word, which can be read again, is one distribution."""
    if word == "-" or is_stream(word):
        return False
    try:
        options.operand(0, word)
    except (InputError, UsageError):
        return False
    return True


def compare_distributions(
    options: ReadOptions, p: Distribution, q: Distribution, measures: Sequence[str]
) -> Comparison:
    """Returns the comparison of two distributions; raises NotComparable or UsageError."""
    base = parse_base(options.base)
    return compare(p, q, measures=measures, base=base, smoothing=options.smooth, missing=options.missing)
