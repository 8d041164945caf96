"""KL by sums in float64 is right to the contract's digits where it answers, and answers all usual pairs."""

import mpmath
import numpy as np
import pytest
from corpus import CLOSENESS, RANGES, RELATIVE, drawn
from oracle import exact_value

from klcli.core.pairs.kl_div_sums import forward_kl_sum, reverse_kl_sum
from klcli.core.pairs.scaling import ScaledMasses

FORMS = {"forward_kl": forward_kl_sum, "reverse_kl": reverse_kl_sum}
every_form = pytest.mark.parametrize("name", FORMS)


def value_of(name, p, q):
    p, q = (np.asarray(side, dtype=float) for side in (p, q))
    with np.errstate(all="ignore"):
        masses = ScaledMasses.of(p, q)
        return np.nan if masses is None else float(FORMS[name](masses))


def agrees(value, exact):
    return value == exact if mpmath.isinf(exact) else abs(value - exact) <= RELATIVE * exact


@every_form
@pytest.mark.parametrize("closeness", CLOSENESS)
@pytest.mark.parametrize("masses_are", RANGES)
def test_is_right_or_unknown(name, masses_are, closeness):
    for size in (2, 10, 100):
        p, q = drawn(size, masses_are, closeness)
        value = value_of(name, p, q)
        assert np.isnan(value) or agrees(value, exact_value(name, p=p, q=q))


RANDOM = np.random.default_rng(17)
P = RANDOM.random(300)
USUAL = {
    "far": (P / P.sum(), np.roll(P, 1) / P.sum()),
    "within 0.05": (P / P.sum(), P / P.sum() * (1 + 0.05 * RANDOM.uniform(-1, 1, 300))),
    "within 1e-6, of other totals": (P, 3.7 * P * (1 + 1e-6 * RANDOM.uniform(-1, 1, 300))),
    "counts": (RANDOM.poisson(200 * P) + 1.0, RANDOM.poisson(247 * P) + 1.0),
    "counts above 2^24": (np.rint(1e12 * P), np.rint(1.3e12 * np.roll(P, 2))),
    "zeros on both sides": (np.where(P < 0.1, 0, P), np.where(P < 0.1, 0, np.roll(P, 1) + 0.1)),
    "few far ones": (np.append(P, 1e-9), np.append(P, 1e-3)),
    "2 outcomes, 5,000 times each": (np.tile([0.1, 0.7], 5_000), np.tile([0.3, 1.7], 5_000)),
}


@every_form
@pytest.mark.parametrize("pair", USUAL.values(), ids=USUAL)
def test_answers_usual_pairs(name, pair):
    p, q = pair
    assert agrees(value_of(name, p, q), exact_value(name, p=p, q=q))


@every_form
def test_is_infinite_by_the_supports_alone(name):
    p, q = [0.5, 0.5, 0.0], [0.5, 0.25, 0.25]
    assert value_of(name, *((p, q) if name == "reverse_kl" else (q, p))) == np.inf


@every_form
@pytest.mark.parametrize(
    ("p", "q"),
    [([1, 2, 3], [11, 22, 33]), ([1, 1e-300], [1, 2e-300]), ([1e300, 1e300], [1, 3]), ([0.5, 0.5], [0.5, 0.5])],
    ids=["proportional", "a tiny mass", "the ends of the doubles", "equal"],
)
def test_leaves_to_others_what_it_cannot_tell(name, p, q):
    assert np.isnan(value_of(name, p, q))


@every_form
def test_the_value_of_a_row_does_not_depend_on_the_rows_beside_it(name):
    p, q = (np.stack([pair[side] for pair in USUAL.values() if len(pair[0]) == 300]) for side in (0, 1))
    with np.errstate(all="ignore"):
        for at, part in ScaledMasses.of(p, q).by_factor():
            alone = [FORMS[name](ScaledMasses.of(p[row : row + 1], q[row : row + 1])) for row in np.arange(len(p))[at]]
            assert FORMS[name](part).tolist() == np.concatenate(alone).tolist()


@every_form
def test_the_value_of_a_near_row_does_not_depend_on_far_rows_beside_it(name):
    p = np.random.default_rng(3).random((4_000, 6)) + 0.1
    q = p * np.random.default_rng(4).uniform(0.8, 1.2, p.shape)
    q[::2] = 1.0, *[0.01] * 5
    with np.errstate(all="ignore"):
        p, q = (side / side.sum(axis=-1, keepdims=True) for side in (p, q))
        together, near = (FORMS[name](ScaledMasses.of(p[rows], q[rows])) for rows in (slice(None), slice(1, None, 2)))
    assert together[1::2].tolist() == near.tolist()
