"""Bounds from lists of the most probable outcomes, held against every kind of completion."""

from math import inf, log

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klcli.core.distributions.distribution import Distribution
from klcli.core.rows.top_lists import TopList, kl_bounds
from klcli.errors import NotADistribution


def exact_kl(p, q):
    with mpmath.workdps(40):
        p, q = ([mpmath.mpf(float(each)) for each in side] for side in (p, q))
        p, q = ([each / sum(side) for each in side] for side in (p, q))
        return mpmath.fsum(a * mpmath.log(a / b) for a, b in zip(p, q, strict=True) if a)


def top_of(masses, count):
    """The list of the most probable outcomes of a distribution, as a model would give it."""
    order = np.argsort(-masses, kind="stable")[:count]
    return TopList.of({str(index): float(np.log(masses[index])) for index in order})


@settings(max_examples=300)
@given(seed=st.integers(0, 2**32), outcomes=st.integers(2, 30), listed=st.tuples(st.integers(1, 8), st.integers(1, 8)),
       concentration=st.sampled_from((0.05, 0.3, 1.0, 5.0)), near=st.booleans())  # fmt: skip
def test_the_kl_of_every_completion_lies_between(seed, outcomes, listed, concentration, near):
    random = np.random.default_rng(seed)
    p, q = random.dirichlet([concentration] * outcomes, 2) + 1e-12
    if near:
        q = p * np.exp(0.1 * random.normal(size=outcomes))
    p, q = p / p.sum(), q / q.sum()
    kl = float(exact_kl(p, q))
    tops = top_of(p, listed[0]), top_of(q, listed[1])
    lower, upper = kl_bounds(*tops)
    assert lower <= kl * (1 + 1e-9) + 1e-9
    assert upper == inf or upper >= kl * (1 - 1e-9) - 1e-9
    floor = float(q.min())
    bounded = kl_bounds(*tops, floor)
    assert bounded[0] <= kl * (1 + 1e-9) + 1e-9
    assert bounded[0] <= bounded[1]
    assert bounded[1] >= kl * (1 - 1e-9) - 1e-9
    assert bounded[1] < inf


def completions(known, rest, most, places, random):
    """Distributions that a list allows: its masses, and the rest spread over other places with at most `most` each."""
    for _ in range(2000):
        share = random.dirichlet([random.choice([0.2, 1, 5])] * places) * rest
        if share.max() <= most:
            yield np.concatenate([known, share])


def test_the_lower_bound_is_near_the_least_of_many_completions():
    # A = {a, b}, B = {a, c}; besides, 40 outcomes that neither lists
    p_list = TopList.of({"a": log(0.6), "b": log(0.2)})
    q_list = TopList.of({"a": log(0.5), "c": log(0.1)})
    random = np.random.default_rng(5)
    least = inf
    for p_c in np.linspace(0, 0.2, 41):
        for q_b in np.linspace(0.001, 0.1, 40):
            p_rest, q_rest = 0.2 - p_c, 0.4 - q_b
            parts = [0.6 * log(0.6 / 0.5), 0.2 * log(0.2 / q_b)]
            parts += [p_c * log(p_c / 0.1)] if p_c else []
            parts += [p_rest * log(p_rest / q_rest)] if p_rest > 0 else []
            least = min(least, sum(parts))
    lower, _ = kl_bounds(p_list, q_list)
    assert lower == pytest.approx(least, abs=1e-3)
    assert lower <= least
    some = next(completions(np.array([0.6, 0.2]), 0.2, 0.2, 41, random))
    assert some.sum() == pytest.approx(1)


def test_the_same_outcomes_on_both_sides_leave_the_log_sum_bound():
    p, q = TopList.of({"a": log(0.7), "b": log(0.1)}), TopList.of({"a": log(0.5), "b": log(0.2)})
    expected = 0.7 * log(0.7 / 0.5) + 0.1 * log(0.1 / 0.2) + 0.2 * log(0.2 / 0.3)
    assert kl_bounds(p, q)[0] == pytest.approx(expected, abs=1e-5)


def test_a_list_that_sums_to_1_may_still_leave_something_out():
    # as of a model that is nearly sure: 1 - 1e-9 is printed as 1
    lower, upper = kl_bounds(TopList.of({"a": 0.0}), TopList.of({"b": 0.0}))
    assert log(1 / 1e-6) - 1 < lower < log(1 / 1e-6) + 1
    assert upper == inf


def test_whole_distributions_have_one_value():
    p, q = (TopList.whole(Distribution.from_values(masses, ["a", "b"])) for masses in ([3, 1], [2, 2]))
    lower, upper = kl_bounds(p, q)
    assert lower == upper == pytest.approx(float(exact_kl([0.75, 0.25], [0.5, 0.5])), rel=1e-14)


def test_a_whole_distribution_beside_a_list():
    p = TopList.whole(Distribution.from_values([3, 1], ["a", "b"]))
    lower, upper = kl_bounds(p, TopList.of({"a": log(0.5), "b": log(0.25), "c": log(0.125)}))
    assert lower == upper == pytest.approx(0.75 * log(0.75 / 0.5))


def test_q_that_leaves_nothing_out_and_misses_an_outcome_of_p_is_infinite():
    q = TopList.whole(Distribution.from_values([1, 1], ["a", "c"]))
    assert kl_bounds(TopList.of({"a": log(0.5), "b": log(0.25)}), q, 1e-9) == (inf, inf)


@pytest.mark.parametrize("floor", [None, 1e-9])
def test_more_mass_than_q_has_outcomes_for_is_infinite(floor):
    p = TopList.of({"a": log(0.25), "b": log(0.25)})  # the others have 0.5, and none of them more than 0.25
    q = {"a": 0.5, "b": 0.25, "c": 0.25}
    whole = TopList.of({label: log(mass) for label, mass in q.items()})
    for of_q in (whole, TopList.whole(Distribution(q))):
        assert kl_bounds(p, of_q, floor) == (inf, inf)
    fits = TopList.whole(Distribution({"a": 0.5, "b": 0.125, "c": 0.25, "d": 0.125}))  # 0.25 each
    exact = 0.25 * (log(0.25 / 0.5) + log(0.25 / 0.125) + log(0.25 / 0.25) + log(0.25 / 0.125))
    assert kl_bounds(p, fits, floor)[0] == pytest.approx(exact, rel=1e-9)


def test_the_upper_bound_is_infinite_without_a_floor_and_finite_with_one():
    p, q = TopList.of({"a": log(0.5)}), TopList.of({"a": log(0.5)})
    assert kl_bounds(p, q)[1] == inf
    assert kl_bounds(p, q, 1e-9)[1] == pytest.approx(0.5 * log(0.5 / 1e-9), rel=1e-4)


@pytest.mark.parametrize(
    ("masses", "words"), [({}, "is empty"), ({"a": 0.0, "b": 0.0}, "sum to 2"), ({"a": -inf}, "every probability is 0")]
)
def test_what_is_no_list_is_refused(masses, words):
    with pytest.raises(NotADistribution, match=words):
        TopList.of(masses)


def test_float64_lists_that_hold_all_the_mass_have_one_value():
    masses = [0.5, 0.3, 0.2], [0.25, 0.25, 0.5]
    p, q = (TopList.of({label: log(mass) for label, mass in zip("abc", side, strict=True)}) for side in masses)
    lower, upper = kl_bounds(p, q)
    assert lower == upper == pytest.approx(float(exact_kl(*masses)), rel=1e-14)


def test_float32_lists_that_sum_to_1_lose_no_more_than_what_float32_hides():
    masses = [0.5, 0.3, 0.2], [0.25, 0.25, 0.5]
    p, q = (
        TopList.of({label: float(np.float32(log(mass))) for label, mass in zip("abc", side, strict=True)})
        for side in masses
    )
    lower, upper = kl_bounds(p, q)
    assert float(exact_kl(*masses)) - 2e-6 < lower <= float(exact_kl(*masses)) + 1e-7
    assert upper == inf


def test_an_extra_outcome_does_not_bound_those_that_are_not_listed():
    # P leaves 0.3 to others: one outcome that has all of it, though z, which occurred, has 1e-5
    p = TopList.of({"a": log(0.7 - 1e-5), "z": log(1e-5)}, extra=frozenset("z"))
    q = TopList.of({"a": log(0.5), "b": log(0.3)})
    assert p.most == pytest.approx(0.3, rel=1e-9)
    least = 0.7 * log(0.7 / 0.5) + 0.3 * log(0.3 / 0.3)  # all of it on b
    lower, _ = kl_bounds(p, q)
    assert lower <= least + 1e-3


@pytest.mark.parametrize("least", [-700.0, -720.0, -9998.0])
def test_a_logarithm_whose_exponential_underflows_is_finite(least):
    p, q = TopList.of({"a": -0.1, "b": -3.0}), TopList.of({"a": -0.1, "b": least})
    rest_p, rest_q = 1 - np.exp(-0.1) - np.exp(-3.0), 1 - np.exp(-0.1) - np.exp(least)
    # data processing: what neither list names, taken as one outcome
    grouped = np.exp(-3.0) * (-3.0 - least) + rest_p * log(rest_p / rest_q)
    assert kl_bounds(p, q)[0] == pytest.approx(grouped, rel=1e-5)
    assert kl_bounds(p, q, 1e-9)[1] < inf
