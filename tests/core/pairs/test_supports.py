"""Masses of 0 keep every digit of what is finite, and make infinite what their law says."""

import numpy as np
import pytest
from corpus import RELATIVE
from oracle import exact_value

import klcli
from klcli.core.distributions.read_rows import read_rows
from klcli.core.measures.measure import MEASURES, Finite
from klcli.core.rows.comparison import compare_rows

NAMES = [each.name for each in MEASURES if not each.orders]
ZEROS = {
    "none": ((), ()),
    "shared": ((3, 7), (3, 7)),
    "p": ((3, 7), ()),
    "q": ((), (3, 7)),
    "each": ((3,), (7,)),
    "disjoint": (range(0, 40, 2), range(1, 40, 2)),
}
TINY = (0.3, 1e-70, 1e-90, 1e-230, 1e-310)


def pair(zeros, tiny, closeness):
    """Masses of which some are 0, one is tiny, and the others differ by so much."""
    random = np.random.default_rng(5)
    p = random.exponential(size=40) + 0.01
    q = p * np.exp(closeness * random.normal(size=40)) * 1.7
    p[11] *= tiny
    q[12] *= tiny
    for side, places in zip((p, q), ZEROS[zeros], strict=True):
        side[list(places)] = 0.0
    return p, q


@pytest.mark.parametrize("closeness", [1e-5, 0.1, 1.5])
@pytest.mark.parametrize("tiny", TINY)
@pytest.mark.parametrize("zeros", ZEROS)
def test_masses_of_0_keep_every_digit_of_a_pair_and_of_rows(zeros, tiny, closeness):
    p, q = pair(zeros, tiny, closeness)
    alone = klcli.compare(p, q, as_="weights", measures=NAMES).values
    rows = compare_rows(read_rows(p[np.newaxis], "weights"), read_rows(q[np.newaxis], "weights"), NAMES).values
    for name in NAMES:
        expected = exact_value(name, p, q)
        for found in (alone[name], rows[name][0]):
            assert found == float(expected) or abs(found - expected) <= RELATIVE * expected, name


@pytest.mark.parametrize("names", [NAMES, ["forward_kl"], ["bhattacharyya", "hellinger"]], ids=len)
def test_rows_with_zeros_give_the_same_beside_others(names):
    pairs = [pair(zeros, tiny, closeness) for zeros in ZEROS for tiny in TINY for closeness in (1e-5, 1.5)]
    sides = [np.array(side) for side in zip(*pairs, strict=True)]
    together = compare_rows(*(read_rows(side, "weights") for side in sides), names).values
    for row in range(len(pairs)):
        alone = compare_rows(*(read_rows(side[row : row + 1], "weights") for side in sides), names).values
        assert {name: values[row] for name, values in together.items()} == {n: v[0] for n, v in alone.items()}


@pytest.mark.parametrize("law", Finite)
def test_each_law_of_infinity_is_read_off_the_supports(law):
    p = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0]]) + 0.0
    q = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 1, 0]]) + 0.0
    expected = {
        Finite.ALWAYS: [False] * 4,
        Finite.Q_COVERS_P: [False, False, True, True],
        Finite.P_COVERS_Q: [False, True, False, True],
        Finite.SAME_SUPPORT: [False, True, True, True],
        Finite.OVERLAP: [False, False, False, True],
    }[law]
    for each in (each for each in MEASURES if not each.orders and each.support_law is law):
        assert np.isinf(compare_rows(read_rows(p), read_rows(q), [each]).values[each.name]).tolist() == expected
