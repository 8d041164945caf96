"""Random pairs: closed forms agree with many digits, and quadrature with closed forms."""

import math
import random
from math import inf

import mpmath
import numpy as np
import pytest
from random_pairs import pairs

import klcli
from klcli.errors import NotComparable
from klcli.families.ball_arithmetic.precision import digits
from klcli.families.closed_forms.lookup import closed_form_of
from klcli.families.comparison.divergence import kl
from klcli.families.comparison.numeric import integral_or_sum
from klcli.families.grammar import parse

RELATIVE = 4e-15


def in_digits(form, p, q):
    """The closed form with 25 correct digits; None if it is infinite or outside the range of a double."""
    for count in (60, 160, 400):
        with np.errstate(all="ignore"):
            found = form.evaluate(p.in_arithmetic(digits(count)), q.in_arithmetic(digits(count)))
        if found.error <= abs(found.value) * 1e-25:
            value = mpmath.mpf(found.value)
            return value if 1e-300 < value < mpmath.mpf(10) ** 308 else None
    return None


@pytest.mark.parametrize("seed", range(4))
def test_a_closed_form_agrees_with_its_evaluation_in_many_digits(seed):
    compared = 0
    with mpmath.workdps(60):
        for p, q in pairs(seed, 300):
            form = closed_form_of(p, q)
            if form is None or p == q:
                continue
            answer = kl(p, q)
            if answer.value == inf:
                continue
            exact = in_digits(form, p, q)
            if exact is not None:
                miss = abs(mpmath.mpf(answer.value) - exact)
                assert miss <= RELATIVE * exact, (p, q, answer, exact)
                assert miss <= answer.error, (p, q, answer, exact)
                compared += 1
    assert compared > 100


@pytest.mark.parametrize(
    ("p", "q"),
    # found by random search; their relative errors were once up to 6.4e-15
    [
        ("continuous_bernoulli(0.00015932207588067966)", "continuous_bernoulli(2.302159743116194e-06)"),
        ("continuous_bernoulli(0.5409811858223135)", "uniform(-0.006584134206462893, 1.0049715228641432)"),
        ("beta(1.1323525800745795, 1.0671318886245704)", "uniform(-0.002979942759054128, 1.0029243635155574)"),
        ("gumbel(-34.71398968427592, 0.1407907593886768)", "moyal(-35.21335776585648, 0.27410799743168396)"),
        ("gamma(0.7896782464177542, 0.0194170451168063)", "moyal(0.7269855370458764, 0.0194171223264906)"),
        # two nearly equal slopes
        ("beta(2.9931110972770967e-20, 8.184895597016187e-38)", "gamma(1.0388833261805966e+51, 8.80342242800225e+17)"),
        # a divisor that is 0 within its rounding error
        ("laplace(0.7, 0.37066045197878267)", "moyal(0.8, 0.37066045197878272)"),
        ("logistic(4.256314382316536, 1.594290704522665)", "gumbel(4.256314405790573, 1.5942907045226652)"),
        # intermediate results below the range of a double
        ("uniform(15.223141937299962, 18.103260404475748)", "frechet(15.223270573251611, 1.3064878578099964e+21)"),
        ("inverse_gaussian(2.345e289, 0.331)", "inverse_gaussian(1.455, 1.1425e-125)"),
        ("exponential(4.77e159)", "chi2(4.78e159)"),
        ("halfnormal(1.66e-154)", "maxwell(153875.66)"),
        ("pareto(4.248e-300, 1.1498e20)", "normal(4.248e-300, 1.1498e20)"),
    ],
)
def test_a_closed_form_is_accurate_for_pairs_that_once_were_not(p, q):
    p, q = parse(p), parse(q)
    answer = kl(p, q)
    with mpmath.workdps(60):
        exact = in_digits(closed_form_of(p, q), p, q)
        assert abs(mpmath.mpf(answer.value) - exact) <= RELATIVE * exact
        assert abs(mpmath.mpf(answer.value) - exact) <= answer.error
    of_two = [klcli.family(p.name, *([each] * 2 for each in p.given.values())), q]
    assert klcli.kl_divergence(*of_two) == pytest.approx([answer.value] * 2, rel=2 * RELATIVE)


def within_one(chance):
    """Two ends of an interval within (0, 1): all of it, nearly all, from one end, wide, narrow."""
    near = 10 ** chance.uniform(-15, -1)
    low, high = sorted((chance.random(), chance.random()))
    return chance.choice([(0.0, 1.0), (near, 1 - near), (0.0, high), (low, 1.0), (low, high), (low, low + near)])


def shape_of(chance):
    near, far = chance.gauss(0, 1) * 10 ** chance.uniform(-14, -1), 10 ** chance.uniform(-58, 58)
    return chance.choice([1.0, 1 + near, far, math.exp(chance.gauss(0, 3))])


def test_uniform_to_beta_and_beta_to_gamma_agree_with_many_digits():
    chance, compared = random.Random(7), 0
    with mpmath.workdps(60):
        while compared < 300:
            (low, high), a, b = within_one(chance), shape_of(chance), shape_of(chance)
            beta, gamma = (
                klcli.family("beta", a, b),
                klcli.family("gamma", shape_of(chance), shape_of(chance)),
            )
            uniform = klcli.family("uniform", low, min(high, 1.0))
            for p, q in ((uniform, beta), (beta, gamma)):
                answer, exact = kl(p, q), in_digits(closed_form_of(p, q), p, q)
                if exact is not None:
                    miss = abs(mpmath.mpf(answer.value) - exact)
                    assert miss <= min(RELATIVE * exact, answer.error), (p, q, answer, exact)
                    compared += 1


def test_a_beta_that_is_nearly_uniform_keeps_its_digits():
    # to leading order KL(beta(1, 1)‖beta(1 + x, 1 + y)) = [ψ'(1)·(x² + y²) - ψ'(2)·(x + y)²]/2
    x = 2.0**-30
    value = klcli.kl_divergence("uniform(0, 1)", klcli.family("beta", 1 + x, 1 - x))
    assert value == pytest.approx(math.pi**2 / 6 * x * x, rel=1e-8)


@pytest.mark.parametrize("seed", range(100, 103))
def test_quadrature_and_closed_forms_agree_within_their_errors(seed):
    compared = 0
    for p, q in pairs(seed, 300):
        try:
            answer = kl(p, q)
        except NotComparable:  # the sum needs too many terms
            continue
        assert answer.value >= 0
        assert answer.error >= 0
        if answer.method == "closed form" and answer.value < inf:
            try:
                found = integral_or_sum("kl", p, q)
            except NotComparable:  # the sum needs too many terms
                continue
            if found.error < inf:
                assert abs(found.value - answer.value) <= found.error + answer.error, (p, q, answer, found)
                compared += 1
    assert compared > 80


@pytest.mark.parametrize(
    ("p", "q"),
    # found by random search; their true errors once exceeded the stated ones
    [
        # most of the mass is below the least double
        ("gamma(0.00142106, 1)", "gamma(0.0014210742106, 1)"), ("beta(0.00142106, 1)", "beta(0.00142248106, 1)"),
        ("chi2(0.00142106)", "chi2(0.00284212)"), ("weibull(0.0005, 1)", "weibull(0.001, 1)"),
        # the bulk of Q lies within the tail of P
        ("beta(0.0389013, 1.77102)", "beta(2.77338e-9, 1.13057)"),
        # all of the mass is outside the range of a double
        ("inverse_gamma(3.3183906241223116e-12, 7.273729119228154)",
         "inverse_gamma(3.3183906241222135e-12, 7.2737298886639055)"),
        ("pareto(1.00014, 2.23761e-27)", "pareto(1.00014, 2.2376e-27)"),
        ("logit_normal(0.0699157, 1.32796e+20)", "logit_normal(-160.933, 1060.51)"),
        # whole numbers that are not doubles
        ("poisson(1.56154e+18)", "poisson(1.37936)"), ("poisson(1.56154e+18)", "poisson(1.561696154e+18)"),
    ],
)  # fmt: skip
def test_the_stated_error_holds_for_pairs_where_it_once_did_not(p, q):
    p, q = parse(p), parse(q)
    answer, found = kl(p, q), integral_or_sum("kl", p, q)
    assert answer.method == "closed form"
    assert abs(found.value - answer.value) <= found.error + answer.error


def test_a_density_between_adjacent_doubles_is_integrated():
    low, high, q = 1.0, 1 + 2.0**-52, parse("von_mises(0, 2)")
    found = kl(klcli.family("uniform", low, high), q)
    # log density of the uniform minus that of von Mises, exp(2·cos x)/(2π·I₀(2)), at 1
    expected = 52 * math.log(2) - 2 * math.cos(1) + math.log(2 * math.pi) + math.log(mpmath.besseli(0, 2))
    assert found.value == pytest.approx(expected, rel=1e-14)
    assert abs(found.value - expected) <= found.error < 1e-10
    # a density that rises to twice the height has an entropy that is log 2 - 1/2 less
    rising = kl(klcli.family("triangular", low, high, high), q)
    assert abs(rising.value - (expected + math.log(2) - 0.5)) <= rising.error < 1e-10


def test_the_divergence_of_nearly_equal_families_is_not_negative():
    p, q = (klcli.family("negative_binomial", size, 2.06457e-6) for size in (0.346383, 0.346383 * (1 + 1e-15)))
    assert kl(p, q).method == "sum"
    assert kl(p, q).value >= 0
    rough = kl(parse("student_t(1.95947e-26, 0.546407, 2048.43)"), parse("student_t(1.95947e-26, 0.546407, 1950.66)"))
    assert (rough.value >= 0, rough.error) == (True, inf)


def test_a_mass_that_doubles_cannot_resolve_has_an_infinite_error():
    # P lies where 1 - x is e^-168, which rounds to 0 in doubles except at some points
    assert kl(parse("logit_normal(167.564, 0.170301)"), parse("laplace(1.07183, 1.32242)")).error == inf
