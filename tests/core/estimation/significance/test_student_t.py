"""Quantiles of Student's t, against tables, closed forms and scipy's."""

from math import pi, sqrt, tan

import pytest

from klcli.core.estimation.significance.student_t import normal_quantile, student_t_quantile


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_one_and_two_degrees_of_freedom_are_those_of_their_closed_forms(level):
    """T of one degree of freedom is Cauchy; with two, P(|T| <= t) = t/√(2 + t²)."""
    assert student_t_quantile(level, 1) == pytest.approx(tan(pi * level / 2), rel=1e-12)
    assert student_t_quantile(level, 2) == pytest.approx(level * sqrt(2 / (1 - level * level)), rel=1e-12)


@pytest.mark.parametrize(("degrees_of_freedom", "expected"), [(1, 12.706), (5, 2.571), (11, 2.201), (30, 2.042)])
def test_the_quantiles_are_those_of_every_table(degrees_of_freedom, expected):
    assert student_t_quantile(0.95, degrees_of_freedom) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("degrees_of_freedom", [1, 2, 3, 4, 9, 40, 199, 200, 201, 1000, 10**6])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_the_quantiles_are_those_of_scipy(degrees_of_freedom, level):
    stats = pytest.importorskip("scipy.stats")
    expected = stats.t.ppf((1 + level) / 2, degrees_of_freedom)
    assert student_t_quantile(level, degrees_of_freedom) == pytest.approx(expected, rel=1e-10)


def test_many_degrees_of_freedom_are_normal():
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054, rel=1e-14)
    assert student_t_quantile(0.95, 10**12) == pytest.approx(1.959963984540054, rel=1e-11)


def test_no_degree_of_freedom_is_refused():
    with pytest.raises(ValueError, match="0 degrees of freedom"):
        student_t_quantile(0.95, 0)
