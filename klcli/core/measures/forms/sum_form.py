"""The last step from the sum of the terms to the value of a measure, and its form where the value is tiny."""

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["Tiny", "itself"]


def itself(total: Any, *order: float) -> Any:
    """Returns the total, which is the value of a measure that is a plain sum."""
    return total


class Tiny(NamedTuple):
    """A measure where it is tiny, times MAGNIFICATION, by terms that do not underflow.

    Attributes:
        terms: maps a Pair (and the order) to terms of shape (..., block). finish: maps their sum (and the order) on.
    """

    terms: Callable[..., Any]
    finish: Callable[..., Any] = itself
