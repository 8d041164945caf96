"""Every entry of a matrix is what its pair gives alone, whatever rows stand beside it."""

from itertools import product as every
from math import inf, isinf

import numpy as np
import pytest
from corpus import ABSOLUTE, RELATIVE, tolerance
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import exact_value, exact_value_of_logits, exact_value_of_logits_and_masses

from klcli.core.evaluation.evaluate import evaluate, value_of
from klcli.core.matrix import all_pairs
from klcli.core.matrix.all_pairs import AllPairs, pairwise
from klcli.core.matrix.nearest import nearest
from klcli.core.matrix.stack import Stack
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select

ORDERS = ("0", "0.1", "0.5", "1", "2", "5", "inf")
EVERY = [
    variant
    for each in MEASURES
    for variant in ([each.of_order(o) for o in ORDERS if o != "inf" or o in each.orders] if each.orders else [each])
]
every_measure = pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.name)
few = settings(max_examples=3)

SMALLEST = 5e-324
KINDS = {
    "far": lambda base, random: random.dirichlet(np.ones(len(base))),
    "the same": lambda base, random: base,
    "a multiple": lambda base, random: base * 3,
    "near": lambda base, random: base * (1 + 1e-3 * random.uniform(-1, 1, len(base))),
    "nearer": lambda base, random: base * (1 + 1e-8 * random.uniform(-1, 1, len(base))),
    "neighbouring": lambda base, random: base * (1 + 1e-15 * random.uniform(-1, 1, len(base))),
    "with zeros": lambda base, random: np.where(np.arange(len(base)) % 3 == random.integers(3), 0.0, base),
    "on one outcome": lambda base, random: np.eye(len(base))[random.integers(len(base))],
    "spread": lambda base, random: 10 ** random.uniform(-300, 0, len(base)),
    "subnormal": lambda base, random: random.integers(1, 1000, len(base)) * SMALLEST,
    "counts": lambda base, random: random.integers(0, 2**53, len(base)) + np.eye(len(base))[0],
    "huge": lambda base, random: base * 1e308,
}


@st.composite
def mixed(draw, rows=40):
    """Rows of a few of the kinds above, most of them near to each other or all of them apart."""
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    base = random.dirichlet(np.ones(draw(st.integers(2, 12))))
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5))
    return np.array([KINDS[kinds[row % len(kinds)]](base, random) for row in range(rows)])


def one_by_one(measure, x, y):
    """The measure of all pairs without any of the ways of a matrix."""
    of_x, of_y = (each.ravel() for each in np.indices((len(x), len(y))))
    return evaluate([measure], x[of_x], y[of_y])[measure.name].reshape(len(x), len(y))


def agree(measure, value, expected, factor=2):
    """Whether two values that are each within the contract may be the same."""
    if isinf(expected) or isinf(value):
        return value == expected
    if expected == 0:
        return value == 0
    return abs(value - expected) <= max(ABSOLUTE, factor * tolerance(measure.name, expected) * expected)


@every_measure
@few
@given(x=mixed())
def test_every_entry_is_that_of_its_pair(measure, x):
    found, expected = pairwise(measure, Stack(x)), one_by_one(measure, x, x)
    for i, j in every(range(len(x)), repeat=2):
        assert agree(measure, found[i, j], expected[i, j]), (i, j)


@every_measure
@few
@given(x=mixed(), seed=st.integers(0, 2**16))
def test_entries_are_right_to_the_digits_of_the_contract(measure, x, seed):
    found = pairwise(measure, Stack(x))
    for i, j in np.random.default_rng(seed).integers(0, len(x), (12, 2)).tolist():
        exact = exact_value(measure.name, x[i], x[j])
        if exact < 1.7e308 or exact == inf:
            assert agree(measure, found[i, j], exact, factor=1), (i, j)


@every_measure
@settings(few, max_examples=1)
@given(x=mixed(rows=70), rows=st.integers(1, 69))
def test_two_tables_give_a_part_of_the_matrix_of_both(measure, x, rows):
    these, those = x[:rows], x[rows:]
    found, expected = pairwise(measure, Stack(these), Stack(those)), one_by_one(measure, these, those)
    assert found.shape == (rows, 70 - rows)
    for i, j in every(range(rows), range(70 - rows)):
        assert agree(measure, found[i, j], expected[i, j]), (i, j)


@every_measure
@settings(few, max_examples=1)
@given(x=mixed(rows=45))
def test_blocks_of_another_size_give_the_same(measure, x):
    whole = pairwise(measure, Stack(x))
    parts = pairwise(measure, Stack(x), widest=7)
    for i, j in every(range(len(x)), repeat=2):
        assert agree(measure, parts[i, j], whole[i, j]), (i, j)


FAST = ("forward_kl", "reverse_kl", "jeffreys", "cross_entropy", "cross_perplexity", "jensen_shannon",
        "jensen_shannon_distance", "total_variation", "l_infinity", "hellinger", "bhattacharyya", "renyi:0.5",
        "tsallis:0.9")  # fmt: skip


@pytest.mark.parametrize("name", FAST)
@pytest.mark.parametrize("spread", [0.2, 1.0, 30.0])
def test_rows_that_are_apart_are_right_and_not_computed_one_by_one(monkeypatch, name, spread):
    random = np.random.default_rng(5)
    x = random.dirichlet(np.full(400, spread), 40)
    measure, left = select(name), []

    def counted(measures, p, q, **rest):
        left.append(len(p))
        return evaluate(measures, p, q, **rest)

    monkeypatch.setattr(all_pairs, "evaluate", counted)
    found = pairwise(measure, Stack(x))
    if not (spread == 30.0 and name.startswith("jensen")):  # whose terms are squares of what a logarithm loses
        assert sum(left) < 0.2 * found.size
    for i, j in random.integers(0, 40, (6, 2)).tolist():
        exact = exact_value(name, x[i], x[j])
        assert agree(measure, found[i, j], exact, factor=1), (i, j)


@pytest.mark.parametrize("name", ["jensen_shannon", "jensen_shannon_distance", "forward_kl", "hellinger"])
@pytest.mark.parametrize("closeness", [0.03, 1e-6])
def test_rows_that_are_all_near_are_right_and_products_are_not_computed_one_by_one(monkeypatch, name, closeness):
    random = np.random.default_rng(7)
    x = random.dirichlet(np.ones(300)) * np.exp(closeness * random.normal(0, 1, (40, 300)))
    left = []
    monkeypatch.setattr(
        all_pairs, "evaluate", lambda *given, **rest: left.append(len(given[1])) or evaluate(*given, **rest)
    )
    found = pairwise(select(name), Stack(x))
    if not name.startswith("jensen"):  # which a product of matrices does not give: pair by pair is as fast as any sum
        assert sum(left) < 0.1 * found.size
    for i, j in random.integers(0, 40, (6, 2)).tolist():
        exact = exact_value(name, x[i], x[j])
        assert agree(select(name), found[i, j], exact, factor=1), (i, j)


@pytest.mark.parametrize("measure", [each for each in EVERY if each.symmetric], ids=lambda measure: measure.name)
def test_a_symmetric_measure_gives_a_symmetric_matrix(measure):
    found = pairwise(measure, Stack(np.random.default_rng(6).dirichlet(np.ones(9), 40)))
    assert (found == found.T).all()


@pytest.mark.parametrize(
    "name", ["forward_kl", "jensen_shannon", "total_variation", "cross_entropy", "hellinger", "renyi:2"]
)
@pytest.mark.parametrize("step", [1e-12, 1e-6, 1.0])
def test_scores_keep_the_digits_that_they_differ_in(name, step):
    random = np.random.default_rng(3)
    scores = random.normal(0, 3, 8) + step * random.normal(0, 1, (36, 8))
    mass = np.exp(scores - scores.max(axis=1, keepdims=True))
    found = pairwise(select(name), Stack(mass, scores))
    for i, j in random.integers(0, 36, (25, 2)).tolist():
        exact = exact_value_of_logits(name, scores[i], scores[j])
        assert agree(select(name), found[i, j], exact, factor=1), (i, j)


@pytest.mark.parametrize(
    "name", ["forward_kl", "reverse_kl", "jensen_shannon", "total_variation", "l_infinity", "hellinger"]
)
@pytest.mark.parametrize("step", [1e-12, 1e-6, 1.0])
@pytest.mark.parametrize("references", [1, 36])
def test_logits_beside_masses_keep_the_digits_that_they_differ_in(name, step, references):
    random = np.random.default_rng(4)
    masses = random.dirichlet(np.ones(8)) * (1 + step * random.uniform(-0.5, 0.5, (references, 8)))
    logits = np.log(masses[0]) + step * random.normal(0, 1, (36, 8))
    found = pairwise(select(name), Stack(np.exp(logits - logits.max(axis=1, keepdims=True)), logits), Stack(masses))
    for i, j in random.integers(0, [36, references], (12, 2)).tolist():
        exact = exact_value_of_logits_and_masses(name, logits[i], masses[j])
        assert agree(select(name), found[i, j], exact, factor=1), (i, j)


def test_outcomes_that_no_row_has_change_nothing():
    x = np.random.default_rng(0).dirichlet(np.ones(6), 40)
    wider = np.insert(x, [0, 3, 6], 0.0, axis=1)
    for measure in EVERY:
        assert pairwise(measure, Stack(wider)) == pytest.approx(pairwise(measure, Stack(x)), rel=2e-14, abs=1e-300)


@pytest.mark.parametrize("name", ["forward_kl", "jensen_shannon", "l_infinity", "entropy_p", "entropy_q", "renyi:inf"])
def test_a_single_row_is_a_matrix_too(name):
    x = np.array([[1.0, 3.0], [2.0, 2.0], [0.0, 1.0]])
    measure = select(name)
    assert pairwise(measure, Stack(x[:1])) == [[value_of(measure, x[0], x[0])]]
    assert pairwise(measure, Stack(x), Stack(x[:1])).tolist() == [[value_of(measure, row, x[0])] for row in x]


@pytest.mark.parametrize("name", ["forward_kl", "jensen_shannon", "hellinger", "renyi:0"])
@pytest.mark.parametrize("widest", [7, 1024])
@pytest.mark.parametrize("count", [1, 5, 39, 100])
def test_the_nearest_are_the_first_of_the_sorted_rows(name, widest, count):
    x = np.random.default_rng(1).integers(0, 3, (40, 4)) + np.eye(4)[0]  # with many equal rows
    pairs = AllPairs(select(name), Stack(x), widest=widest)
    indices, values, largest = nearest(pairs, count)
    whole = np.empty((40, 40))
    for block in pairs.blocks():
        whole[block.rows, block.columns] = block.values
    for row, (found, at) in enumerate(zip(indices.tolist(), values.tolist(), strict=True)):
        expected = sorted((value, index) for index, value in enumerate(whole[row].tolist()) if index != row)[:count]
        assert list(zip(at, found, strict=True)) == expected
    np.fill_diagonal(whole, -np.inf)
    assert largest.value == whole[largest.row, largest.column] == whole.max()


def test_the_nearest_of_another_table_may_be_the_row_itself():
    x = np.random.default_rng(2).dirichlet(np.ones(3), 50)
    indices, values, _ = nearest(AllPairs(select("forward_kl"), Stack(x), Stack(x.copy())), 1)
    assert indices[:, 0].tolist() == list(range(50))
    assert not values.any()


@pytest.mark.parametrize("name", ["renyi:1e-10", "tsallis:1e-10", "renyi:0.9999999", "tsallis:0.9999999"])
def test_orders_next_to_0_and_1_keep_their_digits_where_rows_are_far(name):
    logs = np.random.default_rng(1).uniform(-8, 0, (40, 4))
    values = pairwise(select(name), Stack(np.exp(logs)))
    for i, j in np.random.default_rng(2).integers(40, size=(30, 2)).tolist():
        exact = exact_value(name, np.exp(logs[i]), np.exp(logs[j]))
        assert abs(values[i, j] - exact) <= RELATIVE * exact, (i, j)
