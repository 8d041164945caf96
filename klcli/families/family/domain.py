"""What a parameter may be, in words and as a test; the one place where parameters are refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import extremes
from klcli.errors import NotADistribution
from klcli.support.safe_text import shorten

__all__ = [
    "CORRELATION", "COUNT", "FINITE", "OPEN_PROBABILITY", "POSITIVE", "POSITIVES", "POSITIVE_COUNT", "PROBABILITIES",
    "PROBABILITY", "PROPER_PROBABILITY", "RATE", "REAL", "REALS", "Domain", "Parameter",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a parameter may have.

    Attributes:
        words: as in "a number above 0". admits: whether a float64 array of the right dimensions is among them.
        dimensions: 0 for a number, 1 for a vector, 2 for a matrix.
        is_interval: whether all numbers between two that it admits are among them.
    """

    words: str
    admits: Callable[[Any], Any]
    dimensions: int = 0
    is_interval: bool = True

    def admits_all(self, array: Any) -> bool:
        """Whether a vector or a matrix, or each number of an array, is among the values."""
        if not array.size:
            return False
        looked_at = np.array(extremes(array)) if self.is_interval and not self.dimensions else array
        return bool(np.all(self.admits(looked_at)))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a family: its name, its domain, and other ways to say it.

    Attributes:
        aliases: other names of the same. instead: names of other quantities, with the map from each to this one.
        default: used where none is given; None where it must be.
    """

    name: str
    domain: Domain
    aliases: tuple[str, ...] = ()
    instead: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    default: float | None = None

    def read(self, value: Any, place: str) -> Any:
        """Returns the value as a float, or as an array of float64 of the domain's dimensions or of numbers.

        Raises:
            NotADistribution: it is outside the domain; the message says what the domain is.
        """
        if type(value) in (int, float) and not self.domain.dimensions:  # the usual case
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
            array: Any = np.asarray(value)
        except ValueError:  # rows of different lengths
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
RATE = Domain("a finite number, not negative", lambda x: (x >= 0) & (x < inf))
FINITE = Domain("a number", lambda x: x == x)
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
CORRELATION = Domain("a symmetric positive definite matrix", _is_covariance, 2)
