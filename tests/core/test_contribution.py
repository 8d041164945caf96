"""The outcomes that contribute most are those with the largest terms of the textbook sum."""

from math import log, sqrt

import pytest

from klcli.core.comparison import compare
from klcli.core.contribution import largest_contributions
from klcli.core.distributions.distribution import Distribution
from klcli.core.measures.measure import MEASURES, select

P = {"a": 0.5, "b": 0.3, "c": 0.15, "d": 0.05}
Q = {"d": 0.3, "c": 0.15, "b": 0.05, "a": 0.5}

TERMS = {
    "forward_kl": lambda p, q: p * log(p / q),
    "total_variation": lambda p, q: abs(p - q),
    "hellinger": lambda p, q: (sqrt(p) - sqrt(q)) ** 2,
    "chi_squared": lambda p, q: (p - q) ** 2 / q,
    "neyman_chi_squared": lambda p, q: (p - q) ** 2 / p,
    "jeffreys": lambda p, q: (p - q) * log(p / q),
    "entropy_p": lambda p, q: -p * log(p),
    "cross_entropy": lambda p, q: -p * log(q),
    "reverse_kl": lambda p, q: q * log(q / p) - q + p,
}


def compared(p, q, **settings):
    distributions = (Distribution.from_weights(list(side.values()), side) for side in (p, q))
    return compare(*distributions, **settings)


@pytest.mark.parametrize("name", TERMS)
def test_the_largest_terms_come_first(name):
    found = largest_contributions(compared(P, Q), select(name))
    terms = {label: TERMS[name](P[label], Q[label]) for label in P}
    expected = sorted((label for label in P if terms[label] > 1e-15), key=lambda label: -terms[label])
    assert [each.outcome for each in found] == expected[:3]


def test_masses_are_normalised():
    first, *_ = largest_contributions(compared({"a": 3, "b": 1}, {"a": 1, "b": 3}), select("forward_kl"))
    assert (first.outcome, first.p, first.q) == ("a", 0.75, 0.25)


def test_an_outcome_that_makes_it_infinite_comes_first():
    found = largest_contributions(compared({"a": 0.9, "b": 0.1}, {"a": 1}), select("forward_kl"))
    assert found[0].outcome == "b"


@pytest.mark.parametrize("name", [f"{each}:0.5" if MEASURES.lookup(each).orders else each for each in MEASURES.names()])
def test_every_measure_has_outcomes_that_contribute(name):
    assert largest_contributions(compared(P, Q), select(name))


def test_equal_distributions_have_none():
    assert largest_contributions(compared(P, P), select("forward_kl")) == ()
