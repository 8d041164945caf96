"""The test of P = Q: against scipy, by its laws, and by its false alarms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.core.estimation.significance.chi_squared import chi_squared_sf
from klcli.core.estimation.significance.homogeneity import homogeneity_test, hypergeometric_tail, rare_groups
from klcli.core.estimation.significance.multiple_tests import adjusted
from klcli.errors import UnknownName

pytestmark = pytest.mark.numerics

stats = pytest.importorskip("scipy.stats")

tables = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=12).filter(
    lambda table: all(map(sum, zip(*table, strict=True)))
)


@given(tables)
def test_without_groups_it_is_pearson_of_scipy(table):
    x, y = np.array(table).T
    seen = x + y > 0
    found = homogeneity_test(x, y, grouped=False)
    if seen.sum() < 2:
        assert found == (0.0, 0, seen.sum(), 1.0, (0.0,))
        return
    expected = stats.chi2_contingency(np.array([x, y])[:, seen], correction=False)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-12, abs=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-11)
    assert found.degrees_of_freedom == expected.dof == found.groups - 1


@given(tables)
def test_exchanging_the_samples_or_permuting_outcomes_changes_nothing(table):
    x, y = np.array(table).T
    labels = [f"{at:02}" for at in range(len(x))]
    found = homogeneity_test(x, y, labels=labels)
    assert homogeneity_test(y, x, labels=labels)[:4] == pytest.approx(found[:4], rel=1e-13)
    assert homogeneity_test(x[::-1], y[::-1], labels=labels[::-1])[:4] == found[:4]


@given(tables)
def test_every_group_expects_5_in_the_smaller_sample_or_is_alone(table):
    x, y = np.array(table).T
    pooled = (x + y)[x + y > 0].astype(float)
    share = min(x.sum(), y.sum()) / pooled.sum()
    group = rare_groups(pooled, share)
    expected = np.bincount(group, pooled * share)
    assert expected.size == 1 or expected.min() >= 5 - 1e-12
    ranks = group[np.argsort(pooled, kind="stable")]
    assert (np.diff(ranks) >= 0).all()


def test_the_groups_of_a_table_by_hand():
    # n = m = 20; an outcome expects half of its pooled count: b, c and d together 1 + 2 + 3, then e, then a.
    x, y, labels = [8, 2, 2, 3, 5], [10, 0, 2, 3, 5], ["a", "b", "c", "d", "e"]
    found = homogeneity_test(x, y, labels=labels)
    by_hand = stats.chi2_contingency([[7, 5, 8], [5, 5, 10]], correction=False)
    assert found.statistic == pytest.approx(by_hand.statistic, rel=1e-13)
    assert (found.degrees_of_freedom, found.p_value) == (2, pytest.approx(by_hand.pvalue, rel=1e-12))
    assert found.shares == pytest.approx((4 / 12, 0, 4 / 18), rel=1e-12)


@pytest.mark.parametrize(
    ("x", "y", "table"),
    [
        ([3, 0], [0, 3], [[0, 3], [3, 0]]),  # equal counts: the later outcome is the common one
        ([5, 6, 4, 5], [50, 1, 1, 1], [[5, 15], [50, 3]]),
        ([2, 1, 0], [1, 2, 1], [[1, 2], [2, 2]]),
        ([4, 0], [9, 0], None),
    ],
)
def test_samples_too_small_for_two_groups_are_tested_exactly(x, y, table):
    tails = [stats.fisher_exact(table, alternative=each).pvalue for each in ("less", "greater")] if table else [1.0]
    found = homogeneity_test(x, y)
    assert found[:3] == (0.0, 0, 1)
    assert found.p_value == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-10)


def test_the_exact_test_of_small_samples_keeps_its_level():
    generator = np.random.default_rng(2)
    draws = zip(generator.multinomial(9, [0.9, 0.06, 0.04], 2000), generator.multinomial(30, [0.9, 0.06, 0.04], 2000),
                strict=True)  # fmt: skip
    p_values = np.array([homogeneity_test(x, y).p_value for x, y in draws])
    assert (p_values < 0.05).mean() < 0.05 + 3 * 0.0049


def test_a_sample_without_an_observation_is_refused():
    with pytest.raises(ValueError, match="without an observation"):
        homogeneity_test([1, 2], [0, 0])


@pytest.mark.parametrize(
    ("n", "m", "masses"),
    [
        (50, 50, np.full(20, 0.05)),
        (50, 10_000, 0.7 ** np.arange(20)),
        (300, 300, 1 / np.arange(1, 501)),
        (10_000, 50, np.r_[0.9, np.full(199, 0.1 / 199)]),
    ],
)
def test_false_alarms_are_at_the_level_or_fewer(n, m, masses):
    generator = np.random.default_rng(1)
    masses = masses / masses.sum()
    draws = zip(generator.multinomial(n, masses, 1000), generator.multinomial(m, masses, 1000), strict=True)
    p_values = np.array([homogeneity_test(x, y).p_value for x, y in draws])
    assert (p_values < 0.05).mean() < 0.05 + 3 * 0.0069
    assert (p_values < 0.001).mean() <= 0.005


def test_it_finds_a_difference_in_common_and_in_rare_outcomes():
    assert homogeneity_test([500, 500], [600, 400]).p_value == pytest.approx(chi_squared_sf(20.2020202020202, 1))
    rare = np.full(100, 2)
    assert homogeneity_test(np.r_[800, rare], np.r_[600, 2 * rare]).p_value < 1e-3


@pytest.mark.parametrize(
    ("drawn", "marked", "total"), [(10, 5, 30), (3, 28, 30), (1000, 40, 100_000), (500_000, 30, 1_000_000)]
)
def test_the_hypergeometric_tail_is_that_of_scipy(drawn, marked, total):
    for found in range(min(drawn, marked) + 2):
        expected = stats.hypergeom.sf(found - 1, total, marked, drawn)
        assert hypergeometric_tail(found, drawn, marked, total) == pytest.approx(expected, rel=1e-8)


def test_a_hypergeometric_tail_in_fractions():
    # 5 marked of 30, 10 drawn: P(X >= 4) = (C(5,4)·C(25,6) + C(25,5))/C(30,10) = (5·177100 + 53130)/30045015
    assert hypergeometric_tail(4, 10, 5, 30) == pytest.approx(938630 / 30045015, rel=1e-13)


@pytest.mark.parametrize("method", ["holm", "bh"])
def test_adjusted_p_values_of_a_citation(method):
    # Benjamini & Hochberg (1995), table of 15 p-values of section 3.2: 4 are below 0.05 by theirs, 3 by Holm's.
    small = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p = [*small, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
    found = adjusted(p[::-1], method)[::-1]
    assert sum(each <= 0.05 for each in found) == {"holm": 3, "bh": 4}[method]
    assert found[0] == pytest.approx(0.0015, rel=1e-12)
    assert list(found) == sorted(found)
    assert max(found) == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_bh_is_that_of_scipy(p_values):
    assert adjusted(p_values, "bh") == pytest.approx(stats.false_discovery_control(p_values), rel=1e-12, abs=1e-300)
    assert adjusted(p_values, "none") == tuple(p_values)


def test_an_unknown_adjustment_is_refused_by_name():
    with pytest.raises(UnknownName, match="bonferoni"):
        adjusted([0.1], "bonferoni")
