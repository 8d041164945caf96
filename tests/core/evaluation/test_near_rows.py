"""The sums of one sign of many near rows: every length of the series, a few far outcomes, and rows that stay apart."""

import mpmath
import numpy as np
import pytest
from corpus import RELATIVE
from oracle import exact_value

from klcli.core.arithmetic.parallel import Workspace
from klcli.core.distributions.read_rows import read_rows
from klcli.core.evaluation import rows_of_masses
from klcli.core.evaluation.near_rows import near_sums
from klcli.core.rows.comparison import compare_rows

NAMES = ["forward_kl", "reverse_kl"]
STEPS = (1e-12, 1e-8, 1e-5, 1e-3, 0.02, 0.1, 0.3, 0.45)


def near(outcomes):
    """A row for each of STEPS, by which masses differ at most."""
    random = np.random.default_rng(outcomes)
    p = np.exp(random.normal(size=(len(STEPS), outcomes)))
    q = p * (1 + np.array(STEPS)[:, np.newaxis] * random.uniform(-1, 1, p.shape))
    return p, q * p.sum(axis=1, keepdims=True) / q.sum(axis=1, keepdims=True)


def excess(p, q):
    with mpmath.workdps(50):
        p, q = (list(map(mpmath.mpf, side.tolist())) for side in (p, q))
        return mpmath.fsum(a * mpmath.log(a / b) + b - a for a, b in zip(p, q, strict=True))


@pytest.mark.parametrize("outcomes", [3, 100, 1000])
def test_the_sums_keep_their_digits(outcomes):
    p, q = near(outcomes)
    forward, reverse, total_difference = near_sums(p, q, q - p, Workspace())
    for row in range(len(p)):
        for found, sides in ((forward, (p, q)), (reverse, (q, p))):
            exact = excess(*(side[row] for side in sides))
            assert abs(found[row] - exact) <= RELATIVE / 2 * exact
        difference = q[row] - p[row]
        assert abs(total_difference[row] - mpmath.fsum(difference.tolist())) <= 1e-15 * np.abs(difference).sum()


@pytest.mark.parametrize("count", [1, 16, 37])
def test_a_few_outcomes_may_be_far(count):
    p, q = near(300)
    q[:5, 7 : 7 + count] *= 1e3
    q[5:, -count:] /= 1e5
    forward, reverse, _ = near_sums(p, q, q - p, Workspace())
    for row in range(len(p)):
        assert forward[row] == pytest.approx(float(excess(p[row], q[row])), rel=RELATIVE / 2)
        assert reverse[row] == pytest.approx(float(excess(q[row], p[row])), rel=RELATIVE / 2)


def test_a_row_with_many_is_not_near_and_those_beside_it_are():
    p, q = near(100)
    alone = near_sums(p[1:], q[1:], q[1:] - p[1:], Workspace())
    q[0, :17] *= 5
    together = near_sums(p, q, q - p, Workspace())
    assert [np.isnan(found[0]) for found in together] == [True, True, False]
    assert [found[1:].tolist() for found in together] == [found.tolist() for found in alone]


@pytest.mark.parametrize("outcomes", [3, 100, 1000])
def test_ordinary_near_rows_need_no_exact_way(outcomes, monkeypatch):
    p, q = (np.tile(side, (40, 1)) for side in near(outcomes))
    for way in ("Float64Pair", "DoubleDoublePair"):
        monkeypatch.setattr(rows_of_masses, way, None)  # to call it is an error
    found = compare_rows(read_rows(p, "weights"), read_rows(q, "weights"), NAMES).values
    for row in range(len(STEPS)):
        for name in NAMES:
            assert set(found[name][row :: len(STEPS)].tolist()) == {found[name][row]}
            exact = exact_value(name, p[row], q[row])
            assert abs(found[name][row] - exact) <= RELATIVE * exact


def test_rows_that_are_nearly_proportional_keep_their_digits():
    p, q = near(50)
    q *= np.array([[3], [1 + 1e-6], [0.999], [1 / 7], [1.01], [2], [1e30], [1e-30]])
    found = compare_rows(read_rows(p, "weights"), read_rows(q, "weights"), NAMES).values
    for row in range(len(p)):
        for name in NAMES:
            exact = exact_value(name, p[row], q[row])
            assert abs(found[name][row] - exact) <= RELATIVE * exact
