"""The grid of pairs on which closed forms are tested: ordinary, extreme and nearly equal parameters."""

import numpy as np
from textbook import DENSITIES

from klcli.families.catalogue import FAMILIES
from klcli.families.closed_forms.lookup import closed_form_of, has_closed_form
from klcli.families.family.expectations import Diverges

__all__ = ["NEAR", "SETS", "grid"]

LEVELS = np.array([1e-4, 0.02, 0.2, 0.5, 0.8, 0.98, 1 - 1e-4])
NEAR = 1 + 2.0**-40

SETS = {
    "normal": [(0.5, 1.25), (-3.0, 0.4), (2.0, 30.0)],
    "lognormal": [(0.25, 0.5), (-1.0, 1.2), (2.0, 0.05)],
    "logit_normal": [(0.3, 0.8), (-1.0, 1.5)],
    "generalized_normal": [(0.5, 1.25, 1.5), (0.5, 2.0, 3.0), (0.5, 0.5, 0.9)],
    "laplace": [(0.5, 0.75), (-2.0, 2.5)],
    "logistic": [(0.25, 0.5), (-2.0, 1.5)],
    "gumbel": [(0.25, 1.5), (4.0, 2.5), (-1.0, 0.5)],
    "moyal": [(0.0, 1.0), (1.5, 2.0)],
    "halfcauchy": [(1.0,), (30.0,)],
    "cauchy": [(-2.0, 1.0), (-1.5, 1.25)],
    "student_t": [(5.0, 0.5, 1.25), (30.0, -1.0, 0.4)],
    "exponential": [(0.75,), (4.0,), (1e-3,)],
    "gamma": [(2.5, 1.5), (0.3, 4.0), (300.0, 100.0)],
    "chi2": [(3.0,), (9.0,), (0.6,)],
    "chi": [(4.0,), (3.0,), (60.0,)],
    "halfnormal": [(1.5,), (0.1,)],
    "rayleigh": [(1.25,), (20.0,)],
    "maxwell": [(1.25,), (0.2,)],
    "weibull": [(1.75, 2.0), (0.6, 1.5), (12.0, 0.8)],
    "inverse_gamma": [(3.5, 2.0), (2.25, 15.0), (40.0, 30.0)],
    "frechet": [(2.5, 1.5), (5.0, 2.0)],
    "pareto": [(1.25, 3.5), (4.0, 2.25)],
    "inverse_gaussian": [(1.0, 2.0), (3.0, 0.7)],
    "lindley": [(1.5,), (0.05,)],
    "uniform": [(0.2, 0.9), (-1.0, 2.5), (0.0, 1.0)],
    "loguniform": [(0.3, 0.8), (1.0, 2.0)],
    "beta": [(2.5, 1.5), (0.5, 1.2), (80.0, 30.0)],
    "kumaraswamy": [(2.0, 3.0), (0.5, 1.3)],
    "continuous_bernoulli": [(0.1,), (0.8,), (0.5,)],
    "triangular": [(0.1, 0.3, 0.9), (-1.0, 0.0, 4.0)],
    "truncated_normal": [(0.5, 1.25, -3.0, 2.0), (4.0, 0.7, -1.0, 2.5)],
    "von_mises": [(0.5, 2.0), (-1.0, 7.0)],
    "bernoulli": [(0.3,), (1e-9,), (0.999,)],
    "binomial": [(7.0, 0.3), (7.0, 0.9)],
    "geometric": [(0.3,), (0.9,)],
    "negative_binomial": [(3.0, 0.3), (3.0, 0.7)],
    "poisson": [(4.0,), (0.01,), (200.0,)],
}


def grid():
    """Yields P and Q as name and parameters, quantiles of P, and the number of digits to compute with."""
    for name, sets in SETS.items():
        for other, others in SETS.items():
            if has_closed_form(FAMILIES.lookup(name), FAMILIES.lookup(other)):
                pairs = [(a, b) for a in sets for b in others if (name, a) != (other, b)]
                # all pairs within a family; for two families, each set of the first with one of the second
                if name != other:
                    pairs = [(a, others[i % len(others)]) for i, a in enumerate(sets)]
                yield from _usable(name, other, pairs, 30)
        yield from _usable(name, name, [(a, near(a, k)) for a in sets[:2] for k in range(len(a))], 50)


def near(parameters, index):
    """The parameters with one changed in its thirteenth digit."""
    moved = list(parameters)
    moved[index] = moved[index] * NEAR if moved[index] else 2.0**-40
    return tuple(moved)


def _usable(name, other, pairs, digits):
    for a, b in pairs:
        try:
            p, q = FAMILIES.lookup(name)(*a), FAMILIES.lookup(other)(*b)
            (low, high), (low_q, high_q) = p.bounds(), q.bounds()
            form = closed_form_of(p, q)
            if not (low_q <= low and high <= high_q) or form is None:
                continue
            with np.errstate(all="ignore"):
                form.evaluate(p, q)
        except (Diverges, ValueError):
            continue
        yield (name, a), (other, b), sorted(float(x) for x in np.ravel(p.quantile(LEVELS))), digits


assert set(SETS) <= set(DENSITIES)
