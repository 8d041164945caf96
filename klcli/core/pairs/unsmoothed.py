"""Masses before they are smoothed, until the pair is needed: few are smoothed, and fewer by exact arithmetic."""

from typing import TYPE_CHECKING, NamedTuple

from klcli.core.arithmetic.types import Array

if TYPE_CHECKING:
    from klcli.core.pairs.smoothed import SmoothedPair

__all__ = ["Unsmoothed"]


class Unsmoothed(NamedTuple):
    """Masses before they are smoothed, shape (..., k), and how they will be.

    Attributes:
        method: its name. p, q: the masses as given.
        log_p, log_q: their logarithms up to a constant, where those are what was given.
    """

    method: str
    amount: float
    p: Array
    q: Array
    log_p: Array | None = None
    log_q: Array | None = None

    @property
    def whole(self) -> "SmoothedPair":
        """The pair of smoothed distributions."""
        from klcli.core.pairs.smoothed import SmoothedPair

        return SmoothedPair(*self)
