"""Measures of a discrete family and masses on whole numbers equal the textbook sums, computed with 60 digits."""

from math import inf, log
from time import process_time

import mpmath
import pytest
from mpmath import mpf
from textbook import DENSITIES

import klcli
from klcli.core.measures.selection import select
from klcli.errors import NotComparable, Undetermined

mpmath.mp.dps = 60


def poisson_like(rate, numbers, moved=0.0):
    """The masses of a Poisson, the first changed by a relative amount."""
    found = {k: float(mpmath.exp(DENSITIES["poisson"](mpf(rate))[0](k))) for k in numbers}
    found[numbers[0]] *= 1 + moved
    return found


CASES = [
    ("poisson", (3.0,), {0: 0.1, 1: 0.2, 2: 0.3, 3: 0.2, 7: 0.2}),
    ("poisson", (0.2,), poisson_like(0.2, range(7), 1e-5)),
    ("poisson", (4.3e-5,), poisson_like(4.3e-5, range(7), 1e-12)),
    # probabilities below the range of a double
    ("poisson", (17042.25,), {1240: 5.2e-4, 275: 3.5e-14, 7128: 3.8e-3}),
    ("binomial", (20.0, 0.3), {-2: 0.1, 4: 0.5, 6: 0.2, 25: 0.2}),
    # far apart, one with nearly all of the mass
    ("binomial", (2.0, 2.7e-6), {10_000: 4.3e-31, 1: 1.5e-18, 0: 3e-35}),
    ("negative_binomial", (0.5, 0.999996), {3: 0.1, 12: 0.005, -2: 8.6e-9, 8: 0.06}),
    # more numbers than one block of terms
    ("geometric", (1e-3,), dict.fromkeys(range(5000), 1.0)),
    ("geometric", (0.99,), {0: 0.99, 1: 0.0099, 2: 0.0001}),
    ("bernoulli", (0.3,), {0: 0.7, 1: 0.3000000001}),
    ("bernoulli", (0.3,), {5: 1.0}),
]
MEASURES = (
    "forward_kl", "reverse_kl", "cross_entropy", "reverse_cross_entropy", "entropy_p", "jensen_shannon",
    "total_variation", "hellinger", "bhattacharyya", "jeffreys",
)  # fmt: skip


def textbook(name, values, masses):
    """The measures with the masses as P and the family as Q."""
    log_density, low, high = DENSITIES[name](*map(mpf, values))
    total = mpmath.fsum(map(mpf, masses.values()))
    p = {k: mpf(mass) / total for k, mass in masses.items()}
    inside = [k for k in p if k >= low and (high is None or k <= high)]
    logs = {k: log_density(k) for k in inside}
    q = {k: mpmath.exp(log) for k, log in logs.items()}
    others = [k for k in range(int(high) + 1) if k not in p] if high is not None and high < 100 else None
    # without an upper end, the mass elsewhere is 1 minus the mass here; mpmath's digits suffice for that
    rest = (
        mpmath.fsum(mpmath.exp(log_density(k)) for k in others) if others is not None else 1 - mpmath.fsum(q.values())
    )
    covers, is_covered = len(inside) == len(p), rest == 0
    middle = {k: (p[k] + q.get(k, 0)) / 2 for k in p}
    cross = -mpmath.fsum(p[k] * logs[k] for k in inside) if covers else inf
    own = -mpmath.fsum(mass * mpmath.log(mass) for mass in p.values())
    back = -mpmath.fsum(q[k] * mpmath.log(p[k]) for k in inside) if is_covered else inf
    other = -mpmath.fsum(q[k] * logs[k] for k in inside)
    affinity = mpmath.fsum(mpmath.sqrt(p[k] * q[k]) for k in inside)
    square = mpmath.fsum((mpmath.sqrt(p[k]) - mpmath.sqrt(q.get(k, 0))) ** 2 for k in p) + rest
    mixed = mpmath.fsum(mass * mpmath.log(mass / middle[k]) for each in (p, q) for k, mass in each.items())
    return {
        "forward_kl": cross - own,
        "cross_entropy": cross,
        "reverse_kl": back - other if is_covered else inf,
        "reverse_cross_entropy": back,
        "entropy_p": own,
        "jensen_shannon": (mixed + rest * mpmath.log(2)) / 2,
        "total_variation": (mpmath.fsum(abs(p[k] - q.get(k, 0)) for k in p) + rest) / 2,
        "hellinger": mpmath.sqrt(square / 2),
        "bhattacharyya": -mpmath.log(affinity) if affinity else inf,
        "jeffreys": cross - own + back - other if is_covered else inf,
    }


FLIPPED = {
    "forward_kl": "reverse_kl", "reverse_kl": "forward_kl", "cross_entropy": "reverse_cross_entropy",
    "reverse_cross_entropy": "cross_entropy", "entropy_p": "entropy_q",
}  # fmt: skip


@pytest.mark.parametrize(("name", "values", "masses"), CASES)
def test_each_measure_of_masses_and_a_family_equals_the_textbook_sum(name, values, masses):
    member, data = klcli.family(name, *values), {str(k): mass for k, mass in masses.items()}
    exact = textbook(name, values, masses)
    for measure in MEASURES:
        for p, q, asked in ((data, member, measure), (member, data, FLIPPED.get(measure, measure))):
            found = klcli.compare(p, q, measures=[asked], as_="weights")
            value, error = found[asked], found.error(select(asked))
            if exact[measure] == inf:
                assert value == inf, (asked, value)
            else:
                assert abs(value - exact[measure]) <= error, (asked, value, error, exact[measure])
                # a relative error of the family's masses has an effect even where the two agree, except for distances
                known = 2e-15 if asked in ("total_variation", "hellinger") else 0
                assert error <= 2e-13 * max(value, exact["total_variation"]) + known, (asked, value, error)


@pytest.mark.parametrize("number", ["2", "-1", "1000000"])
def test_numbers_without_a_category_have_mass_0(number):
    found = klcli.compare("categorical([0.25, 0.75])", {"0": 0.5, number: 0.5}, measures=["total_variation"])
    assert found.total_variation == 0.75
    assert klcli.compare({number: 1.0}, "categorical([0.25, 0.75])", measures=["forward_kl"]).forward_kl == inf
    assert found["jensen_shannon"] > klcli.compare("bernoulli(0.75)", {"0": 0.5, "1": 0.5})["jensen_shannon"]


def test_two_labels_that_denote_the_same_number_are_refused():
    with pytest.raises(NotComparable, match=r"'1' and '1\.0' are one number"):
        klcli.compare("poisson(1)", {"1": 0.5, "0": 0.25, "1.0": 0.25})


def test_multiplying_all_masses_by_a_constant_changes_nothing():
    small = klcli.compare({"0": 1, "1": 3, "2": 2}, "poisson(1)", as_="weights")
    huge = klcli.compare({"0": 2.0**1022, "1": 3 * 2.0**1022, "2": 2.0**1023}, "poisson(1)", as_="weights")
    assert huge.values == pytest.approx(small.values, rel=8e-15)
    measure = select("jensen_shannon")
    assert huge.error(measure) == pytest.approx(small.error(measure), rel=1e-3)


def test_a_family_of_any_width_is_compared_at_once():
    started = process_time()
    found = klcli.compare({"0": 0.5, "1": 0.5}, "binomial(1e300, 0.5)", measures="forward_kl")
    assert process_time() - started < 5
    assert found.forward_kl == pytest.approx(1e300 * log(2), rel=1e-12)  # -log 2^-n, and log n is small beside it


@pytest.mark.parametrize("family", ["cauchy(-1e300, 1e-300)", "normal(1e300, 1)"])
def test_a_sample_whose_density_leaves_the_range_of_doubles_has_no_infinite_likelihood(family):
    with pytest.raises(Undetermined, match="the density of an outcome leaves the range of doubles"):
        klcli.compare([1.5, 2.5], family, p_as="samples", measures="cross_entropy")
    outside = klcli.compare([1.5, 2.5], "uniform(0, 2)", p_as="samples", measures="cross_entropy")
    assert (outside.cross_entropy, outside.notes[0].code) == (inf, "infinite")
    gap = klcli.compare([0, 1], "categorical([0.5, 0, 0.5])", p_as="samples", measures="cross_entropy")
    assert gap.cross_entropy == inf
