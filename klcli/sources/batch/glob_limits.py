"""Limits for the pairs, or the columns, whose names match a pattern."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from klcli.core.limits import BOUNDS, parse_limit, split_bound
from klcli.core.measures.selection import select
from klcli.errors import UnknownName, UsageError

__all__ = ["EVERY", "WILDCARDS", "GlobLimit", "lowest", "parsed_limit", "particular_last"]

EVERY = "*"  # the pattern that matches every name
WILDCARDS = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class GlobLimit:
    """A limit on a measure, by its full name, for the pairs whose names match a pattern; inf removes it.

    `bound` is that of an estimate, such as "upper".
    """

    pattern: str
    measure: str
    limit: float
    bound: str = "value"

    @property
    def key(self) -> tuple[str, str]:
        """The measure and the bound, on which the strongest limit holds."""
        return self.measure, self.bound


def lowest(limits: Iterable[GlobLimit]) -> tuple[GlobLimit, ...]:
    """Returns limits as by `particular_last`, of several on one measure under one pattern the lowest alone."""
    found: dict[tuple[str, ...], GlobLimit] = {}
    for limit in limits:
        key = (limit.pattern, *limit.key)
        found[key] = min(found.pop(key, limit), limit, key=lambda each: each.limit)
    return particular_last(found.values())


def particular_last(limits: Iterable[GlobLimit]) -> tuple[GlobLimit, ...]:
    """Returns limits in such an order that the last of those that match a name is the most particular.

    The limit of a name holds over that of a pattern, and this over that of every name; of two patterns the later holds.
    """
    return tuple(sorted(limits, key=_particularity))


def _particularity(limit: GlobLimit) -> int:
    return 0 if limit.pattern == EVERY else 2 - bool(WILDCARDS & {*limit.pattern})


def parsed_limit(
    text: str, asked: Sequence[str], pattern: str = EVERY, *, sign: str = "=", may_lift: bool = False
) -> GlobLimit:  # fmt: skip
    """Returns the limit that "jeffreys=0.2" sets, or "jeffreys=upper:0.2" on the end of an interval.

    Args:
        sign: what stood in the place of = where it was written, which messages show.
        may_lift: whether inf, which lifts the limit of a weaker layer, is allowed.

    Raises:
        UsageError: the bound is unknown; errors as of `parse_limit`.
    """
    plain, bound = split_bound(text)
    if bound not in BOUNDS:
        raise UsageError(
            f"{text.replace('=', sign)!r} is not a limit: {bound!r} is not one of {', '.join(BOUNDS)}",
            hint=_cure(bound, plain, sign),
        )
    limit = parse_limit(plain, asked, sign=sign, may_lift=may_lift)
    return GlobLimit(pattern, limit.measure.name, limit.limit, bound)


def _cure(bound: str, number: str, sign: str) -> str:
    """Returns how to write a limit on a bound that there is not: a measure before a colon lacks the sign."""
    try:
        return f"as in {select(bound).name}{sign}{number}"
    except UnknownName:
        return f"as in forward_kl{sign}upper:0.1"
