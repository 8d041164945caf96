"""Pairs of masses across closeness, size and range, and the error that each measure may have on them."""

import zlib

import mpmath
import numpy as np

__all__ = [
    "ABSOLUTE",
    "CLOSENESS",
    "LARGEST",
    "RANGES",
    "RELATIVE",
    "SUBNORMAL",
    "drawn",
    "tolerance",
]

RELATIVE = 4e-15  # the contract's promise
ABSOLUTE = 1e-300  # for values below it, whose digits run into the end of the doubles
EXACT_ORDERS = 5  # up to this order nothing more is allowed; see `tolerance`
LARGEST = 1.7976931348623157e308
SUBNORMAL = 5e-324


def tolerance(name, exact):
    """The relative error that `name` may have, given its value.

    A known limit, which docs/numerics.md states: an order A multiplies the rounding of log(p/q), which is seen above 5.
    """
    if name in ("perplexity_p", "perplexity_q", "cross_perplexity"):
        return RELATIVE * float(1 + mpmath.log(exact))
    order = name.partition(":")[2]
    return RELATIVE * max(1.0, float(order) / EXACT_ORDERS) if order not in ("", "inf") else RELATIVE


def near(relative):
    def move(p, random):
        return p * (1 + relative * random.uniform(-1, 1, p.shape))

    return move


def apart(p, _):
    """Moves p to outcomes where it had no mass, all but one of them where there are several."""
    q = np.roll(p, 1)
    return np.where(np.arange(len(p)) % 2 == 0, 0.0, q)


CLOSENESS = {
    "identical": lambda p, _: p.copy(),
    **{f"{10.0**-digits:g}": near(10.0**-digits) for digits in (1, 2, 3, 4, 6, 8, 10, 12, 14)},
    "far": lambda p, random: random.permutation(p)[::-1],
    "partly disjoint": apart,
}

RANGES = {
    "uniform": lambda k, random: random.random(k),
    "sparse": lambda k, random: random.dirichlet([0.01] * k),
    "1e-300 to 1": lambda k, random: 10 ** random.uniform(-300, 0, k),
    "subnormal": lambda k, random: random.integers(1, 1000, k) * SUBNORMAL,
    "counts": lambda k, random: random.integers(1, 2**53, k).astype(float),
    "1e308": lambda k, random: random.uniform(0.1, 1, k) * 1e308,
    "unequal totals": lambda k, random: random.random(k),
}


def with_support(p, q):
    """Both with mass somewhere, as every distribution has."""
    for masses in (p, q):
        if not masses.any():
            masses[-1] = 1.0
    return p, q


def drawn(size, masses_are, closeness):
    """The pair of this size, of RANGES and of CLOSENESS; always the same."""
    name = f"{size} outcomes, {masses_are}, {closeness}"
    random = np.random.default_rng(zlib.crc32(name.encode()))
    p = RANGES[masses_are](size, random)
    q = CLOSENESS[closeness](p, random) * (3e7 if masses_are == "unequal totals" else 1)
    return with_support(p, np.minimum(q, LARGEST))
