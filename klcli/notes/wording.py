"""Pieces of sentences that several notes share."""

from collections.abc import Sequence
from math import inf

from klcli.support.text.safe_text import shorten

__all__ = ["be", "joined", "listing", "plain_plural", "plural", "range_in_words", "was"]

_LISTED = 5


def listing(names: Sequence[str], count: int | None = None, *, most: int = _LISTED) -> str:
    """Returns up to `most` names and how many more there are: "cat, dog and 7 more"."""
    count = len(names) if count is None else count
    first = names[:most]
    shown = ", ".join(shorten(name) or "''" for name in first)
    return shown if count <= len(first) else f"{shown} and {count - len(first)} more"


def plain_plural(count: int, noun: str) -> str:
    """Returns a count and its noun: "1200 labels"."""
    return f"{count} {noun}{'s' * (count != 1)}"


def plural(count: int, noun: str) -> str:
    """Returns a count, with separators, and its noun: "1,200 rows"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def range_in_words(low: float, high: float) -> str:
    """Returns the range of numbers, of which one end or both may be infinite: "from 0 upwards"."""
    if high == inf:
        return "everywhere" if low == -inf else f"from {low:.6g} upwards"
    return f"up to {high:.6g}" if low == -inf else f"from {low:.6g} to {high:.6g}"


def joined(names: Sequence[str]) -> str:
    """Returns the names with "and" between."""
    return " and ".join(names)


def be(names: Sequence[str]) -> str:
    """Returns the verb that goes with the names."""
    return "is" if len(names) == 1 else "are"


def was(count: int) -> str:
    """Returns the verb, in the past, that goes with a count."""
    return "was" if count == 1 else "were"
