"""Limits for the pairs, or the columns, whose names match a pattern."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isinf

from klcli.core.limits import BOUNDS, parse_limit, split_bound
from klcli.core.measures.selection import select
from klcli.errors import UnknownName, UsageError
from klcli.sources.batch.globs import glob_matcher

__all__ = [
    "EVERY",
    "WILDCARDS",
    "GlobLimit",
    "holding",
    "lowest",
    "overruled_by",
    "parsed_limit",
    "particular_last",
    "strongest",
]

EVERY = "*"  # the pattern that matches every name
WILDCARDS = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class GlobLimit:
    """A limit on a measure, by its full name, for the pairs whose names match a pattern; inf removes it.

    `bound` is that of an estimate, such as "upper". A limit of a higher `layer` holds over those of lower ones.
    """

    pattern: str
    measure: str
    limit: float
    bound: str = "value"
    layer: int = field(default=0, compare=False)

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

    The limit of a name holds over that of a pattern, and this over that of every name; see `holding` for two patterns.
    """
    return tuple(sorted(limits, key=_particularity))


def holding(limits: Iterable[GlobLimit]) -> dict[tuple[str, str], GlobLimit]:
    """Returns the limit that holds on each measure and bound, of limits that match one name."""
    found: dict[tuple[str, str], list[GlobLimit]] = {}
    for limit in limits:
        found.setdefault(limit.key, []).append(limit)
    return {key: strongest(those) for key, those in found.items()}


def strongest(limits: Sequence[GlobLimit], *, is_least: bool = False) -> GlobLimit:
    """Returns the limit that holds, of limits on one measure that match one name, in any order.

    Of patterns one that lies within another, as a/b* within a/*, holds over it; else the stricter limit holds, as no
    reader sees from the order of two tables which of them was meant.

    Args:
        is_least: Whether values below the limit exceed it.
    """
    rank = max((limit.layer, _particularity(limit)) for limit in limits)
    those = [limit for limit in limits if (limit.layer, _particularity(limit)) == rank]
    inner = [each for each in those if not any(_is_within(other.pattern, each.pattern) for other in those)]
    return min(inner, key=lambda each: (isinf(each.limit), -each.limit if is_least else each.limit))


def overruled_by(limits: Sequence[GlobLimit], keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Returns the keys on which limits hold over those of a weaker layer; inf lifts those on the ends as well."""
    strong = {limit.key for limit in limits}
    lifted = {limit.measure for limit in limits if isinf(limit.limit) and limit.bound == "value"}
    return {key for key in keys if key in strong or key[0] in lifted}


def _is_within(inner: str, outer: str) -> bool:
    return glob_matcher(outer)(inner) is not None and glob_matcher(inner)(outer) is None


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
