"""Labels along the axes of tables and Series of other packages."""

import numpy as np
import pandas as pd
import pytest

from klcli.support.named_axes import column_names, in_one_index, is_default_index, labels_of


@pytest.mark.parametrize("table", [np.zeros((2, 2)), [[1, 2]], pd.DataFrame(np.zeros((2, 2)))])
def test_columns_without_names_have_none(table):
    assert column_names(table) is None


def test_names_of_columns_that_are_equal_numbers_are_one_text():
    assert column_names(pd.DataFrame([[1, 2]], columns=[7.0, 8.0])) == ["7", "8"]


def test_an_index_that_merely_counts_upwards_has_no_labels_and_a_reversed_one_has():
    counted = pd.Series([0.5, 0.5])
    assert (is_default_index(counted.index), labels_of(counted)) == (True, None)
    assert list(labels_of(counted[::-1])) == [1, 0]


@pytest.mark.parametrize("other", [[5, 6], ["a", "b"]], ids=["whole numbers", "texts"])
def test_a_series_that_counts_gets_labels_beside_whole_numbers_alone(other):
    counted, named = pd.Series([0.5, 0.5]), pd.Series([0.5, 0.5], index=other)
    for p, q in ((counted, named), (named, counted)):
        sides = in_one_index(p, q)
        assert [labels_of(side) is not None for side in sides] == [side is named or other == [5, 6] for side in (p, q)]
        assert [side.tolist() for side in sides] == [[0.5, 0.5], [0.5, 0.5]]
    assert in_one_index([1], [2]) == ([1], [2])
