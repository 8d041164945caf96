"""Rows of probabilities as they stand, and beside rows that must be scaled, or that other forms answer."""

import numpy as np
import pytest
from corpus import RELATIVE
from oracle import exact_value

from klcli.core.distributions.read_rows import read_rows, unread_rows
from klcli.core.evaluation.evaluate import evaluate
from klcli.core.measures.selection import select
from klcli.core.rows.comparison import compare_rows
from klcli.errors import NotADistribution

NAMES = ["forward_kl", "jensen_shannon", "total_variation", "hellinger"]
OTHERS = ("a zero", "a tiny mass", "counts", "a total of 0.75", "1e200 times", "near")


def probabilities(outcomes, rows=5):
    p, q = np.random.default_rng(outcomes).exponential(size=(2, rows, outcomes))
    return p / p.sum(axis=1, keepdims=True), q / q.sum(axis=1, keepdims=True)


def another(kind, p, q):
    """A row beside them."""
    p, q = p.copy(), q.copy()
    if kind == "a zero":
        q[3] = 0.0
    elif kind == "a tiny mass":
        p[0] = 1e-300
    elif kind == "counts":
        p, q = np.rint(1e6 * p) + 1, np.rint(1e3 * q) + 1
    elif kind == "a total of 0.75":
        p, q = p * 0.75, q * 1.39
    elif kind == "1e200 times":
        p, q = p * 1e200, q * 1e200
    else:
        q = p * (1 + 1e-4 * q / q.max())
    return p, q


@pytest.mark.parametrize("names", [NAMES, ["forward_kl"]], ids=len)
@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("outcomes", [20, 600])
def test_rows_as_they_stand_give_the_same_beside_others(outcomes, kind, names):
    p, q = probabilities(outcomes)
    other = another(kind, p[0], q[0])
    beside = [np.vstack([side[:2], one, side[2:]]) for side, one in zip((p, q), other, strict=True)]
    alone = compare_rows(read_rows(p, "weights"), read_rows(q, "weights"), names).values
    single = compare_rows(*(read_rows(one[np.newaxis], "weights") for one in other), names).values
    together = compare_rows(*(unread_rows(side, "weights") for side in beside), names).values
    for name in names:
        assert together[name].tolist() == [*alone[name][:2].tolist(), *single[name].tolist(), *alone[name][2:].tolist()]


@pytest.mark.parametrize("outcomes", [20, 600])
def test_rows_as_they_stand_keep_their_digits(outcomes):
    p, q = probabilities(outcomes)
    found = compare_rows(unread_rows(p), unread_rows(q), NAMES).values
    for row in range(len(p)):
        for name in NAMES:
            exact = exact_value(name, p[row], q[row])
            assert abs(found[name][row] - exact) <= RELATIVE * exact


@pytest.mark.parametrize("wrong", [-1e-9, np.nan, np.inf])
@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("as_", ["auto", "probs", "weights"])
def test_a_wrong_value_in_the_midst_of_probabilities_is_found(as_, side, wrong):
    sides = probabilities(600)
    sides[side][3, 599] = wrong
    with pytest.raises(NotADistribution, match=r"row 4.*column 600"):
        compare_rows(unread_rows(sides[0], as_), unread_rows(sides[1], as_))


def test_probabilities_below_1e_100_are_seen_for_each_row():
    p, q = probabilities(20)
    p[1, 8] += p[1, 7]
    p[1, 7] = 1e-120
    rows = read_rows(p)
    compare_rows(rows, read_rows(q))
    assert rows.least.tolist() == p.min(axis=1).tolist()
    assert rows.kind == "probabilities"


@pytest.mark.parametrize("outcomes", [2, 5, 600, 5000])
@pytest.mark.parametrize("support", [1, 2])
def test_masses_of_unequal_totals_that_are_proportional_and_0_elsewhere_are_identical(outcomes, support):
    random = np.random.default_rng(outcomes)
    totals = [
        (310, 16),
        (560, 56),
        (826, 16),
        (60, 16),
        (486, 512),
        (3, 7),
        *random.integers(1, 1000, (40, 2)).tolist(),
    ]
    p, q = np.zeros((2, len(totals), outcomes))
    for row, (of_p, of_q) in enumerate(totals):
        at = random.choice(outcomes, support, replace=False)
        masses = random.integers(1, 1000, support)
        p[row, at], q[row, at] = masses * of_p, masses * of_q
    for names in (NAMES, ["forward_kl"], ["reverse_kl"]):
        found = compare_rows(read_rows(p, "weights"), read_rows(q, "weights"), names).values
        assert {name: set(values.tolist()) for name, values in found.items()} == {name: {0.0} for name in names}
    alone = evaluate([select(name) for name in NAMES], p[0], q[0])
    assert set(alone.values()) == {0.0}
