"""Panel sums agree with sums term by term, with closed forms, and with integrals that they equal."""

from time import process_time

import mpmath
import numpy as np
import pytest

import klcli
from klcli.core.measures.selection import select
from klcli.errors import Undetermined
from klcli.families.catalogue import FAMILIES
from klcli.families.comparison.divergence import kl
from klcli.families.integration.integrand import INTEGRANDS
from klcli.families.integration.panel_sum import panel_nodes, panel_sum
from klcli.families.integration.summation import MAX_TERMS, sum_term_by_term


def member(name, *values):
    return FAMILIES.lookup(name)(*values)


@pytest.mark.parametrize("name", INTEGRANDS)
@pytest.mark.parametrize(
    ("p", "q"),
    [
        (("poisson", 3e4), ("negative_binomial", 2.5, 1e-4)),
        (("negative_binomial", 0.1, 1e-3), ("geometric", 2e-3)),
        (("negative_binomial", 30.0, 0.01), ("poisson", 2000.0)),
        (("binomial", 1e5, 0.3), ("poisson", 3e4)),
        (("binomial", 5000.0, 0.999), ("binomial", 5100.0, 0.98)),
        (("geometric", 1e-3), ("negative_binomial", 1.5, 2e-3)),
    ],
)
def test_a_panel_sum_and_a_term_by_term_sum_agree_within_their_errors(name, p, q):
    value, error = panel_sum(name, member(*p), member(*q))
    each, error_of_each = sum_term_by_term(name, member(*p), member(*q), MAX_TERMS)
    assert abs(value - each) <= error + error_of_each
    assert error <= 1e-9 * (1 + abs(value))


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (("poisson", 1e12), ("poisson", 1.000001e12)),
        (("geometric", 1e-9), ("geometric", 3e-9)),
        (("binomial", 1e13, 0.25), ("binomial", 1e13, 0.2500001)),
        (("negative_binomial", 0.1, 1e-9), ("negative_binomial", 0.1, 1e-6)),
    ],
)
def test_a_panel_sum_and_a_closed_form_agree_within_their_errors(p, q):
    p, q = member(*p), member(*q)
    closed = kl(p, q)
    value, error = panel_sum("kl", p, q)
    assert closed.method == "closed form"
    assert abs(value - closed.value) <= error + closed.error
    assert error <= 1e-6 * closed.value


@pytest.mark.parametrize(
    ("p", "q", "exact"),
    [
        # ∫ p·log(p/q) dx with 40 digits, which equals the sum up to exp(-2π²·1e8) by Poisson's summation formula
        (("poisson", 1e8), ("negative_binomial", 2.5, 1e-8), 9.0760847038277624934),
    ],
)
def test_a_sum_over_a_hundred_million_outcomes_is_accurate(p, q, exact):
    answer = kl(member(*p), member(*q))
    assert answer.method == "sum"
    assert abs(answer.value - exact) <= answer.error <= 1e-10


@pytest.mark.parametrize("count", [33, 100, 12345])
@pytest.mark.parametrize("power", range(16))
def test_the_nodes_and_weights_of_a_panel_sum_powers_exactly(count, power):
    x, weights = panel_nodes(np.array([7.0]), np.array([float(count)]))
    exact = sum((7 + k) ** power for k in range(count))
    assert (x**power * weights).sum() == pytest.approx(exact, rel=1e-13)


def test_a_long_thin_tail_is_included():
    # E_p[x] = r·(1 - p)/p = 100, though x > 0 has probability 1/500,000
    p, q = member("negative_binomial", 1e-7, 1e-9), member("geometric", 0.3)
    value, error = panel_sum("cross_entropy", p, q)
    assert value == pytest.approx(-np.log(0.3) - 100 * (1 - 1e-9) * np.log1p(-0.3), rel=1e-9)
    assert error < 1e-9


@pytest.mark.parametrize(
    ("n", "prob"), [(1e16, 0.3), (1e18, 0.5), (1e30, 0.999), (1e100, 0.3), (1e300, 0.5), (1e18, 1e-12), (1e300, 1e-295)]
)
def test_the_entropy_of_a_binomial_of_any_number_of_trials_is_answered_at_once(n, prob):
    started = process_time()
    try:
        found = klcli.compare(f"binomial({n!r}, {prob!r})", f"binomial({n!r}, {prob!r})", measures=["entropy_p"])
    except Undetermined:  # the standard deviation is below the distance of adjacent doubles
        assert (n * prob * (1 - prob)) ** 0.5 < n * prob * 2.0**-52
        return
    finally:
        assert process_time() - started < 2
    # Jacquet & Szpankowski (1999): log(2πe·npq)/2 + O(1/n), here of a mean of 1e5 or more
    exact = mpmath.log(2 * mpmath.pi * mpmath.e * mpmath.mpf(n) * mpmath.mpf(prob) * (1 - mpmath.mpf(prob))) / 2
    slack = float(2 / (n * prob * (1 - prob)))
    error = found.details(select("entropy_p"))["error"]
    assert abs(found.entropy_p - exact) <= max(error, slack, 1e-13 * exact)
