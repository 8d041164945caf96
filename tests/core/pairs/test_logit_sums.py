"""KL of logits by sums in float64 is right to the contract's digits where it answers, and answers usual rows."""

import numpy as np
import pytest
from corpus import RELATIVE
from oracle import exact_value_of_logits

from klcli.core.pairs.logit_sums import forward_kl_of_logits

RANDOM = np.random.default_rng(17)


def normal(outcomes, scale=1.0):
    return np.float64(scale) * RANDOM.standard_normal(outcomes, np.float32).astype(float)


def logits(outcomes, step):
    """Logits of 24 bits, and others, or those with noise of so much."""
    p, q = 2 * normal(outcomes), normal(outcomes, 2 if step is None else step)
    return p, q if step is None else np.float32(p + q).astype(float)


def value_of(p, q):
    with np.errstate(all="ignore"):
        return float(forward_kl_of_logits(p[np.newaxis], q[np.newaxis])[0])


@pytest.mark.parametrize("shift", [0.0, -7.0, 1000.0])
@pytest.mark.parametrize("step", [None, 1.0, 0.05, 1e-3, 1e-6])
@pytest.mark.parametrize("outcomes", [2, 10, 300, 1_500])
def test_answers_usual_rows(outcomes, step, shift):
    p, q = logits(outcomes, step)
    q = np.float32(q + shift).astype(float)
    exact = exact_value_of_logits("forward_kl", p, q)
    assert abs(value_of(p, q) - exact) <= RELATIVE * exact


@pytest.mark.parametrize("spread", [3.0, 30.0, 200.0, 2000.0, 1e6])
def test_is_right_or_unknown(spread):
    for outcomes in (2, 5, 40):
        p, q = (np.float32(normal(outcomes, spread)).astype(float) for _ in "pq")
        for other in (q, np.float32(p + normal(outcomes, 1e-4 * spread)).astype(float)):
            value, exact = value_of(p, other), exact_value_of_logits("forward_kl", p, other)
            assert np.isnan(value) or abs(value - exact) <= RELATIVE * exact


@pytest.mark.parametrize("outlier", [5.0, 20.0, 80.0, 300.0])
@pytest.mark.parametrize("step", [1.0, 0.01])
def test_an_outcome_that_q_raises_by_much_is_right_or_unknown(step, outlier):
    answered = 0
    for _ in range(20):
        p, differences = np.float32(normal(8, 3)), np.float32(normal(8, step))
        p[-1], differences[-1] = p[:-1].min() - outlier, outlier
        q = p + differences
        value, exact = value_of(p.astype(float), q.astype(float)), exact_value_of_logits("forward_kl", p, q)
        answered += not np.isnan(value)
        assert np.isnan(value) or abs(value - exact) <= RELATIVE * exact
    assert answered or outlier > 5


@pytest.mark.parametrize("below", [15.3, 40.123, 300.123, 600.777])
@pytest.mark.parametrize("top", [0.0, 3.3e-9, 1e-12])
@pytest.mark.parametrize("outcomes", [2, 2_000])
def test_an_outcome_that_has_mass_in_q_alone_is_right_or_unknown(outcomes, top, below):
    p, q = logits(outcomes, 0.1)
    p, q = (np.float32(side - p.max() - 1).astype(float) for side in (p, q))
    p[:2], q[:2] = np.float32([top, -below]), (0.0, 0.5)
    value, exact = value_of(p, q), exact_value_of_logits("forward_kl", p, q)
    assert np.isnan(value) or abs(value - exact) <= RELATIVE * exact


def test_answers_many_outcomes_of_which_one_is_far_likelier_in_q():
    p, q = logits(2_000, 0.1)
    q[7] = np.float32(p[7] + 30)
    exact = exact_value_of_logits("forward_kl", p, q)
    assert abs(value_of(p, q) - exact) <= RELATIVE * exact


def test_answers_a_far_row_of_many_outcomes():
    p, q = logits(10_000, None)
    exact = exact_value_of_logits("forward_kl", p, q)
    assert abs(value_of(p, q) - exact) <= RELATIVE * exact


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([0.0, -np.inf], [0.0, 1.0]),
        ([0.0, 1.0], [0.0, -np.inf]),
        ([0.0, -3.4e38], [0.0, 1.0]),
        ([0.0, 1.0], [5.0, 6.0]),
        ([0.0, -1000.0], [0.0, 0.0]),
        ([1.0, 2.0], [1e-17, 2.0]),
        ([2.0**60, 2.0**60], [1.0, 1.0 + 2.0**-23]),
    ],
    ids=["no mass in P", "no mass in Q", "a mask", "equal", "too far", "an inexact difference", "a lost difference"],
)
def test_leaves_to_others_what_it_cannot_tell(p, q):
    assert np.isnan(value_of(np.array(p), np.array(q)))


def test_the_value_of_a_row_does_not_depend_on_the_rows_beside_it():
    rows = [logits(700, step) for step in (None, 1.0, 0.05, 1e-6)]
    p, q = (np.stack(side) for side in zip(*rows, strict=True))
    assert forward_kl_of_logits(p, q).tolist() == [value_of(*row) for row in rows]
