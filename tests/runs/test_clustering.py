import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import cophenet, leaves_list, linkage

from klcli.runs.average_linkage import average_linkage
from klcli.runs.clustering import cluster_order


def test_the_order_is_one_of_the_tree_of_average_linkage():
    x = np.random.default_rng(0).random((12, 1))
    distances = np.abs(x - x.T)
    order = cluster_order(distances)
    condensed = distances[np.triu_indices(12, 1)]
    tree = linkage(condensed, "average")
    heights = cophenet(tree)
    square = np.zeros((12, 12))
    square[np.triu_indices(12, 1)] = heights
    square += square.T
    # rows that merge early stand together: between two neighbours of the order no third is nearer to the first
    assert sorted(order.tolist()) == list(range(12))
    for start in range(12):
        ordered = square[order][:, order][start, start:]
        assert (np.diff(ordered) >= 0).all()
    assert sorted(leaves_list(tree).tolist()) == sorted(order.tolist())


@pytest.mark.parametrize("count", [1, 2])
def test_few_rows_stay_as_they_are(count):
    assert cluster_order(np.zeros((count, count))).tolist() == list(range(count))


def test_an_infinite_entry_is_the_furthest():
    values = np.array([[0, np.inf, 1.0], [np.inf, 0, 5.0], [1.0, 5.0, 0]])
    assert cluster_order(values).tolist() in ([0, 2, 1], [1, 2, 0], [1, 0, 2], [2, 0, 1])


def test_rows_that_are_all_apart_have_an_order():
    values = np.where(np.eye(4, dtype=bool), 0.0, np.inf)
    assert sorted(cluster_order(values).tolist()) == [0, 1, 2, 3]


def test_equal_rows_stand_together_though_all_others_are_infinitely_far():
    of_group = np.array([0, 1, 0, 1, 0, 1])
    values = np.where(of_group[:, np.newaxis] == of_group, 0.0, np.inf)
    assert of_group[cluster_order(values)].tolist() in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])


@given(st.integers(2, 30), st.integers(0, 2), st.integers(0, 2**32 - 1))
def test_the_linkage_of_many_rows_is_that_of_scipy(count, kind, seed):
    draw = np.random.default_rng(seed)
    size = count * (count - 1) // 2
    distances = (draw.random(size), draw.integers(0, 4, size).astype(float), np.zeros(size))[kind]
    expected = linkage(distances, method="average")
    assert np.array_equal(average_linkage(distances.copy(), count), expected)
