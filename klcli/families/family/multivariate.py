"""Base of families of vectors and matrices."""

from typing import Any

import numpy as np

from klcli.errors import NotComparable
from klcli.families.family.family import Family
from klcli.support.text.safe_text import shorten

__all__ = ["Multivariate"]


class Multivariate(Family):
    """A family whose outcomes are vectors or matrices."""

    kind = "multivariate"

    @property
    def dimension(self) -> int:
        """The number of components of an outcome, or of rows if it is a matrix."""
        raise NotImplementedError

    @property
    def numbers(self) -> int:
        """The number of numbers in an outcome."""
        return self.dimension

    def draws(self, random: np.random.Generator, count: int) -> Any:
        """Returns `count` random outcomes, along the first axis."""
        raise NotImplementedError

    def log_densities(self, x: Any) -> Any:
        """Returns log p in nats of outcomes along the first axis, in doubles."""
        raise NotImplementedError

    def check_dimension(self, other: "Family") -> None:
        """Refuses a family with another number of dimensions.

        Raises:
            NotComparable: the dimensions differ.
        """
        if isinstance(other, Multivariate) and self.dimension != other.dimension:
            raise NotComparable(
                f"P has outcomes of {self.dimension} and Q of {other.dimension} dimensions: "
                f"{shorten(str(self))}, {shorten(str(other))}",
                hint="compare distributions with the same number of dimensions",
            )
