"""Parameters of families and their domains; values outside a domain are refused here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import extremes
from klcli.errors import NotADistribution
from klcli.support.text.safe_text import shorten

__all__ = [
    "COUNT",
    "COVARIANCE",
    "NON_NEGATIVE",
    "NUMBER",
    "OPEN_PROBABILITY",
    "POSITIVE",
    "POSITIVES",
    "POSITIVE_COUNT",
    "PROBABILITIES",
    "PROBABILITY",
    "PROPER_PROBABILITY",
    "REAL",
    "REALS",
    "Domain",
    "Parameter",
    "reciprocal",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Domain:
    """The set of values that a parameter may have.

    Attributes:
        words: the set in words, as in "a number above 0".
        admits: maps a float64 array to True where its numbers (or the vector, the matrix) belong to the set.
        dimensions: 0 for a number, 1 for a vector, 2 for a matrix.
        is_interval: True if all numbers between two admitted ones are admitted too.
    """

    words: str
    admits: Callable[[Any], Any]
    dimensions: int = 0
    is_interval: bool = True

    def admits_all(self, array: Any) -> bool:
        """Returns True if a vector or a matrix, or each number of an array, belongs to the set."""
        if not array.size:
            return False
        checked = np.array(extremes(array)) if self.is_interval and not self.dimensions else array
        return bool(np.all(self.admits(checked)))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a family: its name, its domain, and other ways to state it.

    Attributes:
        name: the name that signatures and errors show.
        domain: the values that it may have.
        aliases: other names of the parameter.
        conversions: names of other quantities that may be given, each with the function that maps it to this parameter.
        default: the value if none is given; None if one must be given.
    """

    name: str
    domain: Domain
    aliases: tuple[str, ...] = ()
    conversions: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    default: float | None = None

    def read(self, value: Any, place: str) -> Any:
        """Returns the value as a float or an array of float64.

        Args:
            value: a number or an array of numbers; for a vector or a matrix, an array of that many dimensions.
            place: the name of the family, for the message.

        Raises:
            NotADistribution: the value is outside the domain; the message states the domain.
        """
        if type(value) in (int, float) and not self.domain.dimensions:  # fast path
            if not self.domain.admits(value):
                raise self._refused(value, place)
            return float(value)
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            raise self._refused(value, place) from None
        wanted = self.domain.dimensions
        if wanted and array.ndim != wanted:
            raise self._refused(value, place)
        with np.errstate(all="ignore"):
            if not self.domain.admits_all(array):
                raise self._refused(value, place)
        return float(array) if array.ndim == 0 else array

    def _refused(self, value: Any, place: str) -> NotADistribution:
        name = self.name
        try:
            np.asarray(value, dtype=np.float64)  # numpy before 1.24 makes objects of rows of different lengths
            array: Any = np.asarray(value)
        except (TypeError, ValueError):  # not numbers, or rows of different lengths
            return NotADistribution(f"{place}: {name} = {shorten(repr(value))} is not {self.domain.words}")
        if array.size and array.ndim and array.dtype.kind in "biuf" and not self.domain.dimensions:
            numbers = array.astype(np.float64)
            first = int(np.argmin(self.domain.admits(numbers)))
            name += f"[{', '.join(map(str, np.unravel_index(first, array.shape)))}]"
            array = numbers.flat[first]
        is_number = array.ndim == 0 and array.dtype.kind in "fi"
        shown = f"{array:.6g}" if is_number else np.array2string(array, threshold=6, separator=", ").replace("\n", "")
        return NotADistribution(f"{place}: {name} = {shown} is not {self.domain.words}")


def _is_finite(x: Any) -> Any:
    return (x > -inf) & (x < inf)


def _is_whole(x: Any) -> Any:
    return x == x // 1


def _is_covariance(matrix: Any) -> bool:
    if matrix.shape[0] != matrix.shape[1] or not _is_finite(matrix).all() or (matrix != matrix.T).any():
        return False
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True


REAL = Domain("a finite number", _is_finite)
POSITIVE = Domain("a finite number above 0", lambda x: (x > 0) & (x < inf))
NON_NEGATIVE = Domain("a finite number, not negative", lambda x: (x >= 0) & (x < inf))
NUMBER = Domain("a number", lambda x: x == x)
PROBABILITY = Domain("a number from 0 to 1", lambda x: (x >= 0) & (x <= 1))
PROPER_PROBABILITY = Domain("a number above 0, at most 1", lambda x: (x > 0) & (x <= 1))
OPEN_PROBABILITY = Domain("a number between 0 and 1", lambda x: (x > 0) & (x < 1))
COUNT = Domain("a whole number, not negative", lambda x: (x >= 0) & _is_finite(x) & _is_whole(x), is_interval=False)
POSITIVE_COUNT = Domain("a whole number above 0", lambda x: (x > 0) & _is_finite(x) & _is_whole(x), is_interval=False)
REALS = Domain("a list of finite numbers", _is_finite, 1)
POSITIVES = Domain(
    "a list of two or more finite numbers above 0", lambda x: len(x) > 1 and ((x > 0) & _is_finite(x)).all(), 1
)
PROBABILITIES = Domain(
    "a list of numbers, not negative, that sum to 1 within 1e-9",
    lambda x: (x >= 0).all() and abs(x.sum() - 1) <= 1e-9,
    1,
)
COVARIANCE = Domain("a symmetric positive definite matrix", _is_covariance, 2)


def reciprocal(value: Any) -> Any:
    """Returns 1/value, which turns a scale into a rate and back."""
    return 1 / value
