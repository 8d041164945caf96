"""The values of all pairs are the same numbers wherever they are held, and in whatever slices they are read."""

import tempfile

import numpy as np
import pytest

from klcli.core.matrix.all_pairs import AllPairs, pairwise
from klcli.core.matrix.pair_values import PairValues, row_blocks
from klcli.core.matrix.stack import Stack
from klcli.core.measures.measure import MEASURES

COUNT, WIDEST = 23, 5  # of which the last blocks are narrower
STACK = Stack(np.random.default_rng(3).dirichlet(np.ones(4), COUNT))


@pytest.fixture(params=[0, 3 * WIDEST**2 * 8, 2**20], ids=["in a file", "in both", "in memory"])
def in_memory(request):
    return request.param


@pytest.mark.parametrize("name", ["forward_kl", "jensen_shannon", "entropy_p", "entropy_q"])
def test_every_slice_holds_the_values_of_its_pairs(name, in_memory):
    measure = MEASURES.lookup(name)
    values = PairValues.of(AllPairs(measure, STACK, widest=WIDEST), in_memory=in_memory)
    whole = pairwise(measure, STACK, widest=WIDEST)
    assert len(values) == COUNT
    for rows in (slice(None), slice(0, 1), slice(4, 11), slice(20, 40), slice(22, 23)):
        assert np.array_equal(values[rows], whole[rows])
        for columns in (slice(0, 60), slice(3, 5), slice(9, 10), slice(15, None)):
            assert np.array_equal(values[rows, columns], whole[rows, columns])


def test_an_order_and_a_factor_hold_for_every_slice(in_memory):
    measure = MEASURES.lookup("forward_kl")
    values = PairValues.of(AllPairs(measure, STACK, widest=WIDEST), in_memory=in_memory)
    order = np.random.default_rng(4).permutation(COUNT)
    expected = pairwise(measure, STACK, widest=WIDEST)[np.ix_(order, order)] / np.log(2)
    found = values.ordered(order) * (1 / np.log(2))
    assert np.allclose(found[:], expected, rtol=4e-16, atol=0)
    assert np.array_equal(found[3:9, 4:20], found[:][3:9, 4:20])


def test_memory_holds_what_no_file_takes(monkeypatch):
    monkeypatch.setenv("TMPDIR", "/dev/null")  # is no folder, and neither are the others
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/nowhere")
    values = PairValues.of(AllPairs(MEASURES.lookup("forward_kl"), STACK, widest=WIDEST), in_memory=0)
    assert np.array_equal(values[:], pairwise(MEASURES.lookup("forward_kl"), STACK, widest=WIDEST))


def test_blocks_of_rows_hold_every_row_once():
    values = np.arange(2_500.0**2).reshape(2_500, 2_500)
    assert np.array_equal(np.concatenate([block for _, block in row_blocks(values)]), values)
    assert [where.start for where, _ in row_blocks(values)] == list(range(0, 2_500, 2**20 // 2_500))
