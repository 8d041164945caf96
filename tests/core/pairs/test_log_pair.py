"""Rows of logits: near, far, off centre, narrow and wide; with the kernel, and without it."""

import numpy as np
import pytest
from corpus import LARGEST, RELATIVE, tolerance
from oracle import exact_value_of_logits

from klcli.core.arithmetic import parallel
from klcli.core.distributions import rows
from klcli.core.distributions.read_rows import read_rows
from klcli.core.evaluation.evaluate import exact_values
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select
from klcli.core.pairs.log_pair import LogPair
from klcli.core.rows.comparison import compare_rows

STEPS = (0, 1e-12, 1e-8, 3e-6, 1e-4, 2e-3, 0.03, 0.07, 0.15, 0.3, 0.6, 1, 3, 30)
OUTLIERS = (0.0, 2.0, 20.0, 100.0, 250.0)  # by which the least likely outcome is further off
SHIFTS = (0.0, 1e-3, 0.2, 5.0, 300.0)
ORDERS = ("0", "0.1", "0.5", "0.9999999", "1", "1.5", "2", "5", "inf")
NAMES = [
    name
    for each in MEASURES
    if each.zero_when_equal
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
LINEAR = ("forward_kl", "reverse_kl", "jensen_shannon", "total_variation", "chi_squared", "hellinger")


def logits(dtype):
    """Rows of 12 scores that differ in one of STEPS, OUTLIERS and SHIFTS each."""
    random = np.random.default_rng(len(dtype))
    cases = [(step, outlier, 0.0) for step in STEPS for outlier in OUTLIERS]
    cases += [(step, 0.0, shift) for step in STEPS for shift in SHIFTS[1:]]
    p, q = np.empty((2, len(cases), 12))
    for row, (step, outlier, shift) in enumerate(cases):
        p[row] = random.normal(size=12) * random.choice([1, 3])
        p[row, -1] = p[row].min() - outlier
        q[row] = p[row].astype(dtype) + step * random.normal(size=12) + shift
        q[row, -1] += outlier
    return p.astype(dtype), q.astype(dtype)


@pytest.mark.parametrize("name", ["total_variation", "l_infinity", "forward_kl", "hellinger", "jensen_shannon"])
def test_an_outcome_with_nearly_all_the_mass_keeps_the_digits_of_its_difference(name):
    p = np.array([[-0.1659332030062026, -174.5049810375216, -184.37206862191144, -106.62322961018684]] * 2)
    q = np.array([[0.3797043861551431, -174.24859957328226, -184.72472229284142, -107.13106999469687]] * 2)
    p[1] = [-0.06385858477376474, -45.5572876679203, -173.95335216042326, -93.01393860868845]
    q[1] = [0.2680888827164638, -45.368439653305984, -173.87251864547244, -93.1797632483054]
    found = compare_rows(read_rows(p, "logits"), read_rows(q, "logits"), [name])[name]
    for row in range(2):
        exact = exact_value_of_logits(name, p[row], q[row])
        assert abs(found[row] - exact) <= tolerance(name, exact) * exact


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("below", [12.345678, 150.12345, 300.12345, 600.777])
@pytest.mark.parametrize("top", [0.0, 3.3e-9, 1e-12])
def test_an_outcome_that_has_mass_in_q_alone_keeps_the_last_digit_of_its_logit(top, below, dtype):
    p, q = np.array([[top, -below, -below / 3]], dtype), np.array([[0, 1e-9, -2]], dtype)
    with np.errstate(all="ignore"):
        for name, values in exact_values(
            [select(each) for each in NAMES if each in LINEAR], LogPair(np.float64(p), np.float64(q)), 3
        ).items():
            exact = exact_value_of_logits(name, np.float64(p[0]), np.float64(q[0]))
            assert abs(values[0] - exact) <= tolerance(name, exact) * exact, name


def test_a_single_outcome_behind_masks_has_all_the_mass():
    p = np.array([[-np.inf, -np.inf, 3.0, -np.inf]] * 2)
    found = compare_rows(read_rows(p, "logits"), read_rows(p, "logits"), ["renyi:0", "entropy_q", "entropy_p"]).values
    assert not any(values.any() for values in found.values())


def counts_of(outcomes):
    random = np.random.default_rng(outcomes)
    return np.diff([0, *np.sort(random.choice(np.arange(1, outcomes), 11, replace=False)), outcomes])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("outcomes", [12, 700, 70_001, 140_000])
def test_measures_of_scores_keep_their_digits_where_many_outcomes_are_alike(outcomes, dtype):
    sides = logits(dtype)
    counts = counts_of(outcomes)
    chosen = slice(None) if outcomes < 1000 else slice(outcomes % 7, None, 7)
    wide = [np.repeat(side[chosen], counts, axis=1) for side in sides]
    names = [name for name in NAMES if name != "l_infinity" or outcomes == 12]
    found = compare_rows(*(read_rows(side, "logits") for side in wide), names)
    for row, (p, q) in enumerate(zip(*(side[chosen] for side in sides), strict=True)):
        for name in names:
            exact = exact_value_of_logits(name, p, q, counts)
            if exact > LARGEST:
                assert found[name][row] == np.inf
            else:
                assert abs(found[name][row] - exact) <= max(1e-300, tolerance(name, exact) * exact), (row, name)


def test_rows_that_differ_by_a_constant_are_identical():
    random = np.random.default_rng(0)
    p = np.float32(random.integers(-64, 64, (3, 70_000)) / 8)
    q = p + np.float32([[0], [0.125], [32]])
    found = compare_rows(read_rows(p, "logits"), read_rows(q, "logits"), NAMES).values
    assert {name: values.tolist() for name, values in found.items()} == {name: [0, 0, 0] for name in NAMES}


@pytest.mark.parametrize("outcomes", [2, 140_000])
def test_singles_whose_difference_is_no_double_keep_their_digits(outcomes):
    counts = [outcomes // 2, outcomes // 2]
    for p, q in (([0, 1e-12], [5, 5]), ([0, 1e-18], [5, 5]), ([3, 3], [1e-13, 2e-13]), ([1e-30, 0], [64, 64])):
        p, q = np.float32([p, [1, 2]]), np.float32([q, [2, 3.5]])
        sides = (np.repeat(side, counts, axis=1) for side in (p, q))
        names = [name for name in NAMES if name != "l_infinity"]
        found = compare_rows(*(read_rows(side, "logits") for side in sides), names)
        for row in (0, 1):
            for name in names:
                exact = exact_value_of_logits(name, p[row], q[row], counts)
                assert abs(found[name][row] - exact) <= max(1e-300, RELATIVE * exact), (row, name, p, q)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("outcomes", [12, 700])
def test_a_row_of_scores_gives_bit_by_bit_what_it_gives_alone(outcomes, dtype, monkeypatch):
    p, q = (np.repeat(side, counts_of(outcomes), axis=1) for side in logits(dtype))
    names = [*NAMES, "entropy_p"]
    alone = [
        compare_rows(*(read_rows(side[[row]], "logits") for side in (p, q)), names).values for row in range(len(p))
    ]
    order = np.random.default_rng(1).permutation(len(p))
    monkeypatch.setattr(rows, "BLOCK", 4 * outcomes)
    monkeypatch.setattr(parallel, "processors", lambda: 3)
    together = compare_rows(*(read_rows(side[order], "logits") for side in (p, q)), names).values
    for name in names:
        assert together[name].tolist() == [alone[row][name][0] for row in order]
