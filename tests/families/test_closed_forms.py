"""Closed forms have relative error at most 4e-15, and quadrature and sums their stated error, on a grid of pairs.

reference.json holds 25 digits of each pair, computed by textbook.py from densities independent of klcli; a sample of
them is recomputed here.
"""

import json
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from grid import LEVELS, SETS, grid
from textbook import divergence

from klcli.families.catalogue import CLOSED_FORMS, FAMILIES
from klcli.families.closed_forms.lookup import closed_form_of
from klcli.families.comparison.divergence import kl
from klcli.families.comparison.numeric import integral_or_sum
from klcli.families.family.support import can_cover

RELATIVE, ABSOLUTE = Fraction(4e-15), Fraction(1e-300)
REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text(encoding="utf-8"))
BY_FAMILY = sorted({entry["p"][0] for entry in REFERENCE})


def members(entry):
    return [FAMILIES.lookup(name)(*parameters) for name, parameters in (entry["p"], entry["q"])]


def of_family(name):
    """The entries with P of this family whose value is within the range of a double."""
    return [entry for entry in REFERENCE if entry["p"][0] == name and exact(entry) < Fraction(1.7e308)]


def exact(entry):
    return Fraction(entry["kl"])


@pytest.mark.parametrize("name", BY_FAMILY)
def test_a_closed_form_has_relative_error_below_4e_15(name):
    for entry in of_family(name):
        p, q = members(entry)
        answer = kl(p, q)
        assert answer.method == "closed form"
        miss = abs(Fraction(answer.value) - exact(entry))
        assert miss <= max(RELATIVE * abs(exact(entry)), ABSOLUTE), (p, q, answer, entry["kl"])


@pytest.mark.parametrize("name", BY_FAMILY)
def test_the_stated_error_of_a_closed_form_is_at_least_its_true_error(name):
    for entry in of_family(name):
        p, q = members(entry)
        answer = kl(p, q)
        assert abs(Fraction(answer.value) - exact(entry)) <= Fraction(answer.error), (p, q, answer, entry["kl"])


@pytest.mark.parametrize("name", BY_FAMILY)
def test_the_stated_error_of_quadrature_and_sums_is_at_least_their_true_error(name):
    for entry in of_family(name):
        p, q = members(entry)
        found = integral_or_sum("kl", p, q)
        if found.error == float("inf"):
            assert exact(entry) > 10**100  # the stated error is infinite: doubles do not reach the integrand
            continue
        assert abs(Fraction(found.value) - exact(entry)) <= Fraction(float(found.error)), (p, q, found, entry["kl"])


@pytest.mark.parametrize(
    ("p", "q"),
    [
        # tails that leave the range of a double, that drop within a hundredth of a panel, that are nearly flat
        (("inverse_gamma", 0.0016, 1.006), ("inverse_gamma", 0.0416, 0.0172)),
        (("inverse_gamma", 0.02805, 0.0013), ("inverse_gamma", 0.2848, 0.0112)),
        (("gamma", 0.0356, 13.18), ("moyal", -7.73, 0.12)),
        (("gamma", 0.037, 18.2), ("gamma", 0.0208, 0.252)),
        (("moyal", -4.91, 0.199), ("moyal", 0.0606, 35.66)),
        (("gumbel", 0.528, 5.04), ("moyal", 3.8, 620.5)),
        (("moyal", -2.05, 0.0119), ("gumbel", 4.49, 5.32)),
        (("lognormal", -1.21, 4.91), ("frechet", 5.89, 0.142)),
        (("beta", 0.01, 0.01), ("beta", 1.0, 0.5)),
        (("uniform", 0.0, 20.35), ("lognormal", 0.553, 0.679)),
        # every quantile is 0
        (("gamma", 1e-30, 1.0), ("normal", 1.0, 1.0)),
    ],
)
def test_quadrature_states_an_infinite_error_for_what_it_cannot_reach(p, q):
    sides = [FAMILIES.lookup(name)(*values) for name, *values in (p, q)]
    closed, found = kl(*sides), integral_or_sum("kl", *sides)
    assert closed.method == "closed form"
    assert found.error == float("inf") or abs(found.value - closed.value) <= found.error + closed.error


@pytest.mark.parametrize(
    ("p", "q", "exact"),
    # found by random search; values from textbook.py, with 17 digits
    [
        # a tail of one millionth that falls between the nodes of a panel a million million times as long
        (("logit_normal", -35.15, 1.379), ("chi2", 1.742), 29.568174920702742),
        (("logit_normal", -41.61, 0.6854), ("logistic", 200.2, 2.072), 137.91895008235581),
        # log q so large that its rounding error dominates
        (("frechet", 1.276, 1.673), ("laplace", -4.796, 0.1595), 70.948591082566845),
        # dx/ds overflows where the integrand vanishes
        (("lindley", 7.025e-07), ("generalized_normal", -0.5554, 0.6554, 0.5304), 3104.5884115149955),
        # all of the mass so near 1 that x does not determine 1 - x
        (("logit_normal", 32.89, 0.7545), ("weibull", 0.1208, 3.586), 34.8776904944594472),
        (("beta", 2e9, 3.0), ("kumaraswamy", 2.0, 3.0), 57.3780380491111785),
        # a shape near 0, where the bound on the Stirling error was once its square
        (("pareto", 0.9955, 3.464), ("student_t", 1.434e-24, -26.89, 0.3005), 58.8952457664029755),
        (("inverse_gaussian", 3.806, 0.8733), ("chi2", 1.088e-16), 37.6831021094701971),
    ],
)
def test_quadrature_finds_all_of_the_mass(p, q, exact):
    answer = kl(*(FAMILIES.lookup(name)(*values) for name, *values in (p, q)))
    assert answer.method == "quadrature"
    assert abs(answer.value - exact) <= answer.error <= 1e-12 * exact


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (("lindley", 0.7919), ("weibull", 16.0, 1e-30)),
        (("lindley", 0.7919), ("generalized_normal", 0.0, 1e-200, 40.0)),
        (("inverse_gamma", 0.0003229, 7.052), ("inverse_gamma", 9.738e20, 995.0)),
    ],
)
def test_powers_that_overflow_raise_no_error(p, q):
    answer = kl(*(FAMILIES.lookup(name)(*values) for name, *values in (p, q)))
    assert answer.value > 1e10


def test_quantiles_that_are_all_0_raise_no_error():
    assert kl(FAMILIES.lookup("chi")(1e-21), FAMILIES.lookup("cauchy")(1.0, 1.0)).error == float("inf")


def test_a_sum_of_very_wide_families_is_within_its_stated_error():
    # -H(P) + log(1e12) + 1, where the entropy of a Poisson is that of a normal up to 1/(12·rate)
    answer = kl(FAMILIES.lookup("poisson")(1e12), FAMILIES.lookup("geometric")(1e-12))
    exact = 12 * np.log(10) + 1 - (np.log(2 * np.pi * 1e12) + 1) / 2
    assert abs(answer.value - exact) <= answer.error


def test_the_reference_values_cover_the_grid():
    asked = {(p, q) for p, q, _, _ in grid()}
    held = {tuple((name, tuple(values)) for name, values in (entry["p"], entry["q"])) for entry in REFERENCE}
    assert held <= asked
    assert len(held) >= 0.97 * len(asked)


@pytest.mark.parametrize("entry", REFERENCE[::60], ids=lambda entry: f"{entry['p'][0]}-{entry['q'][0]}")
def test_the_reference_values_follow_from_the_textbook_densities(entry):
    p, _ = members(entry)
    points = sorted(float(x) for x in np.ravel(p.quantile(LEVELS)))
    again = divergence(*((name, tuple(values)) for name, values in (entry["p"], entry["q"])), points, 50)
    with mpmath.workdps(60):
        assert abs(again - mpmath.mpf(entry["kl"])) <= mpmath.mpf(10) ** -20 * abs(again)


def test_a_pair_of_families_that_cannot_cover_is_infinite_for_all_parameters():
    for name, sets in SETS.items():
        for other, others in SETS.items():
            p, q = FAMILIES.lookup(name), FAMILIES.lookup(other)
            if p.kind == q.kind and not can_cover(p, q):
                answer = kl(p(*sets[0]), q(*others[0]))
                assert answer.value == float("inf")
                assert answer.reason


@pytest.mark.parametrize("name", FAMILIES.names())
def test_the_divergence_of_a_distribution_from_itself_is_0(name):
    cls = FAMILIES.lookup(name)
    if name in SETS:
        for parameters in SETS[name]:
            assert kl(cls(*parameters), cls(*parameters)).value == 0


def test_a_value_above_the_largest_double_is_infinite():
    beyond = [entry for entry in REFERENCE if exact(entry) >= Fraction(1.7e308)]
    assert beyond
    assert all(kl(*members(entry)).value == float("inf") for entry in beyond)


def test_every_registered_form_has_a_formula_and_a_source():
    assert all(form.formula and form.source for form in CLOSED_FORMS.values())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("gumbel", 0.25, 1.5), ("gumbel", 4.0, 2.5)),
        (("weibull", 1 / 1.5, np.exp(-0.25)), ("weibull", 1 / 2.5, np.exp(-4.0))),
    ],
)
def test_gumbel_divergences_equal_those_of_the_matching_weibulls(first, second):
    gumbels = kl(FAMILIES.lookup("gumbel")(0.25, 1.5), FAMILIES.lookup("gumbel")(4.0, 2.5)).value
    assert kl(*(FAMILIES.lookup(name)(*values) for name, *values in (first, second))).value == pytest.approx(
        gumbels, rel=1e-14
    )


@pytest.mark.parametrize(("p", "q"), [("lognormal", "normal"), ("inverse_gamma", "gamma"), ("frechet", "weibull")])
def test_a_one_to_one_function_of_x_leaves_the_divergence_unchanged(p, q):
    first, second = (1.5, 2.5), (2.25, 1.25)
    if p == "frechet":  # 1/x inverts the scale
        own = [FAMILIES.lookup(q)(shape, 1 / scale) for shape, scale in (first, second)]
    else:
        own = [FAMILIES.lookup(q)(*values) for values in (first, second)]
    assert kl(*(FAMILIES.lookup(p)(*values) for values in (first, second))).value == pytest.approx(
        kl(*own).value, rel=1e-14
    )


@pytest.mark.parametrize(
    ("p", "q", "half"),
    # to leading order KL is δ²/2 times the Fisher information of the shape, ψ'(a) = 1/a + 1/(2a²) + … for large a
    [(("gamma", 1e10, 1.0), ("gamma", 1e10 + 1, 1.0), (1e-10 + 0.5e-20 - 1e-20) / 2)],
)
def test_gammas_with_nearly_equal_large_shapes_have_a_positive_divergence(p, q, half):
    value = kl(*(FAMILIES.lookup(name)(*values) for name, *values in (p, q))).value
    assert value == pytest.approx(half, rel=1e-9)


def test_a_closed_form_through_an_image_needs_equal_locations():
    normal, other = FAMILIES.lookup("normal"), FAMILIES.lookup("generalized_normal")
    assert closed_form_of(other(1.0, 2.0, 3.0), other(1.0, 1.0, 1.5)) is not None
    assert closed_form_of(other(1.0, 2.0, 3.0), other(1.1, 1.0, 1.5)) is None
    assert closed_form_of(normal(1.0, 2.0), other(1.0, 1.0, 1.5)) is not None
