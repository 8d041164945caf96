"""How fast a density falls towards an end of its support, and whether an expectation of another's logarithm is finite.

Near an end let y be large: |x| at an infinite end, 1/|x - end| at a finite one. What matters is how -log of the
density grows with y, to leading order:

    logarithmic      a·log y          power laws; a is the exponent, of the density in x
    log_squared      a·(log y)²       lognormal
    power            a·y^k            normal (k = 2), gamma (1), weibull (its shape), inverse gamma at 0 (1)
    exponential      exp(y/a)         gumbel's lower tail

So E_p[-log q] near the end is the integral of the growth of q under p, and is finite or not by comparing the two.
"""

from dataclasses import dataclass

__all__ = ["Growth", "is_finite"]


@dataclass(frozen=True, slots=True)
class Growth:
    """The leading term of -log density towards an end; see the module for the classes."""

    order: str
    factor: float
    power: float = 1.0


def is_finite(p: Growth, q: Growth, *, end_is_infinite: bool) -> bool:
    """Whether E_p[-log q] converges at the end."""
    if q.order in ("logarithmic", "log_squared"):
        return True
    if p.order == "logarithmic":
        # the mass of p beyond y falls as y^-m
        moments = p.factor - 1 if end_is_infinite else p.factor + 1
        return q.order == "power" and q.power < moments
    if p.order == "log_squared":
        return q.order == "power"
    if q.order == "power" or p.order == "exponential":
        return True
    if p.power != 1:
        return p.power > 1
    return p.factor > 1 / q.factor
