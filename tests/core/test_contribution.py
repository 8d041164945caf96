"""The outcomes that contribute most are those with the largest terms of the textbook sum."""

from math import inf, log, sqrt

import pytest

from klcli.core.comparison import compare
from klcli.core.contribution import largest_contributions
from klcli.core.distributions.distribution import Distribution
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select

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
    "reverse_kl": lambda p, q: q * log(q / p),
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


INFINITE = {"a": 0.9, "b": 0.04, "c": 0.06, "d": 0.0}, {"a": 0.5, "b": 0.0, "c": 0.0, "d": 0.5}


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("forward_kl", ["c", "b"]),
        ("cross_entropy", ["c", "b"]),
        ("chi_squared", ["c", "b"]),
        ("renyi:2", ["c", "b"]),
        ("reverse_kl", ["d"]),
        ("neyman_chi_squared", ["d"]),
        ("jeffreys", ["d", "c", "b"]),
    ],
)
def test_only_the_outcomes_that_make_it_infinite_are_named_the_largest_first(name, outcomes):
    comparison = compared(*INFINITE)
    assert comparison[name] == inf
    assert [each.outcome for each in largest_contributions(comparison, select(name))] == outcomes


def test_logits_of_minus_infinity_after_joining_are_outcomes_without_mass():
    sides = (Distribution.from_logits([1.0, 2.0], ["a", "b"]), Distribution.from_logits([5.0, 3.0], ["a", "c"]))
    found = largest_contributions(compare(*sides), select("forward_kl"))
    assert [each.outcome for each in found] == ["b"]


def test_what_is_too_large_for_a_double_is_not_put_down_to_a_mass_of_0():
    comparison = compared({"a": 1.0, "b": 1e-10, "c": 1e-300}, {"a": 1.0, "b": 1e-320, "c": 1e-300})
    assert comparison["chi_squared"] < inf
    comparison = compared({"a": 1.0, "b": 1.0, "c": 1e-300}, {"a": 1.0, "b": 5e-324, "c": 0.5})
    assert comparison["chi_squared"] == inf
    assert largest_contributions(comparison, select("chi_squared"))[0].outcome == "b"
