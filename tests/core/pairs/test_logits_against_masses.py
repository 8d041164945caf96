"""Logits of one side against masses of the other: both as given, neither rounded to what the other is."""

from functools import partial

import mpmath
import numpy as np
import pytest
from corpus import LARGEST, SUBNORMAL, tolerance
from oracle import exact_value_of_logits_and_masses

import klcli
from klcli.core.distributions.read_rows import read_rows
from klcli.core.measures.measure import MEASURES
from klcli.core.rows.comparison import compare_rows

ORDERS = ("0", "0.3", "0.5", "1", "2", "5", "inf")
NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
random = np.random.default_rng(15)
Q = random.random(5)
SMALL = np.array([0.7, 1e-40, 3e-97, 1e-150, 1e-200])
PAIRS = {  # logits of P, and masses of Q
    "far": (random.normal(size=5), Q),
    "near": (np.log(Q) + 1e-7 * random.normal(size=5), Q),
    "near to 13 digits": (np.log(Q) + 1e-13 * random.normal(size=5), Q),
    "near, and off by a constant": (np.log(Q) + 300 + 1e-9 * random.normal(size=5), Q),
    "counts": (np.log([1.0, 2.0, 3.0, 4.0, 5.0]) + 1e-12 * random.normal(size=5), np.arange(1.0, 6.0)),
    "dominated": (np.log(SMALL) + 0.1 * random.normal(size=5), SMALL),
    "tiny": (np.log(SMALL) + 1e-9 * random.normal(size=5), 1e-100 * SMALL),
    "wide": (np.array([0.0, -700.0, -1e4, 3.0, 1.0]), np.array([1.0, 1e-300, 5e-324, 20.0, 2.0])),
    "a mask and a zero": (np.array([0.0, -np.inf, -1.0, 3.0, 1.0]), np.array([1.0, 0.0, 2.0, 20.0, 0.0])),
}


def misses(values, exact_of):
    found = []
    for name, value in values.items():
        exact = exact_of(name)
        if exact > LARGEST:
            is_right = value == np.inf
        else:
            error = abs(mpmath.mpf(float(value)) - exact)
            is_right = error <= max(SUBNORMAL, tolerance(name, exact) * exact)
        if not is_right:
            found.append((name, float(value), mpmath.nstr(exact, 20)))
    return found


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_values_keep_their_digits(pair):
    logits, masses = pair
    found = klcli.compare(logits, masses, p_as="logits", q_as="weights", measures=NAMES)
    assert not misses(found.values, partial(exact_value_of_logits_and_masses, p=logits, q=masses))


def test_values_of_rows_keep_their_digits():
    pairs = list(PAIRS.values())
    logits, masses = (
        read_rows(np.array(side), kind)
        for side, kind in zip(zip(*pairs, strict=True), ("logits", "weights"), strict=True)
    )
    found = compare_rows(logits, masses, NAMES).values
    for row, (p, q) in enumerate(pairs):
        values = {name: found[name][row] for name in NAMES}
        assert not misses(values, partial(exact_value_of_logits_and_masses, p=p, q=q)), row


def test_logits_that_are_the_rounded_logarithms_of_the_masses_differ_by_this_rounding():
    logits = np.log(Q)
    found = klcli.compare(logits, Q, p_as="logits", q_as="weights", measures=["total_variation"])
    exact = exact_value_of_logits_and_masses("total_variation", logits, Q)
    assert 0 < exact < 1e-16
    assert abs(found.total_variation - exact) <= 1e-13 * exact


def test_smoothing_keeps_the_digits():
    logits = np.log(Q) + 1e-9 * random.normal(size=5)
    found = klcli.compare(logits, Q, p_as="logits", q_as="weights", measures=["forward_kl"], smooth="mix:0.01")
    with mpmath.workdps(80):
        p = [mpmath.exp(mpmath.mpf(float(each))) for each in logits]
        q = [mpmath.mpf(float(each)) for each in Q]
        p, q = ([mpmath.mpf(1 - 0.01) * each / sum(side) + mpmath.mpf(0.01) / 5 for each in side] for side in (p, q))
        exact = sum(a * mpmath.log(a / b) for a, b in zip(p, q, strict=True))
    assert abs(found.forward_kl - exact) <= 1e-13 * exact
