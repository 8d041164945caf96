"""KL(P‖Q) of one wide row of scores: every length of its sums, against the oracle, and what it leaves to others."""

import numpy as np
import pytest
from corpus import RELATIVE
from oracle import exact_value_of_logits

from klcli.core.distributions.read_rows import read_rows
from klcli.core.pairs import logit_pair
from klcli.core.pairs.logit_row import LogitRow
from klcli.core.rows.comparison import compare_rows

OUTCOMES = (30_000, 128_256, 2**18)
STEPS = (1e-9, 3e-6, 1e-4, 2e-3, 0.05, 0.3, 0.6, 0.9)  # from each to the next, other terms are taken


def near(dtype, step, outcomes):
    """Twelve scores of P and Q that differ by `step` at most, their mean difference taken off, and their counts."""
    random = np.random.default_rng(outcomes)
    counts = np.diff([0, *np.sort(random.choice(np.arange(1, outcomes), 11, replace=False)), outcomes])
    p = (2 * random.normal(size=12)).astype(dtype)
    x = random.uniform(-step, step, 12)
    mass = counts * np.exp(p.astype(float))
    return p, (p + x - mass @ x / mass.sum()).astype(dtype), counts


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("outcomes", OUTCOMES)
def test_near_rows_keep_their_digits(outcomes, dtype):
    buffer = LogitRow(outcomes)
    for step in STEPS if dtype == "f8" else STEPS[1:]:  # the mean of singles is off by a rounding
        p, q, counts = near(dtype, step, outcomes)
        found = buffer.divergence(np.repeat(p, counts), np.repeat(q, counts))
        exact = exact_value_of_logits("forward_kl", p, q, counts)
        assert abs(found - exact) <= RELATIVE * exact, step


@pytest.mark.parametrize("outcomes", OUTCOMES)
def test_far_rows_keep_their_digits(outcomes):
    random = np.random.default_rng(0)
    buffer, counts = LogitRow(outcomes), [outcomes // 8] * 8
    for scale in (3, 10, 60):
        p, q = random.normal(size=(2, 8)) * scale - scale
        order = random.permutation(outcomes // 8 * 8)
        sides = (np.append(np.repeat(side, counts)[order], [-600.0] * (outcomes % 8)) for side in (p, q))
        exact = exact_value_of_logits("forward_kl", p, q, counts)
        assert abs(buffer.divergence(*sides) - exact) <= RELATIVE * exact


def test_terms_that_are_alike_do_not_add_up_their_roundings():
    p = np.array([-1.85618672, -3.87461832, 5.54966367])
    q = p + np.array([-1.18768571, -0.794114458, 0.000250489628])
    counts = [29_858, 9_847, 88_551]
    found = LogitRow(sum(counts)).divergence(np.repeat(p, counts), np.repeat(q, counts))
    exact = exact_value_of_logits("forward_kl", p, q, counts)
    assert abs(found - exact) <= RELATIVE / 2 * exact


def test_a_room_remembers_nothing():
    rows = [near("f4", step, 70_001) for step in (0.05, 1e-4, 0.7)]
    wide = [(np.repeat(p, counts), np.repeat(q, counts)) for p, q, counts in rows]
    alone = [LogitRow(70_001).divergence(*row) for row in wide]
    buffer = LogitRow(70_001)
    assert [buffer.divergence(*wide[at]) for at in (0, 1, 2, 0)] == [*alone, alone[0]]


@pytest.mark.parametrize("outcomes", OUTCOMES[:2])
@pytest.mark.parametrize("name", ["forward_kl", "reverse_kl"])
def test_ordinary_wide_rows_are_taken_here(name, outcomes, monkeypatch):
    random = np.random.default_rng(1)
    p = 2 * random.standard_normal((5, outcomes), np.float32)
    noise = random.standard_normal(p.shape, np.float32)
    q = np.float32([[1e-6], [1e-3], [0.05], [0.2], [0]]) * noise + p
    q[4] = 2 * noise[4]
    monkeypatch.setattr(logit_pair, "_divergence", None)  # to call it is an error
    found = compare_rows(read_rows(p, "logits"), read_rows(q, "logits"), [name]).values[name]
    assert (found > 0).all()


@pytest.mark.parametrize("outcomes", [30_000, 70_001])
def test_rows_that_are_left_to_others_stay_beside_those_that_are_not(outcomes):
    cases = [
        near("f4", 0.05, outcomes),
        near("f4", 1e-3, outcomes),
        near("f4", 0.3, outcomes),
        near("f4", 0.6, outcomes),
    ]
    counts = cases[0][2]
    p, q = (np.stack([case[side] for case in cases]) for side in (0, 1))
    q[1] += np.float32(0.1)  # off centre
    p[3, 4] -= 700  # too small to be exponentiated as it stands
    wide = [np.repeat(side, counts, axis=1) for side in (p, q)]
    found = compare_rows(*(read_rows(side, "logits") for side in wide), ["forward_kl", "reverse_kl"]).values
    for row in range(4):
        for name, values in found.items():
            exact = exact_value_of_logits(name, p[row], q[row], counts)
            assert abs(values[row] - exact) <= RELATIVE * exact, (row, name)


def test_a_row_that_is_off_centre_or_level_is_left_to_others():
    p, q, counts = near("f8", 0.05, 70_001)
    buffer = LogitRow(70_001)
    for other in (q + 0.1, p + 1, p + 5):
        assert np.isnan(buffer.divergence(np.repeat(p, counts), np.repeat(other, counts)))
    assert buffer.divergence(np.repeat(p, counts), np.repeat(p, counts)) == 0
