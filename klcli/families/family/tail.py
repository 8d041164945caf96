"""Tails of densities: how fast each falls towards an end of the support, and whether E_p[-log q] is finite there.

Near an end let y be large: |x| at an infinite end, 1/|x - end| at a finite one. The leading term of -log density, as
a function of y, is one of:

    logarithmic      a·log y          power laws; a is the exponent of the density in x
    log_squared      a·(log y)²       lognormal
    power            a·y^k            normal (k = 2), gamma (1), weibull (its shape), inverse gamma at 0 (1)
    exponential      exp(y/a)         gumbel's lower tail

E_p[-log q] near the end is the integral of the growth of q under p, so comparing the two shows if it is finite.
"""

from dataclasses import dataclass

__all__ = ["Growth", "is_finite"]


@dataclass(frozen=True, slots=True)
class Growth:
    """The leading term of -log density towards an end.

    Attributes:
        order: "logarithmic", "log_squared", "power" or "exponential"; see the module.
        factor: a. power: k, for the order "power".
    """

    order: str
    factor: float
    power: float = 1.0


def is_finite(p: Growth, q: Growth, *, end_is_infinite: bool) -> bool:
    """Returns True if E_p[-log q] converges at the end, from the growth of -log p and -log q there."""
    if q.order in ("logarithmic", "log_squared"):
        return True
    if p.order == "logarithmic":
        # the mass of p beyond y falls as y^-moments
        moments = p.factor - 1 if end_is_infinite else p.factor + 1
        return q.order == "power" and q.power < moments
    if p.order == "log_squared":
        return q.order == "power"
    if q.order == "power" or p.order == "exponential":
        return True
    if p.power != 1:
        return p.power > 1
    return p.factor > 1 / q.factor
