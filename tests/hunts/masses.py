"""Hunts for pairs of masses, over the whole range of doubles, whose measures are not those of the exact distributions.

    python tests/hunts/masses.py --seed 1 --count 2000

Each pair is drawn anew: near or far, with zeros, subnormals or huge totals. Every measure, with orders from 0 to inf,
is compared with sums of hundreds of digits (tests/oracle.py), in nats and in a base near 1.
"""

import sys
from functools import partial
from pathlib import Path

import mpmath
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpus import LARGEST, RELATIVE, SUBNORMAL, tolerance
from hunts.hunt import main
from oracle import exact_value

from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select

ORDERS = (
    "0", "1e-300", "1e-17", "0.007", "0.3", "0.5", "0.99", "0.9999999999999999", "1", "1.0000000000000002", "1.5", "2",
    "5", "1e3", "1e17", "1e100", "inf",
)  # fmt: skip
NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
CHOSEN = [select(name) for name in NAMES]
MOST = RELATIVE * 150  # that of exp(x) for x of 745, where a power leaves the doubles
NEAR_1 = 1.0000000000000002  # a base whose logarithm is 2.2e-16
LOG_NEAR_1 = mpmath.log(mpmath.mpf(NEAR_1))


def drawn_pair(random):
    """Two arrays of masses of 2 to 8 outcomes."""
    size = int(random.integers(2, 9))
    p = _masses(random, size)
    if random.random() < 0.5:
        q = p * (1 + 10.0 ** -random.uniform(0, 16) * random.choice([-1.0, -0.3, 0.0, 0.7, 1.0], size))
        with np.errstate(over="ignore"):
            q = np.minimum(q * random.choice([1.0, 1.0, 1.0, 0.25, 3.0, 1e-6]), LARGEST)
    else:
        q = _masses(random, size)
    for side in (p, q):
        if random.random() < 0.25:
            side[random.integers(size)] = 0.0
        if not side.any():
            side[-1] = 1.0
    return p, q


def _masses(random, size):
    sorts = [
        lambda: random.random(size),
        lambda: 10.0 ** random.uniform(-323, 0, size),
        lambda: 10.0 ** random.uniform(-320, 308, size),
        lambda: random.integers(1, 1000, size) * SUBNORMAL,
        lambda: random.uniform(0.1, 1, size) * 1e308,
        lambda: random.integers(0, 6, size).astype(float),
        lambda: random.integers(1, 2**53, size).astype(float),
        lambda: np.append(random.random(), 10.0 ** random.uniform(-323, -300, size - 1)),
        lambda: np.append(1.0, 10.0 ** random.uniform(-40, -10, size - 1)),
    ]
    return np.maximum(sorts[random.integers(len(sorts))](), 0.0)


def allowed(name, exact):
    """The relative error that a value may have: an order multiplies the rounding of log(p/q), up to a power's range."""
    return min(tolerance(name, exact), MOST) if name.startswith("renyi") else tolerance(name, exact)


def misses(values, exact_of, unit=1, subnormals=1):
    """The values that miss the promise, with what is true: 4e-15 of it, or so many subnormals."""
    found = []
    for name, value in values.items():
        exact = exact_of(name) / unit
        if exact > LARGEST or value == np.inf:
            is_right = value == np.inf and exact > mpmath.mpf(LARGEST) * (1 - mpmath.mpf(4e-15))
        else:
            error = abs(mpmath.mpf(float(value)) - exact)
            is_right = error <= subnormals * SUBNORMAL or error <= allowed(name, exact * unit) * exact
        if not is_right:
            found.append((name, float(value), mpmath.nstr(exact, 20)))
    return found


def described(found, pair):
    """Returns findings as lines: name, value and exact value of each, then the pair."""
    lines = [f"{name} is {value!r}, not {exact}" for name, value, exact in found]
    return [*lines, str(pair)] if lines else []


def case(random):
    """Returns the measures that are wrong, a line each, and the pair."""
    p, q = drawn_pair(random)
    exact = partial(exact_value, p=p, q=q)
    found = []
    for base, unit in (("e", 1), (NEAR_1, LOG_NEAR_1)):
        comparison = compare(Distribution.from_weights(p), Distribution.from_weights(q), measures=NAMES, base=base)
        by_unit = {UnitKind.INFORMATION: unit, UnitKind.ROOT_INFORMATION: mpmath.sqrt(unit), UnitKind.NONE: 1}
        for each in CHOSEN:
            found += misses({each.name: comparison.value(each)}, exact, by_unit[each.unit])
    return described(found, (p.tolist(), q.tolist()))


if __name__ == "__main__":
    sys.exit(main(__file__, "pairs of masses", case, 2_000, seconds=600))
