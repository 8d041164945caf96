"""KL of arrays of distributions equals KL of each pair."""

from itertools import product
from math import inf, log, nan

import mpmath
import numpy as np
import pytest
from grid import SETS

import klcli
from klcli.errors import NotADistribution
from klcli.families.catalogue import FAMILIES
from klcli.families.closed_forms.lookup import has_closed_form
from klcli.families.comparison.divergence import kl

LARGEST = float(np.finfo(float).max)


def test_arrays_of_parameters_give_arrays_of_divergences():
    p = klcli.family("gamma", [[1.0], [2.0]], [1.0, 2.0, 3.0])
    q = klcli.family("weibull", 2.0, 2.0)
    found = klcli.kl_divergence(p, q)
    assert found.shape == (2, 3)
    assert found[1, 2] == pytest.approx(klcli.kl_divergence("gamma(2, 3)", "weibull(2, 2)"), rel=4e-15)
    mixed = klcli.kl_divergence(klcli.family("inverse_gamma", [0.5, 3.0], 1.0), klcli.family("gamma", 1.0, 1.0))
    assert mixed[0] == inf
    assert mixed[1] < inf
    numeric = klcli.kl_divergence(klcli.family("cauchy", [0.0, 1.0], 1.0), klcli.family("student_t", 3.0))
    assert numeric[1] == klcli.kl_divergence("cauchy(1, 1)", "student_t(3)")


def together(name, sets):
    """A single distribution, or an array with one for each set of parameters."""
    return FAMILIES.lookup(name)(
        *(list(values) if len(values) > 1 else values[0] for values in zip(*sets, strict=True))
    )


@pytest.mark.parametrize("counts", [(2, 1), (1, 2)])
def test_an_array_and_a_single_distribution_are_compared_elementwise(counts):
    for name, other in product(SETS, SETS):
        if not has_closed_form(FAMILIES.lookup(name), FAMILIES.lookup(other)):
            continue
        sets = SETS[name][: counts[0]], SETS[other][-counts[1] :]
        found = klcli.kl_divergence(together(name, sets[0]), together(other, sets[1]))
        for value, (own, others) in zip(found, product(*sets), strict=True):
            p, q = FAMILIES.lookup(name)(*own), FAMILIES.lookup(other)(*others)
            assert value == pytest.approx(kl(p, q).value, rel=8e-15, abs=1e-300), (p, q)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (([0.0, 1.0], [1.0, -1.0]), r"normal: scale\[1\] = -1 is not a finite number above 0"),
        ((0.0, [[1.0, 2.0], [nan, 3.0]]), r"normal: scale\[1, 0\] = nan is not"),
        ((np.append(np.zeros(200_000), inf), 1.0), r"normal: loc\[200000\] = inf is not a finite number"),
        ((0.0, []), r"normal: scale = \[\] is not"),
        ((0.0, [[1.0], [2.0, 3.0]]), r"normal: scale = .* is not"),
        ((0.0, ["1", "x"]), r"normal: scale = .* is not"),
    ],
)
def test_the_element_of_an_array_outside_its_domain_is_named(values, message):
    with pytest.raises(NotADistribution, match=message):
        klcli.family("normal", *values)


def test_every_element_of_an_array_of_counts_must_be_whole():
    with pytest.raises(NotADistribution, match=r"binomial: n\[1\] = 2.5 is not a whole number"):
        klcli.family("binomial", [2, 2.5, 3], 0.5)


def test_elements_that_are_equal_or_not_covered_give_0_or_infinity():
    p = klcli.family("uniform", [0.0, 1.0, 0.0, 2.0], [1.0, 2.0, 1.5, 3.0])
    q = klcli.family("uniform", [-1.0, -1.0, 0.0, 0.0], [1.0, 1.0, 1.5, 4.0])
    assert klcli.kl_divergence(p, q).tolist() == pytest.approx([log(2), inf, 0, log(4)], rel=4e-15)
    counts = klcli.kl_divergence(klcli.family("binomial", [1, 2, 3], 0.5), "categorical([0.5, 0.25, 0.25])")
    # Σ p·log(p/q) by hand
    assert counts.tolist() == pytest.approx([0.5 * log(2), 0.5 * log(2) - 0.25 * log(2), inf], rel=4e-15)


@pytest.mark.parametrize(
    ("spread", "apart", "size"),
    [(1.0, 1.0, 1.0), (0.3, 0.3, 1.0), (1e-9, 1e-9, 1.0), (1e-3, 1e-7, 1e-200), (1e-8, 0.0, 1e290), (200.0, 1.0, 1.0)],
)
def test_arrays_of_normals_have_relative_error_below_4e_15(spread, apart, size):
    random = np.random.default_rng(5)
    n, t = random.normal(size=60) * size, np.exp(random.normal(size=60)) * size
    m, s = n + t * random.normal(size=60) * apart, t * np.exp(random.normal(size=60) * spread)
    found = klcli.kl_divergence(klcli.family("normal", m, s), klcli.family("normal", n, t))
    with mpmath.workdps(400):
        for value, *numbers in zip(found.tolist(), m.tolist(), s.tolist(), n.tolist(), t.tolist(), strict=True):
            m_p, s_p, m_q, s_q = map(mpmath.mpf, numbers)
            exact = mpmath.log(s_q / s_p) + (s_p**2 + (m_p - m_q) ** 2) / (2 * s_q**2) - mpmath.mpf(1) / 2
            assert value == inf if exact > LARGEST else abs(value - exact) <= 4e-15 * exact


ARRAY, ONE = klcli.family("normal", [0, 1], 1), klcli.family("normal", 0, 1)


def test_reverse_kl_of_arrays_is_that_of_each_pair():
    assert klcli.reverse_kl(ONE, ARRAY).tolist() == klcli.forward_kl(ARRAY, ONE).tolist() == [0, 0.5]
    assert klcli.forward_kl(ARRAY, ONE, base=2) == pytest.approx([0, 0.5 / log(2)], rel=4e-15)


@pytest.mark.parametrize(
    "name", ["compare", "cross_entropy", "jeffreys", "jensen_shannon", "total_variation", "hellinger"]
)
@pytest.mark.parametrize("pair", [(ARRAY, ONE), (ONE, ARRAY)])
def test_an_array_where_one_distribution_is_wanted_is_refused(name, pair):
    with pytest.raises(klcli.KlError, match=r"normal with parameters of shape \(2,\): an array of distributions"):
        getattr(klcli, name)(*pair)
    with pytest.raises(klcli.KlError, match="an array of distributions"):
        klcli.entropy(ARRAY)


def test_arrays_that_do_not_broadcast_are_refused():
    with pytest.raises(klcli.KlError, match=r"parameters of shape \(2,\) in P and \(3,\) in Q do not broadcast"):
        klcli.kl_divergence(ARRAY, klcli.family("normal", [0, 1, 2], 1))
