"""Masses of different totals, as two samples have them, are given equal totals without the loss of a digit."""

from fractions import Fraction

import numpy as np
import pytest
from corpus import RELATIVE
from oracle import exact_value

import klcli
from klcli.core.distributions.read_rows import read_rows
from klcli.core.measures.measure import MEASURES
from klcli.core.pairs.float64_pair import Float64Pair
from klcli.core.pairs.normaliser import normalised_pair
from klcli.core.pairs.scaling import ScaledMasses
from klcli.core.rows.comparison import compare_rows

TOTALS = (1 + 1e-6, 1.23, 1 / 3, 25.0, 1e-9, 7e5)
STEPS = (1e-6, 1e-4, 0.01, 0.3)
NAMES = [each.name for each in MEASURES if not each.orders and each.zero_when_equal and each.reduce is np.add]


def near(outcomes, step, total):
    """Masses of which those of Q, that sum to so many times those of P, differ from these by so much at most."""
    random = np.random.default_rng(outcomes)
    p = random.exponential(size=outcomes) + 0.01
    return p, p * total * (1 + step * random.uniform(-1, 1, outcomes))


@pytest.mark.parametrize("total", TOTALS)
def test_the_difference_of_masses_with_equal_totals_has_its_last_digits(total):
    p, q = near(200, 1e-7, total)
    scaled = ScaledMasses.of(p, q).with_equal_totals
    factor = Fraction(scaled.factor) * Fraction(scaled.unit_q)
    assert abs(scaled.total_q / scaled.total_p - 1) < 2.0**-25
    for a, b, found in zip(p, q, scaled.block_and_difference(slice(None))[2], strict=True):
        exact_difference = Fraction(b) * factor - Fraction(a) * Fraction(scaled.unit_p)
        assert Fraction(found) == pytest.approx(exact_difference, rel=2.0**-52)


def test_masses_of_like_totals_stay_as_they_are():
    p, q = near(50, 1e-3, 1.0)
    scaled = ScaledMasses.of(p, q * (p.sum() / q.sum()))
    assert scaled.with_equal_totals is scaled


def test_masses_with_equal_totals_stay_as_they_are():
    with_equal_totals = ScaledMasses.of(*near(50, 1e-3, 1.23)).with_equal_totals
    assert with_equal_totals.with_equal_totals is with_equal_totals


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("total", TOTALS)
@pytest.mark.parametrize("outcomes", [2, 40, 300])
def test_pairs_of_different_totals_keep_their_digits_and_need_no_doubled_arithmetic(outcomes, total, step):
    p, q = near(outcomes, step, total)
    assert isinstance(normalised_pair(p, q), Float64Pair)
    alone = klcli.compare(p, q, as_="weights", measures=NAMES).values
    rows = compare_rows(*(read_rows(np.tile(side, (3, 1)), "weights") for side in (p, q)), NAMES).values
    for name in NAMES:
        expected = exact_value(name, p, q)
        assert abs(alone[name] - expected) <= RELATIVE * expected, name
        assert np.abs(rows[name] - float(expected)).max() <= RELATIVE * expected, name


@pytest.mark.parametrize("names", [NAMES, ["forward_kl"], ["total_variation"]], ids=len)
def test_rows_of_different_totals_give_the_same_beside_others(names):
    pairs = [near(40, step, total) for step in STEPS for total in (1.0, *TOTALS)]
    sides = [np.array(side) for side in zip(*pairs, strict=True)]
    level = sides[1][::7] * (sides[0][::7].sum(axis=1) / sides[1][::7].sum(axis=1))[:, np.newaxis]
    sides[1][::7] = level
    together = compare_rows(*(read_rows(side, "weights") for side in sides), names).values
    for row in range(len(pairs)):
        alone = compare_rows(*(read_rows(side[row : row + 1], "weights") for side in sides), names).values
        assert {name: values[row] for name, values in together.items()} == {n: v[0] for n, v in alone.items()}
