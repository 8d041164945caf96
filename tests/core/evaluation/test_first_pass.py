"""Arrays that are read in one pass: their values are those of the exact distributions, and what is wrong is refused."""

from math import inf

import mpmath
import numpy as np
import pytest
from corpus import RELATIVE
from oracle import exact_value

import klcli
from klcli.core.evaluation.first_pass import LEAST
from klcli.core.measures.measure import DEFAULT_MEASURES

REPEATS = 60_001  # of five outcomes: no multiple of a block, nor of what BLAS adds up
SIZE = 5 * REPEATS
RANDOM = np.random.default_rng(5)
P = RANDOM.uniform(0.05, 1, 5)
NOISE = RANDOM.uniform(-1, 1, 5)

PAIRS = {
    "far": P[::-1] ** 2,
    **{f"near {relative}": P * (1 + relative * NOISE) for relative in (0.3, 0.1, 1e-2, 1e-3, 1e-6, 1e-9, 1e-13)},
    "equal": P,
    "far in one outcome": P * (1 + 1e-6 * NOISE) * [1, 1, 1, 1, 2.5],
    "near, and a total beside 1": P * (1 + 1e-12 * NOISE) * (1 + 1e-9),
    "near, and three times the total": P * (1 + 1e-3 * NOISE) * 3,
}


def assert_right(p, q, lay, measures, **options):
    """The values of five outcomes that are each there many times: an entropy grows by the logarithm of the number."""
    values = klcli.compare(lay(p, REPEATS), lay(q, REPEATS), measures=measures, **options).values
    for name, value in values.items():
        exact = exact_value(name, p, q) + ("entropy" in name) * mpmath.log(REPEATS)
        assert abs(mpmath.mpf(value) - exact) <= RELATIVE * exact, name


def test_these_are_enough_outcomes():
    assert SIZE > LEAST


@pytest.mark.parametrize("lay", [np.tile, np.repeat])
@pytest.mark.parametrize("measures", [["forward_kl"], ["reverse_kl"], ["forward_kl", "entropy_p"], DEFAULT_MEASURES])
@pytest.mark.parametrize("q", PAIRS.values(), ids=PAIRS.keys())
def test_values_are_right_wherever_the_first_outcomes_lead(q, measures, lay):
    kind = "probs" if abs(q.sum() / P.sum() - 1) < 1e-3 else "weights"
    scale = REPEATS * P.sum()
    assert_right(P / scale, q / (scale if kind == "probs" else 1), lay, measures, as_=kind)


@pytest.mark.parametrize("measures", [["forward_kl"], DEFAULT_MEASURES])
def test_counts_are_scaled(measures):
    assert_right(np.array([3.0, 1, 4, 1, 5]), np.array([2.0, 7, 1, 8, 2]), np.tile, measures)


def uniform():
    return np.full(SIZE, 1 / SIZE)


def spoilt(values, index, value):
    values[index] = value
    return values


@pytest.mark.parametrize("index", [0, SIZE // 2, SIZE - 1])
@pytest.mark.parametrize(
    ("value", "words"),
    [(np.nan, "NaN is no mass"), (inf, "an infinite value is no mass"), (-1e-9, "a negative mass, -1e-09")],
)
def test_what_is_no_mass_is_refused_by_its_place(index, value, words):
    bad = spoilt(uniform(), index, value)
    for name, p, q in (("P", bad, uniform()), ("Q", uniform(), bad), ("P", bad, bad)):
        with pytest.raises(klcli.InputError, match=rf"^{name}: value {index + 1}: {words}(\nhint|$)"):
            klcli.kl_divergence(p, q)


def test_a_sum_that_is_not_1_is_refused_or_noted():
    with pytest.raises(klcli.InputError, match=r"^Q: the values sum to 1\.1: neither"):
        klcli.kl_divergence(uniform(), uniform() * 1.1)
    assert [note.code for note in klcli.compare(uniform(), uniform() * 1.001).notes] == ["normalised"]


def test_lengths_that_differ_are_refused():
    with pytest.raises(klcli.InputError, match=f"P has {SIZE} outcomes and Q has {SIZE - 1}"):
        klcli.kl_divergence(uniform(), np.full(SIZE - 1, 1 / (SIZE - 1)))


@pytest.mark.parametrize("index", [0, SIZE - 1])
def test_an_outcome_without_mass_makes_one_direction_infinite(index):
    q = spoilt(np.full(SIZE, 1 / (SIZE - 1)), index, 0.0)
    comparison = klcli.compare(uniform(), q)
    assert comparison.forward_kl == inf
    assert comparison.reverse_kl == pytest.approx(-np.log1p(-1 / SIZE), rel=RELATIVE)
    assert f"Q has no mass on 1 outcome of P: [{index + 1}]" in comparison.notes[0].text


def test_smoothing_changes_what_is_compared():
    p, q = spoilt(uniform(), 0, 0.0), spoilt(uniform(), 1, 0.0)
    p[1] = q[0] = 2 / SIZE
    # all but two outcomes are alike; with half the uniform mixed in, these hold ½ and 1½ of 1/SIZE, in turn
    assert klcli.compare(p, q, smooth="mix:0.5").forward_kl == pytest.approx(np.log(3) / SIZE, rel=RELATIVE)


def test_scores_are_no_masses():
    p, q = np.tile([0.0, 1.0], SIZE), np.full(2 * SIZE, 1 / (2 * SIZE))
    e = float(np.e)
    expected = e / (1 + e) - np.log1p(e) + np.log(2)  # Σ p·log p + log 2, of the softmax of 0 and 1
    assert klcli.compare(p, q, p_as="logits").forward_kl == pytest.approx(expected, rel=1e-14)
