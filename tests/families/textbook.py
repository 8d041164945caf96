"""Densities as in textbooks, and KL(P‖Q) from them by quadrature or summation, in mpmath and independent of klcli.

`python tests/families/textbook.py` writes the values for the grid to reference.json; it takes some minutes.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

from mpmath import (
    besseli,
    beta,
    binomial,
    cos,
    cosh,
    erfc,
    exp,
    expm1,
    factorial,
    gamma,
    inf,
    log,
    mp,
    mpf,
    pi,
    sinh,
    sqrt,
)

__all__ = ["DENSITIES", "divergence"]

REFERENCE = Path(__file__).with_name("reference.json")


def _generalized_gamma(d, c, scale):
    constant = log(abs(c)) - log(gamma(d)) - c * d * log(scale)
    return lambda x: constant + (c * d - 1) * log(x) - (x / scale) ** c


def _generalized_normal(m, a, b):
    constant = log(b / (2 * a * gamma(1 / b)))
    return lambda x: constant - (abs(x - m) / a) ** b


def _student_t(v, m, s):
    constant = -log(s * sqrt(v) * beta(v / 2, mpf(1) / 2))
    return lambda x: constant - (v + 1) / 2 * log(1 + ((x - m) / s) ** 2 / v)


def _beta(a, b):
    constant = -log(beta(a, b))
    return lambda x: constant + (a - 1) * log(x) + (b - 1) * log(1 - x)


def _von_mises(m, k):
    constant = -log(2 * pi * besseli(0, k))
    return lambda x: constant + k * cos(x - m)


def _truncated_normal(m, s, a, b):
    constant = -log(s * sqrt(2 * pi) * (erfc((a - m) / s / sqrt(2)) - erfc((b - m) / s / sqrt(2))) / 2)
    return lambda x: constant - (x - m) ** 2 / (2 * s * s)


def _negative_binomial(n, r):
    return lambda k: log(gamma(k + n) / (gamma(n) * factorial(k))) + n * log(r) + k * log(1 - r)


# by family: maps the parameters to the log density and the ends of the support
DENSITIES = {
    "normal": lambda m, s: (lambda x: -((x - m) ** 2) / (2 * s * s) - log(s * sqrt(2 * pi)), -inf, inf),
    "lognormal": lambda m, s: (lambda x: -((log(x) - m) ** 2) / (2 * s * s) - log(x * s * sqrt(2 * pi)), 0, inf),
    "logit_normal": lambda m, s: (
        lambda x: -((log(x / (1 - x)) - m) ** 2) / (2 * s * s) - log(x * (1 - x) * s * sqrt(2 * pi)), 0, 1),
    "generalized_normal": lambda m, a, b: (_generalized_normal(m, a, b), -inf, inf),
    "laplace": lambda m, b: (lambda x: -abs(x - m) / b - log(2 * b), -inf, inf),
    "logistic": lambda m, s: (lambda x: -(x - m) / s - 2 * log(1 + exp(-(x - m) / s)) - log(s), -inf, inf),
    "gumbel": lambda m, b: (lambda x: -(x - m) / b - exp(-(x - m) / b) - log(b), -inf, inf),
    "moyal": lambda m, s: (lambda x: -((x - m) / s + exp(-(x - m) / s)) / 2 - log(s * sqrt(2 * pi)), -inf, inf),
    "cauchy": lambda m, s: (lambda x: -log(pi * s * (1 + ((x - m) / s) ** 2)), -inf, inf),
    "halfcauchy": lambda s: (lambda x: log(2 / (pi * s)) - log(1 + (x / s) ** 2), 0, inf),
    "student_t": lambda v, m, s: (_student_t(v, m, s), -inf, inf),
    "exponential": lambda r: (lambda x: log(r) - r * x, 0, inf),
    "gamma": lambda a, b: (_generalized_gamma(a, mpf(1), 1 / b), 0, inf),
    "chi2": lambda k: (_generalized_gamma(k / 2, mpf(1), mpf(2)), 0, inf),
    "chi": lambda k: (_generalized_gamma(k / 2, mpf(2), sqrt(2)), 0, inf),
    "halfnormal": lambda s: (lambda x: log(sqrt(2 / pi) / s) - x * x / (2 * s * s), 0, inf),
    "rayleigh": lambda s: (lambda x: log(x / (s * s)) - x * x / (2 * s * s), 0, inf),
    "maxwell": lambda s: (lambda x: log(sqrt(2 / pi) * x * x / s**3) - x * x / (2 * s * s), 0, inf),
    "weibull": lambda k, s: (lambda x: log(k / s) + (k - 1) * log(x / s) - (x / s) ** k, 0, inf),
    "inverse_gamma": lambda a, b: (_generalized_gamma(a, mpf(-1), b), 0, inf),
    "frechet": lambda a, s: (lambda x: log(a / s) - (a + 1) * log(x / s) - (x / s) ** -a, 0, inf),
    "pareto": lambda s, a: (lambda x: log(a) + a * log(s) - (a + 1) * log(x), "s", inf),
    "inverse_gaussian": lambda m, k: (
        lambda x: log(k / (2 * pi * x**3)) / 2 - k * (x - m) ** 2 / (2 * m * m * x), 0, inf),
    "lindley": lambda t: (lambda x: log(t * t / (1 + t) * (1 + x)) - t * x, 0, inf),
    "uniform": lambda a, b: (lambda x: -log(b - a), "a", "b"),
    "loguniform": lambda a, b: (lambda x: -log(x) - log(log(b / a)), "a", "b"),
    "beta": lambda a, b: (_beta(a, b), 0, 1),
    "kumaraswamy": lambda a, b: (lambda x: log(a * b) + (a - 1) * log(x) + (b - 1) * log(1 - x**a), 0, 1),
    "continuous_bernoulli": lambda r: (
        lambda x: x * log(r / (1 - r)) - (log(expm1(log(r / (1 - r))) / log(r / (1 - r))) if r != 0.5 else 0), 0, 1),
    "triangular": lambda a, c, b: (
        lambda x: log(2 * (x - a) / ((b - a) * (c - a)) if x < c else 2 * (b - x) / ((b - a) * (b - c))), "a", "b"),
    "von_mises": lambda m, k: (_von_mises(m, k), -pi, pi),
    "truncated_normal": lambda m, s, a, b: (_truncated_normal(m, s, a, b), "a", "b"),
    "bernoulli": lambda r: (lambda k: log(r) if k else log(1 - r), 0, 1),
    "binomial": lambda n, r: (lambda k: log(binomial(n, k)) + k * log(r) + (n - k) * log(1 - r), 0, int(n)),
    "geometric": lambda r: (lambda k: log(r) + k * log(1 - r), 0, None),
    "negative_binomial": lambda n, r: (_negative_binomial(n, r), 0, None),
    "poisson": lambda r: (lambda k: k * log(r) - r - log(factorial(k)), 0, None),
}  # fmt: skip
DISCRETE = ("bernoulli", "binomial", "geometric", "negative_binomial", "poisson")
_NAMED_ENDS = {"pareto": {"s": 0}, "uniform": {"a": 0, "b": 1}, "loguniform": {"a": 0, "b": 1},
               "triangular": {"a": 0, "b": 2}, "truncated_normal": {"a": 2, "b": 3}}  # fmt: skip


def density(name, parameters):
    values = [mpf(each) for each in parameters]
    log_density, *ends = DENSITIES[name](*values)
    low, high = (values[_NAMED_ENDS[name][end]] if isinstance(end, str) else end for end in ends)
    return log_density, low, high


def divergence(p, q, points, digits=30):
    """KL(P‖Q) in nats, to about `digits` digits.

    Args:
        p, q: a name and parameters each.
        points: quantiles of P, in ascending order.
    """
    # 1 - x loses as many digits as x has nines
    with mp.workdps(110 if p[0] in ON_01 else digits):
        log_p, low, high = density(*p)
        log_q, _, _ = density(*q)
        if p[0] in DISCRETE:
            return _total(log_p, log_q, low, high, int(points[len(points) // 2]))

        def integrand(x):
            log_density = log_p(x)
            weight = exp(log_density)
            return weight * (log_density - log_q(x)) if weight else mpf(0)

        kinks = [mpf(each[1][KINKS[each[0]]]) for each in (p, q) if each[0] in KINKS]
        cuts = sorted({low, high, *(kink for kink in kinks if low < kink < high)})
        centre, spread = mpf(points[len(points) // 2]), mpf(points[-2]) - mpf(points[1])
        enough = mpf(10) ** -(digits + 2)
        is_heavy = p[0] in ("cauchy", "student_t")
        return sum(_piece(integrand, a, b, centre, spread, enough, is_heavy) for a, b in pairwise(cuts))


ON_01 = ("beta", "kumaraswamy", "continuous_bernoulli", "logit_normal", "uniform")
KINKS = {"laplace": 0, "generalized_normal": 0, "triangular": 1}


def _piece(integrand, a, b, centre, spread, enough, is_heavy):
    """The integral from a to b by the trapezium rule, after a map that makes the integrand fall doubly exponentially.

    Source: Takahasi & Mori (1974), Publ. RIMS 9(3), 721-741.
    """
    if a == -inf and b == inf:
        if is_heavy:  # a power law needs one more map to fall doubly exponentially
            return _trapezium(lambda s: integrand(centre + spread * sinh(s)) * spread * cosh(s), enough)
        return _trapezium(lambda s: integrand(centre + spread * s) * spread, enough)
    if b == inf:  # s = log(x - a)
        middle = log(max(centre - a, spread / 100))
        width = log((centre - a + spread) / max(centre - a, spread / 100))
        return _trapezium(lambda s: integrand(a + exp(middle + width * s)) * exp(middle + width * s) * width, enough)
    if a == -inf:
        return _piece(lambda x: integrand(-x), -b, inf, -centre, spread, enough, is_heavy)
    return _trapezium(lambda s: integrand(a + (b - a) / (1 + exp(-s))) * (b - a) / (2 + exp(s) + exp(-s)), enough)


def _trapezium(function, enough):
    """∫ f(s) ds over all s by s = sinh(t); the step is halved until 25 digits agree."""
    step, previous = mpf(1) / 8, None
    total = function(mpf(0)) + _side(function, step, step, enough) + _side(function, -step, -step, enough)
    while step > mpf(1) / 300:
        value = total * step
        if previous is not None and abs(value - previous) <= abs(value) * mpf(10) ** -25:
            return value
        previous = value
        total += _side(function, step / 2, step, enough) + _side(function, -step / 2, -step, enough)
        step /= 2
    raise ValueError("the integral does not converge")


def _side(function, t, step, enough):
    """The sum of the terms at t, t + step, … until they are negligible."""
    total, quiet = mpf(0), 0
    while abs(t) < 150 and quiet < 8:
        term = function(sinh(t)) * cosh(t)
        total += term
        quiet = quiet + 1 if abs(term) <= abs(total) * enough else 0
        t += step
    return total


def _total(log_p, log_q, low, high, middle):
    """The sum outwards from the median, until the terms are negligible."""
    total = mpf(0)
    for start, step in ((middle, 1), (middle - 1, -1)):
        k = start
        while low <= k and (high is None or k <= high):
            weight = exp(log_p(k))
            term = weight * (log_p(k) - log_q(k)) if weight else mpf(0)
            total += term
            if abs(term) < abs(total) * mpf(10) ** (-mp.dps) and abs(k - start) > 20:
                break
            k += step
    return total


def main():
    from grid import grid

    found = []
    for p, q, points, digits in grid():
        try:
            value = divergence(p, q, points, digits)
        except (ValueError, ZeroDivisionError) as error:
            sys.stderr.write(f"left out: {p} {q}: {error}\n")
            continue
        found.append({"p": p, "q": q, "kl": mp.nstr(value, 25)})
    REFERENCE.write_text("[\n" + ",\n".join(json.dumps(each) for each in found) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
