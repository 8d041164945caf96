"""The bounds of functions of Balls hold; exact values are computed by mpmath with 60 digits."""

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from klcli.families.ball_arithmetic import differences, functions, identric, stirling_error
from klcli.families.ball_arithmetic import stirling as stirling_module
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES

pytestmark = pytest.mark.oldest

mpmath.mp.dps = 60


def of_name(name):
    return next(getattr(home, name) for home in (functions, differences, stirling_module) if hasattr(home, name))


RANDOM = np.random.default_rng(20240521)
POINTS = np.concatenate([
    np.exp(RANDOM.uniform(-12, 14, 300)),
    1 + RANDOM.normal(size=60) * 0.1,
    2 + RANDOM.normal(size=60) * 0.1,
    1.4616321449683623 + RANDOM.normal(size=40) * 1e-3,  # where ψ is 0
    14 + RANDOM.normal(size=40) * 0.1,  # asymptotic range of the Stirling error
])  # fmt: skip


def stirling(x):
    return mpmath.loggamma(x) - (x - 0.5) * mpmath.log(x) + x - mpmath.log(2 * mpmath.pi) / 2


def slope(x):
    return mpmath.digamma(x) - mpmath.log(x) + 0.5 / x


OF_ONE = {
    "log": (mpmath.log, np.inf),
    "log1p": (lambda x: mpmath.log(1 + x), np.inf),
    "exp": (mpmath.exp, 700),
    "expm1": (mpmath.expm1, 700),
    "sqrt": (mpmath.sqrt, np.inf),
    "lgamma": (mpmath.loggamma, np.inf),
    "gamma": (mpmath.gamma, 170),
    "digamma": (mpmath.digamma, np.inf),
    "trigamma": (lambda x: mpmath.psi(1, x), np.inf),
    "erf": (mpmath.erf, np.inf),
    "atan": (mpmath.atan, np.inf),
    "sin": (mpmath.sin, 1e4),
    "stirling": (stirling, np.inf),
    "log_bessel_i0": (lambda x: mpmath.log(mpmath.besseli(0, x)), 1e3),
    "bessel_ratio": (lambda x: mpmath.besseli(1, x) / mpmath.besseli(0, x), 1e3),
    "log1pmx": (lambda x: mpmath.log(1 + x) - x, np.inf),
}
OF_TWO = {
    "log_ratio": lambda a, b: mpmath.log(a / b),
    "itakura_saito": lambda a, b: a / b - 1 - mpmath.log(a / b),
    "itakura_saito_of_squares": lambda a, b: (a / b) ** 2 - 1 - 2 * mpmath.log(a / b),
    "kl_div": lambda a, b: a * mpmath.log(a / b) - a + b,
    "shape_divergence": lambda a, b: (
        (a / b - 1 - mpmath.log(a / b)) / 2 + stirling(a) - stirling(b) - slope(b) * (a - b)
    ),
    "lbeta": lambda a, b: mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b),
}
FIRST = np.exp(RANDOM.normal(size=300) * 3)
SECOND = np.where(
    RANDOM.uniform(size=300) < 0.6,
    FIRST * np.exp(RANDOM.normal(size=300) * 10.0 ** RANDOM.uniform(-12, 0.5, 300)),
    np.exp(RANDOM.normal(size=300) * 3),
)


@pytest.mark.parametrize("name", OF_ONE)
def test_the_bound_of_a_function_of_one_number_holds(name):
    truth, most = OF_ONE[name]
    points = POINTS[most >= POINTS]
    ball = of_name(name)(exact(points, DOUBLES))
    misses = [abs(mpf(float(value)) - truth(mpf(float(x)))) for value, x in zip(ball.value, points, strict=True)]
    assert [x for x, miss, bound in zip(points, misses, ball.error, strict=True) if miss > bound] == []


@pytest.mark.parametrize("name", OF_TWO)
def test_the_bound_of_a_function_of_two_numbers_holds(name):
    ball = of_name(name)(exact(FIRST, DOUBLES), exact(SECOND, DOUBLES))
    triples = zip(ball.value, ball.error, FIRST, SECOND, strict=True)
    wrong = [(a, b) for value, error, a, b in triples if abs(mpf(float(value)) - OF_TWO[name](mpf(a), mpf(b))) > error]
    assert wrong == []


@pytest.mark.parametrize("name", ["itakura_saito", "itakura_saito_of_squares", "kl_div", "shape_divergence"])
def test_differences_of_nearly_equal_numbers_keep_their_digits(name):
    a = np.float64(10.35)
    b = np.nextafter(a, 11)
    ball = of_name(name)(exact(a, DOUBLES), exact(b, DOUBLES))
    truth = OF_TWO[name](mpf(float(a)), mpf(float(b)))
    assert abs(mpf(float(ball.value)) - truth) <= 1e-14 * truth


def test_a_shape_divergence_is_accurate_relative_to_the_sum_it_is_added_to():
    # the Stirling error is itself a difference here, and `beside` is large enough to hide its rounding
    a, b = RANDOM.uniform(0.43, 0.5, (2, 400)).tolist()
    for x, y, beside in zip(a, b, RANDOM.uniform(0.1, 0.13, 400).tolist(), strict=True):
        truth = OF_TWO["shape_divergence"](mpf(x), mpf(y))
        found = stirling_module.shape_divergence(x, y, beside=beside)
        assert abs(mpf(found) - truth) <= 2e-15 * (truth + beside), (x, y, beside)


@pytest.mark.parametrize(
    ("table", "function"),
    [
        ("ERROR", lambda x: 12 * x * stirling(x)),
        ("SLOPE", lambda x: -12 * x * x * slope(x)),
        ("CURVATURE", lambda x: 6 * x**3 * (mpmath.psi(1, x) - 1 / x - 1 / (2 * x * x))),
    ],
)
def test_the_polynomials_of_the_stirling_error_are_its_chebyshev_series(table, function):
    coefficients = getattr(stirling_error, table)
    made = chebyshev(lambda z: function(3 / (z + 1) - 1), len(coefficients))
    assert np.allclose(coefficients, made, rtol=1e-6, atol=2e-16)


def chebyshev(function, terms):
    """The coefficients of the Chebyshev series of a function on (-1, 1) as a polynomial, lowest first."""
    count = 64
    angles = [mpmath.pi * (mpf(2 * j + 1)) / (2 * count) for j in range(count)]
    values = [function(mpmath.cos(angle)) for angle in angles]
    series = [
        2 * mpmath.fsum(v * mpmath.cos(k * angle) for v, angle in zip(values, angles, strict=True)) / count
        for k in range(terms)
    ]
    series[0] /= 2
    return np.polynomial.chebyshev.cheb2poly([float(each) for each in series])


def test_arithmetic_operations_bound_their_rounding_errors():
    x, y = RANDOM.normal(size=200), np.exp(RANDOM.normal(size=200))
    ball = (exact(x, DOUBLES) * 3 + exact(y, DOUBLES)) / exact(y, DOUBLES) - exact(x, DOUBLES)
    for a, b, value, error in zip(x, y, ball.value, ball.error, strict=True):
        assert abs(mpf(float(value)) - ((mpf(a) * 3 + mpf(b)) / mpf(b) - mpf(a))) <= error


def identric_gap(low, high):
    mean_log = (high * mpmath.log(high) - (low * mpmath.log(low) if low else 0)) / (high - low) - 1
    return mpmath.log((low + high) / 2) - mean_log


def test_the_log_ratio_to_the_identric_mean_has_relative_error_below_8e_16():
    low = np.concatenate([np.exp(RANDOM.uniform(-30, 0, 200)), [0.0, 5e-324, 1.0]])
    width = low * np.exp(RANDOM.uniform(-20, 20, len(low))) + (low < 1e-300)
    with np.errstate(all="ignore"):
        found = identric.log_mean_over_identric(low, width)
    for many, start, more in zip(found, low.tolist(), width.tolist(), strict=True):
        with mpmath.workdps(80):
            truth = identric_gap(mpf(start), mpf(start) + mpf(more))
        assert abs(mpf(float(many)) - truth) <= 8e-16 * truth, (start, more)
        assert abs(mpf(identric.log_mean_over_identric(start, more)) - truth) <= 8e-16 * truth, (start, more)


def test_the_polynomial_of_the_identric_mean_is_its_chebyshev_series():
    made = chebyshev(lambda z: of_square((z + 1) * 2 / 3), len(identric.COEFFICIENTS))
    assert np.allclose(identric.COEFFICIENTS, made, rtol=1e-6, atol=2e-17)


def of_square(square):
    y = mpmath.sqrt(square)
    return (mpmath.log(mpmath.cosh(y)) + 1 - y * mpmath.coth(y)) / square
